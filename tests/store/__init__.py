"""The store on the real things: databases, and places for files."""
