"""Pictures: what came with a claim, each with what is known of it and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from apexproof.formats.shown import ShownRadiograph
from apexproof.formats.verification_json import ClaimVerificationDocument, FindingDocument
from apexproof.view import View
from api.pages.letters import Picture, pictures_of
from api.pages.taken import verdict, visit_of
from api.pages.words import STRENGTHS, claim_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A picture as the page shows it."""

    sha256: str
    place: str
    letter: str
    name: str
    address: str
    view: str
    teeth: str
    taken: str
    patient: str
    proves: tuple[int, ...]
    in_the_way: Sequence[FindingDocument]
    observations: Sequence[tuple[str, str, str, str]]
    """Each word on it: aspect, value, source, strength."""

    @property
    def title(self) -> str:
        """For who cannot see it."""
        return f"Picture {self.letter}: {self.name}"


def films(claim: ClaimVerificationDocument) -> tuple[Film, ...]:
    """All of them, those that carry a line first, else in the order of their files."""
    found = (_film(claim, picture) for picture in pictures_of(claim["files"]))
    return tuple(sorted(found, key=lambda film: not film.proves))


def _film(claim: ClaimVerificationDocument, picture: Picture) -> Film:
    shown = picture.radiograph
    place = shown["place"]
    teeth = shown["teeth"]["value"]
    patient = shown["patient"]["value"]
    visit = visit_of(claim["lines"][0]) if claim["lines"] else (None, None)
    view = shown["view"]["value"]
    of = f"{claim_page(claim['claim_number'])}/files/{picture.file['sha256']}/picture"
    return Film(
        sha256=picture.file["sha256"] or "",
        place=place,
        letter=picture.letter,
        name=picture.name,
        address=f"{of}?{urlencode({'place': place})}" if place else of,
        view="view not known" if view in (None, View.UNKNOWN) else view.replace("_", " "),
        teeth=", ".join(f"{tooth['universal']} (FDI {tooth['fdi']})" for tooth in teeth) if teeth else "",
        taken=verdict(shown["exposure"]["value"], visit),
        patient=(patient["name"] or "") if patient else "",
        proves=tuple(line["line"] for line in claim["lines"] if picture.is_named(line["proof"])),
        in_the_way=tuple(_in_the_way(claim, picture)),
        observations=tuple(_observations(shown)),
    )


def _in_the_way(claim: ClaimVerificationDocument, picture: Picture) -> Iterator[FindingDocument]:
    seen: set[tuple[str, str]] = set()
    for line in claim["lines"]:
        for considered in line["considered"]:
            if picture.is_named(considered["radiograph"]):
                for finding in considered["obstacles"]:
                    if (key := (finding["check"], finding["message"])) not in seen:
                        seen.add(key)
                        yield finding


def _observations(picture: ShownRadiograph) -> Iterator[tuple[str, str, str, str]]:
    for one in picture["view"]["observations"]:
        said = one["value"]
        possible = " or ".join(view.replace("_", " ") for view in said["possible"][:3]) if said else ""
        yield _word("View", possible, one["source"], one["strength"], one["note"])
    for two in picture["teeth"]["observations"]:
        yield _word(
            "Tooth", two["value"]["written"] if two["value"] else "", two["source"], two["strength"], two["note"]
        )
    for three in picture["exposure"]["observations"]:
        value = three["value"]
        ends = [end.replace("T", " ") for end in (value["earliest"], value["latest"]) if end] if value else []
        yield _word("Taken", " to ".join(dict.fromkeys(ends)), three["source"], three["strength"], three["note"])
    for four in picture["patient"]["observations"]:
        who = four["value"]
        said_of = (
            chain((who["name"], who["birth_date"] and f"born {who['birth_date']}", who["chart_number"])) if who else ()
        )
        yield _word(
            "Patient", ", ".join(str(one) for one in said_of if one), four["source"], four["strength"], four["note"]
        )


def _word(aspect: str, value: str, source: str, strength: str, note: str | None) -> tuple[str, str, str, str]:
    return (
        aspect,
        f"{value} ({note})" if note and value else value or note or "nothing",
        source,
        STRENGTHS[strength],
    )
