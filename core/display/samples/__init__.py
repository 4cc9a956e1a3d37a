"""Samples: the images themselves, and what pruning and corruption did to each."""
