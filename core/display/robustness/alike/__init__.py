"""Which models, and which corruptions, are alike: by errors and by geometry."""
