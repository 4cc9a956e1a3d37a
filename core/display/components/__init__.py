"""Parts of a page: each returns a value or draws one thing, and owns its key."""
