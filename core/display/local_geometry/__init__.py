"""Local geometry: angle, length and margin of samples."""
