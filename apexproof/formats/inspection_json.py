"""Inspections as JSON: what each file says, every observation with its source and strength."""

from __future__ import annotations

from collections.abc import Iterable

from apexproof import READER_VERSION, __version__
from apexproof.claim import AttachedFile
from apexproof.formats.shown import ShownDocument, ShownRadiograph, shown_radiograph
from apexproof.radiograph import FileReading


class EngineDocument(ShownDocument):
    """Which program says this."""

    version: str
    reader: str


class FaultDocument(ShownDocument):
    """Something in a file that could not be read, or that one should know; `fatal` when it cost a picture."""

    fault: str
    message: str
    place: str
    fatal: bool


class FileDocument(ShownDocument):
    """One file with its radiographs; `file` is the path as it was given, or below the folder that was."""

    file: str
    sha256: str | None
    size: int
    kind: str
    radiographs: list[ShownRadiograph]
    findings: list[FaultDocument]

    @classmethod
    def of(cls, name: str, reading: FileReading) -> FileDocument:
        """Show what was read in a file."""
        return cls(
            file=name,
            sha256=reading.sha256 or None,
            size=reading.size,
            kind=reading.kind,
            radiographs=[shown_radiograph(picture, sha256=reading.sha256) for picture in reading.radiographs],
            findings=[
                FaultDocument(fault=fault.fault, message=fault.message, place=fault.place, fatal=fault.fatal)
                for fault in reading.faults
            ],
        )


class InspectionDocument(ShownDocument):
    """The output of `apexproof inspect --format json`."""

    engine: EngineDocument
    files: list[FileDocument]


def inspection_document(files: Iterable[AttachedFile]) -> InspectionDocument:
    """Show what was read in files, in their order."""
    return InspectionDocument(engine=engine(), files=[FileDocument.of(file.name, file.reading) for file in files])


def engine() -> EngineDocument:
    """This program."""
    return EngineDocument(version=__version__, reader=READER_VERSION)
