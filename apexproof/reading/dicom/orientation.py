"""Orientation: whether a picture is the wrong way round, and so shows the teeth of the other side.

PS3.3 C.8.11.2 (Field of View Horizontal Flip), C.7.6.1.1.1 (Patient Orientation: the direction of rows, then of
columns). Teeth are viewed as the dentist faces the patient: the patient's right is on the left.
"""

from __future__ import annotations

from collections.abc import Iterator

from apexproof.observation import Observation, Strength
from apexproof.reading.dicom.attributes import Attributes, source

_FLIP = "FieldOfViewHorizontalFlip"
# By the side that is shown and the first letter of the direction in which rows run, in the view that is not mirrored.
_UPRIGHT = {"R": "A", "L": "P"}
_OPPOSITE = {"A": "P", "P": "A", "L": "R", "R": "L"}


def read_mirrored(attributes: Attributes) -> tuple[Observation[bool], ...]:
    """Whether the picture is mirrored, as far as anything in the data set says so."""
    return (*_by_flip(attributes), *_by_orientation(attributes))


def _by_flip(attributes: Attributes) -> Iterator[Observation[bool]]:
    flip = attributes.word(_FLIP)
    if flip in ("YES", "NO"):
        yield Observation(value=flip == "YES", source=source(_FLIP), strength=Strength.ATTRIBUTE)


def _by_orientation(attributes: Attributes) -> Iterator[Observation[bool]]:
    row = attributes.word("PatientOrientation")[:1]
    side = attributes.word("ImageLaterality")
    upright = "L" if row in ("L", "R") else _UPRIGHT.get(side)
    if upright is None or row not in (upright, _OPPOSITE[upright]):
        return
    keywords = ("PatientOrientation",) if upright == "L" else ("PatientOrientation", "ImageLaterality")
    yield Observation(value=row != upright, source=source(*keywords), strength=Strength.ATTRIBUTE)
