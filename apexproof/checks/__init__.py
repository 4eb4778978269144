"""Checks: pure functions from a case to an answer. They see no file, no clock and no setting but the policy."""
