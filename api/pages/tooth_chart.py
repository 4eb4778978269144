"""Tooth chart: both arches with the claimed tooth, and the teeth that each picture shows, by whose word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownRadiograph, ShownTeeth, ShownTooth
from apexproof.formats.verification_json import ClaimedToothDocument
from apexproof.tooth import NumberingSystem, Tooth, parse_tooth

_ACROSS = 16
_PRIMARY_FROM = 3  # columns of permanent teeth to the left of the primary ones
_PERMANENT = ("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17")
_PRIMARY = ("A B C D E F G H I J", "T S R Q P O N M L K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tooth in the chart: its column and row, its number as the claim counts, and what is said of it.

    `shown_by` are the letters of the pictures that show it; `disputed_by` those that show it by one word and not by
    another.
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
class Lettered:
    """A picture, its letter, what it shows, and each word on that; `is_disputed` when they are not the same."""

    letter: str
    name: str
    shows: str
    words: tuple[tuple[str, str], ...]
    is_disputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing, and the same in words."""

    places: tuple[Place, ...]
    pictures: tuple[Lettered, ...]
    claimed: str | None
    system: str
    in_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """The teeth of one picture: what counts, and every other that some word names."""

    letter: str
    name: str
    settled: frozenset[str]
    named: frozenset[str]
    words: tuple[tuple[str, str], ...]


def letter(index: int) -> str:
    """The letter of a picture by its place in the claim: A to Z, then AA."""
    further, own = divmod(index, len(ascii_uppercase))
    return (letter(further - 1) if further else "") + ascii_uppercase[own]


def tooth_chart(claimed: ClaimedToothDocument | None, files: Sequence[FileDocument]) -> Chart:
    """Lay it out, numbered as the claim numbers its teeth (Universal or FDI)."""
    by_fdi = claimed is not None and claimed["system"] is NumberingSystem.FDI
    shown = list(_shown(files, by_fdi=by_fdi))
    wanted = claimed["universal"] if claimed else None
    places = tuple(_places(wanted, shown, by_fdi=by_fdi))
    pictures = tuple(
        Lettered(
            letter=one.letter,
            name=one.name,
            shows=_teeth_in_words(one.settled, by_fdi=by_fdi),
            words=one.words,
            is_disputed=bool(one.named - one.settled) and bool(one.settled or len(one.named) > 1),
        )
        for one in shown
    )
    return Chart(
        places=places,
        pictures=pictures,
        claimed=_label(wanted, by_fdi=by_fdi) if wanted else None,
        system="FDI" if by_fdi else "Universal",
        in_words=_in_words(wanted, pictures, by_fdi=by_fdi),
    )


def _shown(files: Sequence[FileDocument], *, by_fdi: bool) -> Iterator[_Shown]:
    pictures = [(file["file"], picture) for file in files for picture in file["radiographs"]]
    for index, (file, picture) in enumerate(pictures):
        settled = frozenset(tooth["universal"] for tooth in picture["teeth"]["value"] or ())
        named = frozenset(
            tooth["universal"]
            for one in picture["teeth"]["observations"]
            if one["value"] is not None
            for tooth in _settled(one["value"])
        )
        yield _Shown(
            letter=letter(index),
            name=f"{file}, {picture['place']}" if picture["place"] else file,
            settled=settled,
            named=named,
            words=tuple(_words(picture, by_fdi=by_fdi)),
        )


def _settled(said: ShownTeeth) -> list[ShownTooth]:
    """The teeth of a word that can be read in one way."""
    readings = said["readings"]
    return readings[0]["teeth"] if len(readings) == 1 else []


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


def _places(claimed: str | None, shown: Sequence[_Shown], *, by_fdi: bool) -> Iterator[Place]:
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
                shown_by=" ".join(one.letter for one in shown if number in one.settled),
                disputed_by=" ".join(one.letter for one in shown if number in one.named - one.settled),
            )


def _label(universal: str, *, by_fdi: bool) -> str:
    return str(_tooth(universal).fdi) if by_fdi else universal


def _tooth(universal: str) -> Tooth:
    return parse_tooth(universal, NumberingSystem.UNIVERSAL)


def _teeth_in_words(teeth: frozenset[str], *, by_fdi: bool) -> str:
    ordered = sorted(teeth, key=lambda number: (_tooth(number).fdi, number))
    return ", ".join(_label(number, by_fdi=by_fdi) for number in ordered)


def _in_words(claimed: str | None, pictures: Sequence[Lettered], *, by_fdi: bool) -> str:
    beginning = f"The claim is for tooth {_label(claimed, by_fdi=by_fdi)}." if claimed else "The claim names no tooth."
    said = [
        f"Picture {one.letter} ({one.name}) shows {f'tooth {one.shows}' if one.shows else 'no tooth that is known'}"
        f"{', but its sources disagree' if one.is_disputed else ''}."
        for one in pictures
    ]
    return " ".join((beginning, *said))
