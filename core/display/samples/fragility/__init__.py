"""Fragile and robust samples: predicted by geometry, and observed."""
