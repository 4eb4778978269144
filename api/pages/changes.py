"""Changes: what one verification of a claim says otherwise than the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apexproof.checks.case import Result
from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.verification_json import (
    ClaimVerificationDocument,
    ExhibitDocument,
    FindingDocument,
    LineVerificationDocument,
)
from api.pages.headline import tooth_in_words

_GOOD = (Result.PASS, Result.NOT_APPLICABLE)


class Direction(StrEnum):
    """Whether something is better than before."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise, in a sentence."""

    direction: Direction
    words: str


def changes(before: ClaimVerificationDocument, after: ClaimVerificationDocument) -> tuple[Change, ...]:
    """Everything that is otherwise: files first, then line by line. The same twice has none."""
    return (*_files(before["files"], after["files"]), *_lines(before["lines"], after["lines"]))


def _files(before: Sequence[FileDocument], after: Sequence[FileDocument]) -> Iterator[Change]:
    old, new = ({(file["file"], file["sha256"]): file for file in files} for files in (before, after))
    for name, _ in sorted(new.keys() - old.keys(), key=str):
        yield Change(direction=Direction.OTHER, words=f"{name} came with the claim.")
    for name, _ in sorted(old.keys() - new.keys(), key=str):
        yield Change(direction=Direction.OTHER, words=f"{name} is no longer there.")
    for key in sorted(old.keys() & new.keys(), key=str):
        if old[key] != new[key]:
            yield Change(direction=Direction.OTHER, words=f"{key[0]} was read otherwise.")


def _lines(before: Sequence[LineVerificationDocument], after: Sequence[LineVerificationDocument]) -> Iterator[Change]:
    old, new = ({line["line"]: line for line in lines} for lines in (before, after))
    for number in sorted(old.keys() | new.keys()):
        if number not in old:
            yield Change(direction=Direction.OTHER, words=f"Line {number} is new.")
        elif number not in new:
            yield Change(direction=Direction.OTHER, words=f"Line {number} is no longer claimed.")
        else:
            yield from _line(old[number], new[number])


def _line(before: LineVerificationDocument, after: LineVerificationDocument) -> Iterator[Change]:
    number = after["line"]
    if before["tooth"] != after["tooth"]:
        words = f"Line {number} is for {tooth_in_words(after['tooth'])} instead of {tooth_in_words(before['tooth'])}."
        yield Change(direction=Direction.OTHER, words=words)
    days = [(line["service_date"], line["service_period"]) for line in (before, after)]
    if days[0] != days[1]:
        yield Change(direction=Direction.OTHER, words=f"Line {number} states another day for the visit.")
    if before["proof"] != after["proof"]:
        yield _proof(number, after["proof"])
    old, new = ({finding["check"]: finding for finding in line["findings"]} for line in (before, after))
    for check in sorted(old.keys() | new.keys()):
        yield from _finding(old.get(check), new.get(check))


def _proof(number: int, after: ExhibitDocument | None) -> Change:
    if after is None:
        return Change(direction=Direction.WORSE, words=f"No picture carries line {number} any more.")
    return Change(direction=Direction.BETTER, words=f"{after['file']} carries line {number}.")


def _finding(before: FindingDocument | None, after: FindingDocument | None) -> Iterator[Change]:
    if after is None:
        if before is not None and before["result"] not in _GOOD:
            yield Change(direction=Direction.OTHER, words=f"{before['check']} is not asked any more.")
        return
    was = before["result"] if before else None
    if was == after["result"] and (before is None or _said(before) == _said(after)):
        return
    if after["result"] in _GOOD and was in _GOOD:
        return
    if after["result"] in _GOOD:
        if was is not None:
            yield Change(direction=Direction.BETTER, words=f"{after['check']} holds now: {after['message']}")
        return
    is_new = was is None or was in _GOOD
    direction = Direction.WORSE if is_new else Direction.OTHER
    yield Change(direction=direction, words=f"{after['check']}: {after['message']}{_settled(after)}")


def _said(finding: FindingDocument) -> tuple[object, ...]:
    return finding["message"], finding["settled"]


def _settled(finding: FindingDocument) -> str:
    settled = finding["settled"]
    return f" {settled['person']} {settled['decision']} it: {settled['why']}" if settled else ""
