"""Angles in many dimensions: random vectors, and networks by feature width (figure 3)."""
