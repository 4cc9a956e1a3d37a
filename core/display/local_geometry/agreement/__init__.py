"""The same samples across models: which stay right (paper, figure 6)."""
