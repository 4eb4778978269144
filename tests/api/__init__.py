"""The web door, in this process: a real server on a port of its own, without a broker and without workers."""
