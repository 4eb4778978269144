"""What apexproof does, as facts."""
