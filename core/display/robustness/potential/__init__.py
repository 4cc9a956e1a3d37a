"""Prune potential: at what sparsity each corruption and each class breaks."""
