"""The page SQL: a query of the user's own, what it found, a quick chart of it."""
