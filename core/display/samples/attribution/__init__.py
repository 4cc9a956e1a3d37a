"""Where in the image a sample's metrics come from, under reference and compared."""
