"""FHIR R4: dental claims in."""
