"""PersonName, and how far two names agree.

Names come as DICOM writes them (`Quill^Marigold^A`, PS3.5 6.2.1.2), as claims write them (parts), and as people type
them (`Quill, Marigold` or `Marigold Quill`). They are compared without case, accents and punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import Enum
from functools import lru_cache

from msgspec import Struct

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "master", "dr"})
# What de-identification and careless export write where a name belongs.
_PLACEHOLDERS = frozenset(
    {
        "anonymous",
        "anonymized",
        "anonymised",
        "anon",
        "unknown",
        "patient",
        "noname",
        "none",
        "deidentified",
        "removed",
        "test",
    }
)
# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "\u0131": "i"}
)


class NameAgreement(Enum):
    """How far two names agree."""

    SAME = "same"
    COMPATIBLE = "compatible"
    """They differ only by what one of them leaves out or shortens: a middle name, an initial, a suffix."""
    DIFFERENT = "different"


class PersonName(Struct, frozen=True, kw_only=True):
    """A person's name in parts; a part that is not known is empty."""

    family: str
    given: str = ""
    middle: str = ""
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> PersonName | None:
        """Read a name as DICOM or a person writes it; None when it names nobody (empty, anonymised, a number)."""
        alphabetic = text.split("=", 1)[0].strip()
        if "^" in alphabetic:
            family, given, middle, prefix, suffix = ([p.strip() for p in alphabetic.split("^")] + [""] * 5)[:5]
            del prefix
            name = cls(family=family, given=given, middle=middle, suffix=suffix)
        elif "," in alphabetic:
            family, _, rest = alphabetic.partition(",")
            given, _, middle = rest.replace(",", " ").strip().partition(" ")
            name = cls(family=family.strip(), given=given, middle=middle.strip())
        else:
            words = alphabetic.split()
            name = cls(family=words[-1] if words else "", given=" ".join(words[:-1]))
        return name if name.names_somebody else None

    @property
    def names_somebody(self) -> bool:
        """Whether there is a name in it, and not a placeholder, a title or a number."""
        return any(word.isalpha() and word not in _PLACEHOLDERS for word in _core(self))

    def __str__(self) -> str:
        """Family name first, as on a chart: `Quill, Marigold A`."""
        rest = " ".join(part for part in (self.given, self.middle, self.suffix) if part)
        return f"{self.family}, {rest}" if rest else self.family


def compare_names(one: PersonName, other: PersonName) -> NameAgreement:
    """Compare two names whatever their order, case, accents, hyphens, middle names and suffixes.

    A suffix that both state and that differs makes two people (Jr, Sr). So does a word that the other name lacks while
    it has another word in its stead.
    """
    suffixes = {_suffix(one), _suffix(other)} - {""}
    ours, theirs = _core(one), _core(other)
    if len(suffixes) > 1 or not ours or not theirs:
        return NameAgreement.DIFFERENT
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        return NameAgreement.SAME
    fewer, more = sorted((ours, theirs), key=len)
    return NameAgreement.COMPATIBLE if _covered(Counter(fewer), Counter(more)) else NameAgreement.DIFFERENT


def _covered(fewer: Counter[str], more: Counter[str]) -> bool:
    """Whether each word of the shorter name stands in the longer one, whole or as an initial; one at least is whole."""
    whole = fewer & more
    unmatched = list((more - whole).elements())
    for word in (fewer - whole).elements():
        match = next((m for m in unmatched if m[0] == word[0] and 1 in {len(m), len(word)}), None)
        if match is None:
            return False
        unmatched.remove(match)
    return any(len(word) > 1 for word in whole)


def name_words(name: PersonName) -> tuple[str, ...]:
    """The words by which names are compared: without case, accents, titles and suffixes."""
    return tuple(_core(name))


def _core(name: PersonName) -> list[str]:
    words = _words(f"{name.given} {name.middle} {name.family}")
    return [word for word in words if word not in _SUFFIXES and word not in _TITLES]


def _suffix(name: PersonName) -> str:
    words = _words(name.suffix) + _words(f"{name.given} {name.middle} {name.family}")[1:]
    return next((word for word in words if word in _SUFFIXES and word != "v"), "")


@lru_cache(maxsize=4096)  # a claim's patient is compared with the one of each claim that may bear on it
def _words(text: str) -> tuple[str, ...]:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", plain.replace("'", "").replace("\u2019", "").replace(".", " ")))
