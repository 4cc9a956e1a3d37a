"""Subsets of a study's samples as data: SQL with bound values, a sentence, and JSON."""
