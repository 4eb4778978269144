"""apexproof: does the evidence attached to a D3351 claim line hold?"""

__version__ = "0.1.0"

READER_VERSION = "9"
"""Changes whenever the same bytes may yield other observations. What was read is kept under (SHA-256, this)."""
