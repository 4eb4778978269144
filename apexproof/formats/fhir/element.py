"""Element: a part of a FHIR resource with its place, as FHIRPath names it; what is wrong in it is collected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An object of a resource. What is not of the type that it must have counts as not there, and as a fault."""

    said: dict[str, Any]
    place: str
    faults: list[str]

    def fault(self, name: str, reason: str) -> None:
        """Note what is wrong with one of its elements."""
        self.faults.append(f"{self.place}.{name}: {reason}")

    def many(self, name: str) -> Iterator[Element]:
        """The objects of a list."""
        listed = self.said.get(name, [])
        if not isinstance(listed, list):
            self.fault(name, "a list is needed here")
            return
        for index, one in enumerate(listed):
            if isinstance(one, dict):
                yield Element(said=one, place=f"{self.place}.{name}[{index}]", faults=self.faults)
            else:
                self.fault(f"{name}[{index}]", "an object is needed here")

    def one(self, name: str) -> Element:
        """An object; an empty one when it is not there."""
        found = self.said.get(name, {})
        if not isinstance(found, dict):
            self.fault(name, "an object is needed here")
            found = {}
        return Element(said=found, place=f"{self.place}.{name}", faults=self.faults)

    def text(self, name: str) -> str | None:
        """A text; None when it is not there."""
        found = self.said.get(name)
        if found is not None and not isinstance(found, str):
            self.fault(name, "text is needed here")
            return None
        return found or None

    def number(self, name: str) -> int | None:
        """A whole number; None when it is not there."""
        found = self.said.get(name)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            self.fault(name, "a whole number is needed here")
            return None
        return found

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        listed = self.said.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self.fault(name, "a list of texts is needed here")
            return []
        return listed

    def numbers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        listed = self.said.get(name, [])
        if not isinstance(listed, list) or any(type(one) is not int for one in listed):
            self.fault(name, "a list of whole numbers is needed here")
            return []
        return listed

    def day(self, name: str) -> date | None:
        """The day of a date or dateTime; None when it is not there."""
        written = self.text(name)
        if written is None:
            return None
        try:
            return date.fromisoformat(written.partition("T")[0])
        except ValueError:
            self.fault(name, "a whole date is needed here, like 2026-02-10")
            return None

    def codings(self) -> Iterator[tuple[str, str]]:
        """System and code of each coding of a CodeableConcept; the system is empty when none is stated."""
        for coding in self.many("coding"):
            if code := coding.text("code"):
                yield coding.text("system") or "", code
