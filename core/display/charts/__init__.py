"""Charts: polars frame in, Altair chart out."""
