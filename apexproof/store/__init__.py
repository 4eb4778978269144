"""What is kept: claims and their revisions, files, readings, verifications, jobs and keys."""
