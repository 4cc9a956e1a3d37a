"""Parallel coordinates over class directions, length, margin and true-class probability."""
