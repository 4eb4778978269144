"""X12: interchanges in and out."""
