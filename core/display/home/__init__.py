"""Home: what the study holds, what it found, where to look further."""
