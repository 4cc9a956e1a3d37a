"""Across models: how many models get each sample right (paper, figure 6)."""
