"""Reading: bytes to radiographs with observations. Slow, isolated, once per reader version."""
