"""Tests of the checks, one file each."""
