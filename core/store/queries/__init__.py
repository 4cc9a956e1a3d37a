"""Questions put to a study, each a typed function around one SQL text."""
