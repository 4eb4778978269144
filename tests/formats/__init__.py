"""Facts about formats."""
