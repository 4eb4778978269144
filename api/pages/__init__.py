"""The pages: what a person at a practice sees of the service, drawn on the server."""
