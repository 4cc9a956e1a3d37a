"""Features of two dimensions as they are, with directions and decision regions (figure 1)."""
