"""Verifications, inspections, checks and policies as a person reads them on a terminal."""
