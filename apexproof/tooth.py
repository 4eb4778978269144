"""Tooth: one value, four notations.

Sources: ISO 3950 (two digits: quadrant and position), the Universal system of the ADA (1-32, A-T; supernumerary
51-82, AS-TS), Palmer's quadrant notation written on one line (UR1), and SNOMED CT as DICOM uses it (PS3.16 CID 4018,
4019 and their older generations, in codes/tooth_codes.csv).
"""

from __future__ import annotations

import csv
import re
from enum import StrEnum
from functools import cache
from importlib import resources

from msgspec import Struct


class NumberingSystem(StrEnum):
    """The system in which a tooth is written. A bare number means nothing without it."""

    UNIVERSAL = "universal"
    FDI = "fdi"
    PALMER = "palmer"
    SNOMED_CT = "snomed_ct"


class Dentition(StrEnum):
    """Permanent or deciduous (primary, milk) teeth."""

    PERMANENT = "permanent"
    DECIDUOUS = "deciduous"


# Universal runs round the mouth from the patient's upper right; FDI names quadrant and position from the midline.
_UNIVERSAL_PERMANENT = (
    *range(18, 10, -1),
    *range(21, 29),
    *range(38, 30, -1),
    *range(41, 49),
)
_UNIVERSAL_DECIDUOUS = (
    *range(55, 50, -1),
    *range(61, 66),
    *range(75, 70, -1),
    *range(81, 86),
)
_FDI_OF_UNIVERSAL = {str(n): fdi for n, fdi in enumerate(_UNIVERSAL_PERMANENT, start=1)} | {
    chr(ord("A") + n): fdi for n, fdi in enumerate(_UNIVERSAL_DECIDUOUS)
}
_UNIVERSAL_OF_FDI = {fdi: universal for universal, fdi in _FDI_OF_UNIVERSAL.items()}
_PALMER_QUADRANT = {"UR": 1, "UL": 2, "LL": 3, "LR": 4}
_QUADRANT_NAME = {
    1: "maxillary right",
    2: "maxillary left",
    3: "mandibular left",
    4: "mandibular right",
}
_PERMANENT_NAME = (
    "central incisor",
    "lateral incisor",
    "canine",
    "first premolar",
    "second premolar",
    "first molar",
    "second molar",
    "third molar",
)
_DECIDUOUS_NAME = ("central incisor", "lateral incisor", "canine", "first molar", "second molar")
_SUPERNUMERARY_OFFSET = 50  # Universal: 51 stands beside 1


