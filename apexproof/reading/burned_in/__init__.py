"""Words burned into the picture: found, read, and what they say of the radiograph."""
