"""Global geometry: angles to all class directions (paper 6.3)."""
