"""Names in a row of words: behind a label, or family name first in capitals with a comma."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apexproof.person import PersonName

_LETTER = r"[A-Za-z\u00c0-\u017f]"
_PART = rf"{_LETTER}(?:{_LETTER}|['\u2019.-])*"
_LABELLED = re.compile(
    rf"(?i:(?<![a-z])(?:(?:patient|pt|pat)(?:'?s)?\.? ?name|name|patient|pt|pat))\s?[:;.]\s?"
    rf"(?P<name>{_PART}(?:(?:,\s?|\^|\s){_PART}){{1,4}})"
)
_UPPER = r"[A-Z\u00c0-\u00de]"
_CAPITALS = re.compile(
    rf"(?<![A-Za-z.'-])(?P<name>{_UPPER}[A-Z\u00c0-\u00de'\u2019 -]+?(?:,\s?|\^)"
    rf"{_UPPER}(?:{_LETTER}|['\u2019-]){{2,}}(?: [A-Z](?![A-Za-z]))?)(?![A-Za-z])"
)
# What follows a name in a row, and is none of it.
_AFTER = re.compile(
    r"(?i)[\s,]*(?<![a-z])(?:d\.?[o0]\.?b|birth|born|date|exam|taken|id|chart|age|sex|gender|male|female|dr|doctor|provider|pa|bw|bwx"
    r"|pano|fmx|tooth|teeth|periapical|bitewing|panoramic|account|acct|phone|ssn|image|x-?ray|printed|exported|yrs|mr|ms|[mf](?=\s*$))"
    r"(?![a-z]).*$"
)
# Words that stand before a comma, or behind one, and name nobody.
_NOBODY = re.compile(
    r"(?<![a-z])(?:dental|dentistry|dds|dmd|inc|llc|pc|clinic|center|office|associates|family|orthodontics|endodontics"
    r"|pediatric|maxillary|mandibular|upper|lower|right|left|anterior|posterior|molar|premolar|incisor|canine|tooth"
    r"|teeth|image|sensor|periapical|bitewing|panoramic|occlusal|xray|film|dose|exam|suite|street|avenue|bone|mesial"
    r"|distal|contrast|brightness|gamma|zoom|patient|name|file|edit|view|help|provider|doctor|operator|referring|school"
    r"|university|hospital|copyright|version|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april"
    r"|june|july|august|september|october|november|december)(?![a-z])"
)
_ZIP_FOLLOWS = re.compile(r"[ ,]*[A-Z]{0,2}\s?\d{5}(?!\d)")
_OTHER_PERSON = re.compile(
    r"(?i)(?<![a-z])(?:dr|doctor|provider|operator|dentist|by|referr\w*|physician|user)\.?\s?:?\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenName:
    """A name in a text, from `start` to `end`."""

    start: int
    end: int
    name: PersonName


def find_name(text: str) -> WrittenName | None:
    """The patient's name in a row; None when it holds none, or one that may be anybody's."""
    for match in _LABELLED.finditer(text):
        if found := _named(match):
            return found
    for match in _CAPITALS.finditer(text):
        if _OTHER_PERSON.search(text[: match.start()]) or _ZIP_FOLLOWS.match(text, match.end()):
            continue
        if found := _named(match):
            return found
    return None


def _named(match: re.Match[str]) -> WrittenName | None:
    written = _AFTER.sub("", match["name"]).strip(" ,.-")
    words = re.findall(r"\w+", written.casefold())
    if len(words) < 2 or _NOBODY.search(written.casefold()):  # noqa: PLR2004 - family and given
        return None
    name = PersonName.parse(written)
    if name is None or not name.family or not name.given:
        return None
    return WrittenName(start=match.start("name"), end=match.start("name") + len(written), name=name)
