"""Prunescope: what pruning does to an image classifier, sample by sample."""
