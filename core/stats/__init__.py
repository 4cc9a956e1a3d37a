"""Uncertainty and densities: what pages and reports say about numbers."""
