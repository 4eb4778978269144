"""The web door: HTTP in, HTTP out."""
