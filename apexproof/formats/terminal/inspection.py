"""Inspections as a person reads them: what each file says, observation by observation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from apexproof.claim import AttachedFile
from apexproof.formats.terminal.text import printable
from apexproof.observation import Observation
from apexproof.radiograph import Fingerprint, Legibility, PatientStatement, Radiograph, ReadingFault, TeethStatement
from apexproof.view import ViewStatement, narrowed_view

T = TypeVar("T")
_VIEWS_SHOWN = 3


def show_inspection(console: Console, files: Iterable[AttachedFile]) -> None:
    """Print what each file says."""
    for file in files:
        console.print(*_file(file), sep="\n")


def _file(file: AttachedFile) -> Iterator[RenderableType]:
    reading = file.reading
    yield Rule(Text(printable(file.name), "bold"), align="left", characters="━", style="dim")
    sha256 = f", sha256 {reading.sha256}" if reading.sha256 else ""
    yield Text(f"{reading.kind}, {reading.size:,} bytes{sha256}", "dim")
    for fault in reading.faults:
        yield _fault(fault)
    for picture in reading.radiographs:
        yield from _picture(picture)
    if not reading.radiographs:
        yield Text("No picture was read in it.", "yellow")
    yield Text("")


def _fault(fault: ReadingFault) -> Text:
    place = f"{fault.place}: " if fault.place else ""
    style = "red" if fault.fatal else "yellow"
    return Text(f"{'✗' if fault.fatal else '?'} {printable(place + fault.message)} [{fault.fault}]", style)


def _picture(picture: Radiograph) -> Iterator[RenderableType]:
    if picture.place:
        yield Text(f"\n{printable(picture.place)}", "bold")
    yield from _aspect("view", picture.view, _view_words, narrowed_view(picture.view).label)
    yield from _aspect("teeth", picture.teeth, _teeth_words)
    yield from _aspect("exposure", picture.exposure, str)
    yield from _aspect("patient", picture.patient, _patient_words)
    yield from _aspect("legibility", picture.legibility, _legibility_words)
    yield from _aspect("fingerprint", picture.fingerprint, _fingerprint_words)
    if picture.mirrored:
        yield from _aspect("mirrored", picture.mirrored, lambda mirrored: "yes" if mirrored else "no")
    if picture.crowns:
        yield from _aspect("crowns", picture.crowns, lambda crowns: f"{crowns.towards}, {crowns.probability:.0%}")


def _aspect(
    title: str, observations: Sequence[Observation[T]], words: Callable[[T], str], summary: str = ""
) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=11)
    grid.add_column(overflow="fold")
    lines = [Text(summary)] if summary else []
    for observation in observations:
        value = words(observation.value) if observation.value is not None else f"unusable: {observation.note}"
        note = f"; {observation.note}" if observation.note and observation.value is not None else ""
        strength = observation.strength.label.replace("_", " ")
        lines.append(Text(printable(value)) + Text(printable(f"  ← {observation.source} ({strength}{note})"), "dim"))
    if not observations:
        lines = [Text("nothing says", "dim")]
    grid.add_row(Text(title, "bold"), Group(*lines))
    yield Padding(grid, (0, 0, 0, 2))


def _view_words(statement: ViewStatement) -> str:
    measured = statement.probabilities
    if statement.colourfulness is not None:
        return f"colour of {statement.colourfulness:g} beyond one tint"
    if measured is None:
        return " or ".join(sorted(view.label for view in statement.possible))
    likeliest = ", ".join(f"{view.label} {share:.0%}" for view, share in measured.shares[:_VIEWS_SHOWN])
    return f"{likeliest}; strangeness {measured.strangeness:g}"


def _teeth_words(statement: TeethStatement) -> str:
    readings = " or ".join(", ".join(str(tooth) for tooth in reading.teeth) for reading in statement.readings)
    return f"'{statement.written}': {readings}"


def _patient_words(statement: PatientStatement) -> str:
    parts = [
        str(statement.name) if statement.name else "",
        f"born {' or '.join(map(str, statement.possible_births))}" if statement.possible_births else "",
        f"chart {statement.chart_number}" if statement.chart_number else "",
    ]
    return ", ".join(part for part in parts if part)


def _legibility_words(measures: Legibility) -> str:
    return (
        f"{measures.width} x {measures.height} pixels, {measures.bits} bits, contrast {measures.contrast}, "
        f"sharpness {measures.sharpness}, dark {measures.dark}, bright {measures.bright}"
    )


def _fingerprint_words(hashes: Fingerprint) -> str:
    return f"pixels {hashes.pixel_sha256[:16]}…, perceptual {hashes.perceptual[:16]}…"
