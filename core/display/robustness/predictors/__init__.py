"""What foretells robustness to corruption, and flips by pruning (paper, section 5.3, table 1)."""
