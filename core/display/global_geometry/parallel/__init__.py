"""Parallel coordinates over class directions, length and margin."""
