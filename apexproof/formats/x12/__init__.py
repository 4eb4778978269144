"""X12: dental claims (837D) and their attachments (275) as interchanges, read as a stream."""
