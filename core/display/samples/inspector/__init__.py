"""One sample under all models and conditions."""
