"""Evaluation table: accuracy by model and corruption."""
