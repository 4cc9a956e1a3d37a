"""Who pays: which classes lose more recall by pruning than the others."""
