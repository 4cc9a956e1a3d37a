"""Accuracy by severity of each corruption, and mean corruption errors."""
