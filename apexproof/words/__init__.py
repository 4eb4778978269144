"""Words: what people write of teeth, views and treatment, read by one set of rules wherever it stands."""