class Tooth(Struct, frozen=True, kw_only=True, order=True):
    """One tooth, kept as its ISO 3950 (FDI) number; every other notation is derived from it."""

    fdi: int
    supernumerary: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no tooth.

        Raises:
            ValueError: the number is no tooth of ISO 3950.
        """
        if self.fdi not in _UNIVERSAL_OF_FDI:
            msg = "not a tooth number of ISO 3950"
            raise ValueError(msg)

    @property
    def universal(self) -> str:
        """The Universal designation: `8`, `A`, and for a supernumerary tooth `58` or `AS`."""
        universal = _UNIVERSAL_OF_FDI[self.fdi]
        if not self.supernumerary:
            return universal
        if self.dentition is Dentition.DECIDUOUS:
            return universal + "S"
        return str(int(universal) + _SUPERNUMERARY_OFFSET)

    @property
    def palmer(self) -> str:
        """Palmer's notation on one line: `UR1`, and letters for deciduous teeth: `LLD`."""
        quadrant = next(name for name, number in _PALMER_QUADRANT.items() if number == self.quadrant)
        position = str(self.position) if self.dentition is Dentition.PERMANENT else "ABCDE"[self.position - 1]
        return quadrant + position

    @property
    def quadrant(self) -> int:
        """1 to 4 clockwise from the patient's upper right, for both dentitions."""
        return (self.fdi // 10 - 1) % 4 + 1

    @property
    def position(self) -> int:
        """1 (central incisor) to 8, counted from the midline."""
        return self.fdi % 10

    @property
    def dentition(self) -> Dentition:
        """Permanent for quadrants 1-4 of ISO 3950, deciduous for 5-8."""
        return Dentition.PERMANENT if self.fdi < 50 else Dentition.DECIDUOUS  # noqa: PLR2004 - ISO 3950

    @property
    def maxillary(self) -> bool:
        """Whether it stands in the upper jaw."""
        return self.quadrant in (1, 2)

    @property
    def right(self) -> bool:
        """Whether it stands on the patient's right."""
        return self.quadrant in (1, 4)

    @property
    def name(self) -> str:
        """Its name in words, as in `maxillary right central incisor`."""
        if self.dentition is Dentition.PERMANENT:
            name = f"{_QUADRANT_NAME[self.quadrant]} {_PERMANENT_NAME[self.position - 1]}"
        else:
            name = f"deciduous {_QUADRANT_NAME[self.quadrant]} {_DECIDUOUS_NAME[self.position - 1]}"
        return f"supernumerary beside the {name}" if self.supernumerary else name

    @property
    def deciduous_namesake(self) -> Tooth | None:
        """The milk tooth that shares its name when nobody says which dentition: 16 and 54 are both `first molar`."""
        if self.dentition is Dentition.DECIDUOUS:
            return None
        place = {1: 1, 2: 2, 3: 3, 6: 4, 7: 5}.get(self.position)
        return Tooth(fdi=(self.quadrant + 4) * 10 + place) if place else None

    def __str__(self) -> str:
        """Both common notations, as a clerk and a dentist read them: `#8 (FDI 11)`."""
        return f"#{self.universal} (FDI {self.fdi})" if not self.supernumerary else f"#{self.universal}"


def parse_tooth(number: str, system: NumberingSystem) -> Tooth:
    """Read one tooth written in a stated system.

    Raises:
        ValueError: the system has no such tooth.
    """
    text = number.strip().upper()
    if system is NumberingSystem.UNIVERSAL:
        return _parse_universal(text)
    if system is NumberingSystem.FDI:
        digits = text.replace(".", "").replace("-", "")
        if re.fullmatch(r"[1-8][1-8]", digits) and int(digits) in _UNIVERSAL_OF_FDI:
            return Tooth(fdi=int(digits))
    elif system is NumberingSystem.PALMER:
        return _parse_palmer(text)
    elif system is NumberingSystem.SNOMED_CT:
        alternatives = teeth_of_code(text)
        if len(alternatives) == 1:
            return alternatives[0]
    msg = f"not a tooth of the {system.value} system"
    raise ValueError(msg)


def _parse_universal(text: str) -> Tooth:
    text = text.removeprefix("#").lstrip("0") if text.removeprefix("#").isdecimal() else text
    if text in _FDI_OF_UNIVERSAL:
        return Tooth(fdi=_FDI_OF_UNIVERSAL[text])
    if text.endswith("S") and text[:-1] in _FDI_OF_UNIVERSAL and text[:-1].isalpha():
        return Tooth(fdi=_FDI_OF_UNIVERSAL[text[:-1]], supernumerary=True)
    if text.isascii() and text.isdecimal() and str(int(text) - _SUPERNUMERARY_OFFSET) in _FDI_OF_UNIVERSAL:
        return Tooth(fdi=_FDI_OF_UNIVERSAL[str(int(text) - _SUPERNUMERARY_OFFSET)], supernumerary=True)
    msg = "not a tooth of the universal system"
    raise ValueError(msg)


def _parse_palmer(text: str) -> Tooth:
    match = re.fullmatch(r"(UR|UL|LL|LR)\s*([1-8A-E])", text)
    if match is None:
        msg = "not a tooth of the palmer system"
        raise ValueError(msg)
    quadrant, position = _PALMER_QUADRANT[match[1]], match[2]
    if position.isdigit():
        return Tooth(fdi=quadrant * 10 + int(position))
    return Tooth(fdi=(quadrant + 4) * 10 + "ABCDE".index(position) + 1)


@cache
def _teeth_by_code() -> dict[str, tuple[Tooth, ...]]:
    """Every SCT and SRT code of the table with the teeth that it may mean.

    The twenty permanent teeth whose older code reads without "permanent" share their words with a milk tooth, so the
    older code means either until something settles it (PS3.16 CID 4018 as changed; see docs in tooth_codes.csv).
    """
    table: dict[str, tuple[Tooth, ...]] = {}
    text = resources.files("apexproof.codes").joinpath("tooth_codes.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        tooth = Tooth(fdi=int(row["fdi"]))
        older = row["code_status"].startswith("older")
        namesake = tooth.deciduous_namesake if older else None
        alternatives = (tooth, namesake) if namesake else (tooth,)
        for column in ("sct_code", "srt_code_if_known", "srt_code_variant"):
            code = row[column]
            if code and (code not in table or older):
                table[code] = alternatives
    return table


def teeth_of_code(code: str) -> tuple[Tooth, ...]:
    """The teeth that an SCT or SRT concept code may mean: none when it is no tooth, two when it is an older code.

    All generations in use are accepted: current CID 4018/4019, the older SCT and SRT codes, SNOMED's "Entire" concepts.
    """
    return _teeth_by_code().get(code.strip().upper(), ())
