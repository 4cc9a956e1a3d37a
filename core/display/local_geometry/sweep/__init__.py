"""Sparsity sweep: the same samples from the dense model to the sparsest (paper, figure 7)."""
