"""How well burned-in words are read: `python -m benchmarks.words`."""
