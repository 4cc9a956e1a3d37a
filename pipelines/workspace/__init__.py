"""Where a study's work lies: models and their records, shards, writing without loss."""
