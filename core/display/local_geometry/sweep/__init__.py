"""The same samples over the ratios of a method (paper, figure 7)."""
