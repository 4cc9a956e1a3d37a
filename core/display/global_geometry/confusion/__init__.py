"""Change of the confusion matrix between two combinations."""
