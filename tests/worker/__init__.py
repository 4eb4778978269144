"""The queue door, in this process: a real desk, without a broker."""
