"""All filtered samples, page by page."""
