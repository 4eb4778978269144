"""The queue door: it hears the doorbell and does the job."""
