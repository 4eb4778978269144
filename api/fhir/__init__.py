"""FHIR R4: claims in, and what was found of them as a ClaimResponse; whatever goes wrong is an OperationOutcome."""
