"""Which models are measured under which conditions."""
