"""References: the resources that came, each by the names under which it may be referred to.

A reference is looked for in the resource itself (`contained`) and in the Bundle, and is never followed anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from apexproof.formats.fhir.element import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What may be referred to; a name by which several resources go refers to none of them."""

    _outer: References | None = None
    _known: dict[str, list[Element]] = field(default_factory=dict)

    def add(self, resource: Element, names: Iterable[str]) -> None:
        """Add a resource under its names."""
        for name in names:
            self._known.setdefault(name, []).append(resource)

    def within(self, resource: Element) -> References:
        """These, and what a resource contains."""
        inner = References(_outer=self)
        for contained in resource.many("contained"):
            if name := contained.text("id"):
                inner.add(contained, [f"#{name}"])
        return inner

    def find(self, reference: Element) -> Element | None:
        """What a reference names; None when it did not come along, which is a fault only for who needs it.

        What is wrong in it is collected where it is referred to.
        """
        found = self.named((reference.text("reference") or "").partition("/_history/")[0])
        if len(found) > 1:
            reference.fault("reference", "several of the resources that came go by this name")
        return replace(found[0], faults=reference.faults) if len(found) == 1 else None

    def named(self, name: str) -> list[Element]:
        """All that go by a name."""
        return self._known.get(name) or (self._outer.named(name) if self._outer else [])


def names_of(entry: Element, resource: Element) -> Iterator[str]:
    """How the resource of a Bundle's entry may be referred to: by its full address, and by its type and id."""
    full = entry.text("fullUrl")
    if full:
        yield full
    kind, identity = resource.text("resourceType"), resource.text("id")
    if kind and identity and full != f"{kind}/{identity}":
        yield f"{kind}/{identity}"
