"""Regions: the tooth of a jaw, a region of it, and a side, when no tooth is coded.

PS3.16 CID 4016 (jaws) and CID 4017 (regions; the codes of today and, from dicom3tools' templates of 2012, those
before). A region has no side: Image Laterality says it. Milk molars stand where premolars follow them, so a premolar's
region may show either.
"""

from __future__ import annotations

from collections.abc import Sequence

from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.reading.dicom.attributes import Code
from apexproof.tooth import NumberingSystem, Tooth

_MAXILLA = frozenset({"70925003", "T-11170"})
_MANDIBLE = frozenset({"91609006", "T-11180"})
_REGION = {
    "699453001": 1,
    "R-FB322": 1,
    "T-51005": 1,
    "699511000": 2,
    "R-FB35C": 2,
    "T-51006": 2,
    "699510004": 3,
    "R-FB35B": 3,
    "T-51007": 3,
    "699509009": 4,
    "R-FB35A": 4,
    "T-51008": 4,
    "699508001": 5,
    "R-FB359": 5,
    "T-51009": 5,
    "699507006": 6,
    "R-FB358": 6,
    "T-5100A": 6,
    "699505003": 7,
    "R-FB356": 7,
    "T-5100B": 7,
    "699503005": 8,
    "R-FB354": 8,
    "T-5100C": 8,
}
OCCLUSAL_REGION = "T-5100D"
"""The modifier of the old CID 4017 that names a view instead of a region."""
_LAST_DECIDUOUS = 5
_QUADRANTS = {(True, "R"): 1, (True, "L"): 2, (False, "L"): 3, (False, "R"): 4}


def region_teeth(jaw: Code, modifiers: Sequence[Code], side: str) -> TeethStatement | None:
    """The teeth that a region may mean; None when no jaw or no region is coded.

    Several modifiers, or both sides, are teeth of one reading. An unknown side leaves one reading for each.
    """
    maxillary = jaw.value.upper() in _MAXILLA
    positions = [_REGION[code.value.upper()] for code in modifiers if code.value.upper() in _REGION]
    if not positions or not (maxillary or jaw.value.upper() in _MANDIBLE):
        return None
    sides = {"R": ("R",), "L": ("L",), "B": ("RL",)}.get(side, ("R", "L"))
    quadrants = [[_QUADRANTS[maxillary, one] for one in both] for both in sides]
    readings = [_reading(which, positions, deciduous=False) for which in quadrants]
    if all(position <= _LAST_DECIDUOUS for position in positions):
        readings += [_reading(which, positions, deciduous=True) for which in quadrants]
    return TeethStatement(
        written=", ".join((jaw.value, *(code.value for code in modifiers), side or "no side")),
        readings=tuple(readings),
    )


def _reading(quadrants: list[int], positions: list[int], *, deciduous: bool) -> TeethReading:
    beside = 4 if deciduous else 0  # ISO 3950: quadrants 5-8 are the milk teeth of 1-4
    teeth = tuple(Tooth(fdi=(q + beside) * 10 + position) for q in quadrants for position in positions)
    return TeethReading(system=NumberingSystem.SNOMED_CT, teeth=teeth)
