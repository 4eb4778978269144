"""DICOMweb: instances come in (STOW-RS), are searched for (QIDO-RS) and given out (WADO-RS), as PS3.18 says."""
