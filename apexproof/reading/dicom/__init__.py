"""Reading DICOM: header first, then each frame on its own (PS3.3, PS3.5, PS3.10)."""
