"""Facts about reading."""
