"""Relative change of a metric by corruption (paper, figure 10)."""
