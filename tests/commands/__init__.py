"""The commands answer people and scripts."""
