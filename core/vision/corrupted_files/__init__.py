"""Corrupted test sets on disk, in CIFAR-10-C's layout: read, matched to images, written."""
