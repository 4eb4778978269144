"""Tooth chart: both arches with the claimed tooth, and the teeth that each picture shows, by whose word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownRadiograph
from apexproof.formats.verification_json import ClaimedToothDocument
from apexproof.tooth import NumberingSystem, Tooth, parse_tooth
from api.pages.letters import Picture, in_words, pictures_of

_ACROSS = 16
_PRIMARY_FROM = 3  # columns of permanent teeth to the left of the primary ones
_PERMANENT = ("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17")
_PRIMARY = ("A B C D E F G H I J", "T S R Q P O N M L K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tooth in the chart: its column and row, its number as the claim counts, and what is said of it.

    `shown_by` are the letters of the pictures that show it; `disputed_by` those that show it by one word, or by one
    reading of it, and not by another.
    """

    column: int
    row: int
    label: str
    name: str
    is_primary: bool
    is_claimed: bool
    shown_by: str
    disputed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture and its teeth: those that count, every other that some word names, and each word with its source."""

    picture: Picture
    settled: frozenset[str]
    open: frozenset[str]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing, and the same in words."""

    places: tuple[Place, ...]
    shown: tuple[Shown, ...]
    claimed: str | None
    system: str
    in_words: str


def tooth_chart(claimed: ClaimedToothDocument | None, files: Sequence[FileDocument]) -> Chart:
    """Lay it out, numbered as the claim numbers its teeth (Universal or FDI)."""
    by_fdi = claimed is not None and claimed["system"] is NumberingSystem.FDI
    shown = tuple(_shown(picture, by_fdi=by_fdi) for picture in pictures_of(files))
    wanted = claimed["universal"] if claimed else None
    return Chart(
        places=tuple(_places(wanted, shown, by_fdi=by_fdi)),
        shown=shown,
        claimed=_label(wanted, by_fdi=by_fdi) if wanted else None,
        system="FDI" if by_fdi else "Universal",
        in_words=" ".join(_in_words(wanted, shown, by_fdi=by_fdi)),
    )


def _shown(picture: Picture, *, by_fdi: bool) -> Shown:
    teeth = picture.radiograph["teeth"]
    settled = frozenset(tooth["universal"] for tooth in teeth["value"] or ())
    named = frozenset(
        tooth["universal"]
        for one in teeth["observations"]
        if one["value"] is not None
        for reading in one["value"]["readings"]
        for tooth in reading["teeth"]
    )
    return Shown(
        picture=picture,
        settled=settled,
        open=named - settled,
        words=tuple(_words(picture.radiograph, by_fdi=by_fdi)),
    )


def _words(picture: ShownRadiograph, *, by_fdi: bool) -> Iterator[tuple[str, str]]:
    """What was said of the teeth, and where."""
    for one in picture["teeth"]["observations"]:
        if one["value"] is None:
            continue
        readings = [
            _teeth_in_words(frozenset(tooth["universal"] for tooth in reading["teeth"]), by_fdi=by_fdi)
            for reading in one["value"]["readings"]
        ]
        yield " or ".join(readings) or one["value"]["written"], one["source"]


def _places(claimed: str | None, shown: Sequence[Shown], *, by_fdi: bool) -> Iterator[Place]:
    """Upper permanent, upper primary, lower primary, lower permanent teeth, as one looks at the patient."""
    rows = (_PERMANENT[0], _PRIMARY[0], _PRIMARY[1], _PERMANENT[1])
    for row, numbers in enumerate(rows):
        is_primary = row in {1, 2}
        for column, number in enumerate(numbers.split()):
            tooth = parse_tooth(number, NumberingSystem.UNIVERSAL)
            yield Place(
                column=column + (_PRIMARY_FROM if is_primary else 0),
                row=row,
                label=_label(number, by_fdi=by_fdi),
                name=tooth.name,
                is_primary=is_primary,
                is_claimed=number == claimed,
                shown_by=_letters(shown, lambda one: one.settled, number),
                disputed_by=_letters(shown, lambda one: one.open, number),
            )


def _label(universal: str, *, by_fdi: bool) -> str:
    return str(_tooth(universal).fdi) if by_fdi else universal


def _tooth(universal: str) -> Tooth:
    return parse_tooth(universal, NumberingSystem.UNIVERSAL)


def _teeth_in_words(teeth: frozenset[str], *, by_fdi: bool) -> str:
    ordered = sorted(teeth, key=lambda number: (_tooth(number).fdi, number))
    return ", ".join(_label(number, by_fdi=by_fdi) for number in ordered)


def _letters(shown: Sequence[Shown], of: Callable[[Shown], frozenset[str]], number: str) -> str:
    return " ".join(one.picture.letter for one in shown if number in of(one))


def _in_words(claimed: str | None, shown: Sequence[Shown], *, by_fdi: bool) -> Iterator[str]:
    """What the chart shows, for who cannot see it; pictures of which the same is to be said are named together."""
    yield f"The claim is for tooth {_label(claimed, by_fdi=by_fdi)}." if claimed else "The claim names no tooth."
    alike: dict[tuple[frozenset[str], frozenset[str]], list[Picture]] = {}
    for one in shown:
        alike.setdefault((one.settled, one.open), []).append(one.picture)
    for (settled, still_open), pictures in alike.items():
        shows = f"{in_words(pictures)} {'shows' if len(pictures) == 1 else 'show'}"
        sure, other = (_teeth_in_words(teeth, by_fdi=by_fdi) for teeth in (settled, still_open))
        if settled:
            yield f"{shows} tooth {sure}{f', though another word names tooth {other}' if other else ''}."
        else:
            yield f"{shows} no tooth that is known{f'; what is said may mean tooth {other}' if other else ''}."
