"""Queries that anyone may write: one SELECT, checked, in a child process with limits."""
