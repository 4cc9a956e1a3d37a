"""What is chosen: combinations, class, filter, ranges; in the session and the URL. No widgets."""
