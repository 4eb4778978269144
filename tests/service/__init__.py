"""The service as its users meet it: through HTTP, with a real database, a real broker and real workers."""
