"""Objects: what kind of object a data set is, by its SOP class and modality (PS3.4 annex B.5, PS3.3 C.7.3.1.1.1)."""

from __future__ import annotations

import pydicom.uid as u

from apexproof.reading.dicom.attributes import Attributes

INTRA_ORAL = frozenset(
    {u.DigitalIntraOralXRayImageStorageForPresentation, u.DigitalIntraOralXRayImageStorageForProcessing}
)
_PROJECTION = INTRA_ORAL | {
    u.DigitalXRayImageStorageForPresentation,
    u.DigitalXRayImageStorageForProcessing,
    u.ComputedRadiographyImageStorage,
}
_PROJECTION_MODALITIES = frozenset({"IO", "PX", "DX", "CR"})
_SECONDARY_CAPTURE = frozenset(
    {
        u.SecondaryCaptureImageStorage,
        u.MultiFrameSingleBitSecondaryCaptureImageStorage,
        u.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
        u.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
        u.MultiFrameTrueColorSecondaryCaptureImageStorage,
    }
)
# PS3.3 C.8.6.1: digitised video, digital interface, digitised film, workstation, scanned document or image, synthetic,
# drawing. A picture that came into being by conversion was exposed some time before.
_CONVERSIONS = frozenset({"DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"})
ENCAPSULATED_PDF = u.EncapsulatedPDFStorage
DIRECTORY = u.MediaStorageDirectoryStorage
COMPUTED_TOMOGRAPHY = frozenset({u.CTImageStorage, u.EnhancedCTImageStorage, u.LegacyConvertedEnhancedCTImageStorage})
PHOTOGRAPHIC = frozenset(
    {
        u.VLPhotographicImageStorage,
        u.VLEndoscopicImageStorage,
        u.VideoPhotographicImageStorage,
        u.VideoEndoscopicImageStorage,
    }
)


def is_standard(sop_class: str) -> bool:
    """Whether a SOP class is registered with DICOM (root 1.2.840.10008), not a maker's own."""
    return sop_class.startswith("1.2.840.10008.")


def is_secondary_capture(attributes: Attributes, sop_class: str) -> bool:
    """Whether the picture was taken from another one: a film, a screen, a file."""
    return sop_class in _SECONDARY_CAPTURE or attributes.word("ConversionType") in _CONVERSIONS


def is_projection(attributes: Attributes, sop_class: str) -> bool:
    """Whether it is a plain radiograph by class; by modality where the class is missing or a maker's own."""
    if sop_class in _PROJECTION:
        return True
    return not is_standard(sop_class) and attributes.word("Modality") in _PROJECTION_MODALITIES
