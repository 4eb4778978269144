"""Letters: what a page calls the pictures of a claim: A, B, C, in the order of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownRadiograph
from apexproof.formats.verification_json import ExhibitDocument

_SEVERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a claim, which it is (0 is A), and the file that it came in."""

    index: int
    file: FileDocument
    radiograph: ShownRadiograph

    @property
    def letter(self) -> str:
        """What it is called."""
        return letter(self.index)

    @property
    def name(self) -> str:
        """Its file, and its place in it."""
        place = self.radiograph["place"]
        return f"{self.file['file']}, {place}" if place else self.file["file"]

    def is_named(self, exhibit: ExhibitDocument | None) -> bool:
        """Whether this is the one that a verification names."""
        return exhibit is not None and (exhibit["sha256"], exhibit["place"]) == (
            self.file["sha256"],
            self.radiograph["place"],
        )


def pictures_of(files: Sequence[FileDocument]) -> tuple[Picture, ...]:
    """All pictures of a claim."""
    found = [(file, radiograph) for file in files for radiograph in file["radiographs"]]
    return tuple(
        Picture(index=index, file=file, radiograph=radiograph) for index, (file, radiograph) in enumerate(found)
    )


def letter(index: int) -> str:
    """The letter of a picture: A to Z, then AA."""
    further, own = divmod(index, len(ascii_uppercase))
    return (letter(further - 1) if further else "") + ascii_uppercase[own]


def in_words(pictures: Sequence[Picture]) -> str:
    """One with its name, several by their letters: `Picture A (pa8.dcm)`, `Pictures A to D and F`."""
    if len(pictures) == 1:
        return f"Picture {pictures[0].letter} ({pictures[0].name})"
    *first, last = _spans([picture.index for picture in pictures])
    return f"Pictures {', '.join(first)} and {last}" if first else f"Pictures {last}"


def _spans(indices: Sequence[int]) -> Iterator[str]:
    """Letters that follow each other, from three on as a span."""
    run: list[int] = []
    for index in indices:
        if run and index != run[-1] + 1:
            yield from _span(run)
            run = []
        run.append(index)
    yield from _span(run)


def _span(run: Sequence[int]) -> list[str]:
    return [f"{letter(run[0])} to {letter(run[-1])}"] if len(run) >= _SEVERAL else [letter(index) for index in run]
