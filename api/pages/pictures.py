"""Pictures: what came with a claim, each with what is known of it and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownRadiograph
from apexproof.formats.verification_json import ClaimVerificationDocument, ExhibitDocument, FindingDocument
from apexproof.view import View
from api.pages.timeline import verdict
from api.pages.tooth_chart import letter
from api.pages.words import claim_page


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
    """All of them, in the order of their files, with the letters of the tooth chart."""
    found = [(file, picture) for file in claim["files"] for picture in file["radiographs"]]
    return tuple(_film(claim, letter(index), file, picture) for index, (file, picture) in enumerate(found))


def _film(claim: ClaimVerificationDocument, its: str, file: FileDocument, picture: ShownRadiograph) -> Film:
    place = picture["place"]
    teeth = picture["teeth"]["value"]
    patient = picture["patient"]["value"]
    single = claim["lines"][0]["service_date"] if claim["lines"] else None
    view = picture["view"]["value"]
    of = f"{claim_page(claim['claim_number'])}/files/{file['sha256']}/picture"
    return Film(
        sha256=file["sha256"] or "",
        place=place,
        letter=its,
        name=f"{file['file']}, {place}" if place else file["file"],
        address=f"{of}?{urlencode({'place': place})}" if place else of,
        view="view not known" if view in (None, View.UNKNOWN) else view.replace("_", " "),
        teeth=", ".join(f"{tooth['universal']} (FDI {tooth['fdi']})" for tooth in teeth) if teeth else "",
        taken=verdict(picture["exposure"]["value"], single),
        patient=(patient["name"] or "") if patient else "",
        proves=tuple(line["line"] for line in claim["lines"] if _is(line["proof"], file, picture)),
        in_the_way=tuple(_in_the_way(claim, file, picture)),
        observations=tuple(_observations(picture)),
    )


def _in_the_way(
    claim: ClaimVerificationDocument, file: FileDocument, picture: ShownRadiograph
) -> Iterator[FindingDocument]:
    seen: set[tuple[str, str]] = set()
    for line in claim["lines"]:
        for considered in line["considered"]:
            if _is(considered["radiograph"], file, picture):
                for finding in considered["obstacles"]:
                    if (key := (finding["check"], finding["message"])) not in seen:
                        seen.add(key)
                        yield finding


def _is(named: ExhibitDocument | None, file: FileDocument, picture: ShownRadiograph) -> bool:
    return named is not None and (named["sha256"], named["place"]) == (file["sha256"], picture["place"])


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
        strength.replace("_", " "),
    )
