"""FHIR is read as it is written, or it is said what is wrong and where."""
