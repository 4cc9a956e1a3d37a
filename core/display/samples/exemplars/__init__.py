"""Samples that populations of dense and of pruned models answer differently."""
