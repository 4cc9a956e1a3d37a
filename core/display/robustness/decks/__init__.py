"""Decks: several pruned models that vote, against a single one of the same total size."""
