"""Tests of what the runs of `trust/` stand on."""
