"""What the pixels say: legibility and fingerprint, added to a radiograph as observations."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from apexproof.observation import Observation, Strength
from apexproof.radiograph import Fingerprint, Radiograph
from apexproof.reading.fingerprint import perceptual_hash, pixel_sha256
from apexproof.reading.legibility import measure_legibility
from apexproof.reading.picture import Picture

T = TypeVar("T")

PIXELS = "pixels"
"""The source of every observation that was measured rather than read."""


def measured(radiograph: Radiograph, picture: Picture, *, shown: Picture | None = None) -> Radiograph:
    """The radiograph with the legibility and the fingerprint of its picture.

    Legibility and the hash of the pixels see `picture`, as stored. The perceptual hash sees `shown` where it is given:
    the picture as a viewer displays and exports it, so that an export is known again for what it is.
    """
    hashes = Fingerprint(pixel_sha256=pixel_sha256(picture), perceptual=perceptual_hash(shown or picture))
    return replace(
        radiograph,
        legibility=(*radiograph.legibility, _measured(measure_legibility(picture))),
        fingerprint=(*radiograph.fingerprint, _measured(hashes)),
    )


def _measured(value: T) -> Observation[T]:
    return Observation(value=value, source=PIXELS, strength=Strength.ATTRIBUTE)
