"""Attributes: the values of a data set as plain Python, whatever a careless exporter wrote into them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

_SILENT = logging.CRITICAL + 1
_LONGEST_TEXT = 20_000  # characters; a text field beyond that is no description of a picture
_MOST_ITEMS = 64  # items of a sequence of codes; the mouth has 52 teeth


@contextmanager
def quietly() -> Iterator[None]:
    """Keep pydicom's warnings and log to itself: they quote values, which are patient data.

    Never held across a `yield` of a generator, because warning filters belong to the whole process.
    """
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(_SILENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@cache
def source(*keywords: str) -> str:
    """Where a value stands, as in `DICOM Study Date (0008,0020)`; nested sequences from the outside in."""
    return "DICOM " + ", ".join(_named(keyword) for keyword in keywords)


def _named(keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    if tag is None:
        return keyword
    return f"{dictionary_description(tag)} ({tag >> 16:04X},{tag & 0xFFFF:04X})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """A data set, or one item of a sequence. What cannot be read is absent, and its keyword stands in `unreadable`."""

    dataset: Dataset
    unreadable: set[str] = field(default_factory=set)

    def value(self, keyword: str) -> object | None:
        """The value as pydicom gives it; None when it is absent, empty or unreadable."""
        tag = tag_for_keyword(keyword)
        if tag is None or tag not in self.dataset:
            return None
        try:
            value: object = self.dataset[tag].value
        except Exception:  # noqa: BLE001 - pydicom raises whatever a broken value makes it raise
            self.unreadable.add(keyword)
            return None
        return None if value is None or value == "" else value

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Every value as text, bounded, without padding; empty values are left out."""
        value = self.value(keyword)
        if value is None:
            return ()
        if isinstance(value, bytes):
            value = value.decode("ascii", errors="replace")
        values: Sequence[object] = value if isinstance(value, MultiValue) else [value]
        texts = (str(one)[:_LONGEST_TEXT].strip(" \0\r\n\t") for one in values[:_MOST_ITEMS])
        return tuple(text for text in texts if text)

    def text(self, keyword: str) -> str:
        """The first value as text, or empty."""
        return next(iter(self.texts(keyword)), "")

    def word(self, keyword: str) -> str:
        """The first value as a code string compares: upper case."""
        return self.text(keyword).upper()

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Every value as a number; none at all when one of them is no number."""
        try:
            return tuple(float(text) for text in self.texts(keyword))
        except ValueError:
            self.unreadable.add(keyword)
            return ()

    def integer(self, keyword: str) -> int | None:
        """The first value as a whole number."""
        numbers = self.numbers(keyword)
        if not numbers or not numbers[0].is_integer():
            return None
        return int(numbers[0])

    def items(self, keyword: str, *, first: int = 0, most: int = _MOST_ITEMS) -> tuple[Attributes, ...]:
        """The items of a sequence, at most `most` from the `first`; none when it is absent or no sequence."""
        value = self.value(keyword)
        if value is None:
            return ()
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            self.unreadable.add(keyword)
            return ()
        return tuple(
            Attributes(dataset=item, unreadable=self.unreadable)
            for item in value[first : first + most]
            if isinstance(item, Dataset)
        )

    def private(self, group: int, creator: str, element: int) -> str:
        """A private value as text, commas between several; empty when the creator has no such block."""
        try:
            value: object = self.dataset.private_block(group, creator)[element].value
        except KeyError:
            return ""
        except Exception:  # noqa: BLE001 - as above
            self.unreadable.add(f"({group:04X},xx{element:02X})")
            return ""
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        values: Sequence[object] = value if isinstance(value, MultiValue) else [value if value is not None else ""]
        return ",".join(str(one).strip(" \0") for one in values)[:_LONGEST_TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One item of a code sequence (PS3.3 section 8.8)."""

    value: str
    scheme: str
    meaning: str


def codes(attributes: Attributes, keyword: str) -> tuple[Code, ...]:
    """The codes of a sequence; the value may stand in the long or the URN attribute (PS3.3 8.8)."""
    return tuple(code_of(item) for item in attributes.items(keyword))


def code_of(item: Attributes) -> Code:
    """The code that an item holds."""
    return Code(
        value=item.text("CodeValue") or item.text("LongCodeValue") or item.text("URNCodeValue"),
        scheme=item.text("CodingSchemeDesignator"),
        meaning=item.text("CodeMeaning"),
    )
