"""Tests of apexproof.reading.burned_in."""
