"""From finished shards to the file that the app reads."""
