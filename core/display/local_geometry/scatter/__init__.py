"""Angle against length under one combination."""
