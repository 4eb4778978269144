"""Film: the size of a radiograph in millimetres, and the views that it leaves possible.

PS3.3 10.7 (pixel spacing is row spacing, then column spacing), C.8.11.4 (Imager Pixel Spacing, at the detector).
Film sizes are those of a teaching page (juniordentist.com: #0 22x35, #1 24x40, #2 31x41, #3 27x54, #4 57x76 mm),
sensors are smaller than film of the same number (Al-Rawi and Teich, Compendium 2013); the bounds between them are this
project's own and were not calibrated on labelled data.
"""

from __future__ import annotations

from collections.abc import Iterator

from apexproof.observation import Observation, Strength
from apexproof.reading.dicom.attributes import Attributes, source
from apexproof.reading.dicom.objects import COMPUTED_TOMOGRAPHY, PHOTOGRAPHIC, is_secondary_capture
from apexproof.view import View, ViewStatement

_SPACINGS = ("ImagerPixelSpacing", "PixelSpacing", "NominalScannedPixelSpacing")
_PITCH = (0.005, 0.5)  # mm; sensors have 0.015 to 0.04, plates up to 0.1, panoramic units up to 0.2
_LONGEST = 450.0  # mm; the longest film in use, 6 x 12 inches, is 305
_FLAT = frozenset({"", "IO", "PX", "DX", "CR", "RG", "OT"})
_EXTRA_ORAL = frozenset(View) - {View.PERIAPICAL, View.BITEWING, View.OCCLUSAL, View.UNKNOWN}
# Long side and short side in mm, each from and to, and what may have that size.
_SIZES = (
    ((20.0, 45.0), (15.0, 45.0), frozenset({View.PERIAPICAL, View.BITEWING})),
    ((48.0, 60.0), (24.0, 30.0), frozenset({View.BITEWING})),
    ((70.0, 80.0), (50.0, 60.0), frozenset({View.OCCLUSAL})),
    ((100.0, _LONGEST), (40.0, _LONGEST), _EXTRA_ORAL),
)


def read_film(attributes: Attributes, sop_class: str) -> Iterator[Observation[ViewStatement]]:
    """What the size of the picture leaves possible, by the spacing nearest to the detector."""
    if sop_class in COMPUTED_TOMOGRAPHY | PHOTOGRAPHIC or attributes.word("Modality") not in _FLAT:
        return
    rows, columns = attributes.integer("Rows"), attributes.integer("Columns")
    for keyword in _SPACINGS:
        spacing = attributes.numbers(keyword)
        if len(spacing) == len("yx") and rows and columns:
            secondary = is_secondary_capture(attributes, sop_class)
            yield from _by_size(rows * spacing[0], columns * spacing[1], spacing, source(keyword), secondary=secondary)
            return


def _by_size(
    height: float, width: float, spacing: tuple[float, ...], where: str, *, secondary: bool
) -> Iterator[Observation[ViewStatement]]:
    longer, shorter = max(height, width), min(height, width)
    # The spacing of a secondary capture is as a rule that of a screen or a scanner.
    strength = Strength.BOUND if secondary else Strength.ATTRIBUTE
    if not all(_PITCH[0] <= pitch <= _PITCH[1] for pitch in spacing) or longer > _LONGEST:
        yield Observation(value=None, source=where, strength=strength, note="no size that a radiograph can have")
        return
    size = f"{width:.0f} x {height:.0f} mm"
    for (long_from, long_to), (short_from, short_to), possible in _SIZES:
        if long_from <= longer <= long_to and short_from <= shorter <= short_to:
            statement = ViewStatement(possible=possible)
            yield Observation(value=statement, source=where, strength=strength, note=size)
