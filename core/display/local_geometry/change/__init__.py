"""What changes from the reference to the compared combination."""
