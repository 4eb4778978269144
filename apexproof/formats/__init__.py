"""Formats: claims and results as other programs and people read them."""
