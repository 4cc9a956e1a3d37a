"""The study file: its contract, how it is written, how it is asked."""
