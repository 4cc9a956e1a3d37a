"""Class directions among each other: cosines, norms and biases."""
