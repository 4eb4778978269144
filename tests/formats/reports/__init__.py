"""Reports in each of their forms."""
