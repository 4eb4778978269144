"""Words: the attributes in which people and programs describe a picture in free text, in order of precedence.

The order is that of where dental software was found to write them; no standard fixes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from apexproof.reading.dicom.attributes import Attributes, source

# Of the picture itself.
_OF_PICTURE = (
    "ImageComments",
    "AcquisitionDeviceProcessingDescription",
    "AcquisitionComments",
    "DerivationDescription",
)
# Of all pictures of a series or visit; what stands there need not be in this one.
_OF_STUDY = (
    "SeriesDescription",
    "ProtocolName",
    "StudyDescription",
    "RequestedProcedureDescription",
    "PerformedProcedureStepDescription",
    "StudyComments",
)


def descriptions(attributes: Attributes) -> Iterator[tuple[str, str, bool]]:
    """Each description with its source, and whether it describes the whole study rather than this picture."""
    for keywords, of_study in ((_OF_PICTURE, False), (_OF_STUDY, True)):
        for keyword in keywords:
            text = " ".join(attributes.texts(keyword))
            if text:
                yield text, source(keyword), of_study
