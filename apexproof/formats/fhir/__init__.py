"""FHIR R4: dental claims in, what was found of them out."""
