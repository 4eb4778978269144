"""Facts about words."""
