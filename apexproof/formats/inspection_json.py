"""Inspections as JSON: what each file says, every observation with its source and strength."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import with_config
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from apexproof import READER_VERSION, __version__
from apexproof.claim import AttachedFile
from apexproof.formats.shown import STRICT, ShownDocument, ShownRadiograph, shown_radiograph
from apexproof.radiograph import FileReading


class EngineDocument(ShownDocument):
    """Which program says this."""

    version: str
    reader: str


@with_config(STRICT)
class FaultDocument(TypedDict):
    """Something in a file that could not be read, or that one should know; `fatal` when it cost a picture."""

    fault: str
    message: str
    place: str
    fatal: bool


@with_config(STRICT)
class FileDocument(TypedDict):
    """One file with its radiographs; `file` is the path as it was given, or below the folder that was."""

    file: str
    sha256: str | None
    size: int
    kind: str
    radiographs: list[ShownRadiograph]
    findings: list[FaultDocument]


class InspectionDocument(ShownDocument):
    """The output of `apexproof inspect --format json`."""

    engine: EngineDocument
    files: list[FileDocument]


def file_document(name: str, reading: FileReading) -> FileDocument:
    """Show what was read in a file."""
    return {
        "file": name,
        "sha256": reading.sha256 or None,
        "size": reading.size,
        "kind": reading.kind,
        "radiographs": [shown_radiograph(picture, sha256=reading.sha256) for picture in reading.radiographs],
        "findings": [
            {"fault": fault.fault, "message": fault.message, "place": fault.place, "fatal": fault.fatal}
            for fault in reading.faults
        ],
    }


def inspection_document(files: Iterable[AttachedFile]) -> InspectionDocument:
    """Show what was read in files, in their order."""
    return InspectionDocument(engine=engine(), files=[file_document(file.name, file.reading) for file in files])


def engine() -> EngineDocument:
    """This program."""
    return EngineDocument(version=__version__, reader=READER_VERSION)
