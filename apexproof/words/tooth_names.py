"""Teeth called by their names (`max. right central incisor`) or by Palmer's own signs (`1┘`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import Dentition, NumberingSystem, Tooth, parse_tooth

_I = re.IGNORECASE
_QUADRANT = r"(?:UR|UL|LL|LR)"
_GLYPH = re.compile(r"(?<!\w)([1-8]{1,8}|[A-E]{1,5})\s?([┘┐⏌⏋])|([└┌⎿⎾])\s?([1-8]{1,8}|[A-E]{1,5})(?!\w)", _I)
_GLYPH_QUADRANT = {"┘": "UR", "⏌": "UR", "└": "UL", "⎿": "UL", "┌": "LL", "⎾": "LL", "┐": "LR", "⏋": "LR"}
_FIRST = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_DENTITION = r"(?:(?:permanent|perm\.?|adult|primary|deciduous|baby|milk)\s+)?"
_JAW = r"(?:maxillary|max\b\.?|upper|mandibular|mand\b\.?|lower)"
_SIDE = r"(?:right|left|rt\b\.?|lt\b\.?|[rl]\b\.?)"
_NAMING = ("central", "lateral", "canine", "cuspid", "molar", "wisdom")  # one of them stands in every name
_NAME = re.compile(
    rf"(?<!\w)(?P<before>{_DENTITION})(?:(?P<jaw>{_JAW})[\s-]*(?P<side>{_SIDE})|(?P<side2>right|left|rt\b\.?|lt\b\.?)"
    rf"\s*(?P<jaw2>{_JAW})|(?P<quadrant>{_QUADRANT}\b))[\s-]*(?P<between>{_DENTITION})"
    r"(?:(?P<incisor>central|lateral)(?:\s+incisor)?|(?P<canine>canine|cuspid)"
    r"|(?P<ordinal>first|second|third|1st|2nd|3rd)\s+(?P<between2>(?:permanent|primary|deciduous)\s+)?"
    r"(?P<kind>premolar|pre-molar|bicuspid|molar)|(?P<wisdom>wisdom\s+tooth))s?(?!\w)",
    _I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A statement with where it stands: an ambiguous one may be settled by its neighbour."""

    start: int
    end: int
    statement: TeethStatement


def named_teeth(text: str) -> Iterator[Mention]:
    """Teeth called by their names; without a dentition a milk tooth of the same name is a second reading."""
    lowered = text.lower()
    if not any(word in lowered for word in _NAMING):
        return
    for match in _NAME.finditer(text):
        words = " ".join(match[group] or "" for group in ("before", "between", "between2")).lower()
        teeth = _named(match)
        if any(word in words for word in ("primary", "deciduous", "baby", "milk")):
            teeth = [tooth for tooth in teeth if tooth.dentition is Dentition.DECIDUOUS]
        elif any(word in words for word in ("perm", "adult")):
            teeth = [tooth for tooth in teeth if tooth.dentition is Dentition.PERMANENT]
        readings = tuple(TeethReading(system=None, teeth=(tooth,)) for tooth in teeth)
        statement = TeethStatement(written=match[0].strip(), readings=readings)
        yield Mention(start=match.start(), end=match.end(), statement=statement)


def _named(match: re.Match[str]) -> list[Tooth]:
    if match["quadrant"]:
        upper, right = match["quadrant"][0].lower() == "u", match["quadrant"][1].lower() == "r"
    else:
        upper = (match["jaw"] or match["jaw2"]).lower().startswith(("max", "u"))
        right = (match["side"] or match["side2"]).lower().startswith("r")
    quadrant = (1 if right else 2) if upper else (4 if right else 3)
    if match["incisor"]:
        position = 1 if match["incisor"].lower() == "central" else 2
    elif match["canine"]:
        position = 3
    elif match["wisdom"]:
        position = 8
    else:
        ordinal = _FIRST[match["ordinal"].lower()]
        position = ordinal + (5 if match["kind"].lower() == "molar" else 3)
        if match["kind"].lower() != "molar" and ordinal == 3:  # noqa: PLR2004 - nobody has a third premolar
            return []
    permanent = Tooth(fdi=quadrant * 10 + position)
    return [permanent, *([permanent.deciduous_namesake] if permanent.deciduous_namesake else [])]


def signed_teeth(text: str) -> Iterator[Mention]:
    """Palmer's own signs: the bars stand towards the midline and the bite, so `1┘` is the upper right."""
    if text.isascii():
        return
    for match in _GLYPH.finditer(text):
        quadrant = _GLYPH_QUADRANT[match[2] or match[3]]
        places = match[1] or match[4]
        teeth = dict.fromkeys(parse_tooth(quadrant + place, NumberingSystem.PALMER) for place in places)
        reading = TeethReading(system=NumberingSystem.PALMER, teeth=tuple(teeth))
        statement = TeethStatement(written=match[0], readings=(reading,))
        yield Mention(start=match.start(), end=match.end(), statement=statement)
