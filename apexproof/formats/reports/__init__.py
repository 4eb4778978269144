"""Reports in the forms in which they are read: JSON, CSV, HTML, PDF; each written as it is made, never held whole."""
