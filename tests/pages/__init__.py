"""The pages: asked over a connection where that is enough, and in a browser where a person's eyes and hands matter."""
