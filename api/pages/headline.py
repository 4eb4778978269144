"""Headline: a verification in one sentence, which says what is wrong first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from apexproof.checks.case import Result
from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownRadiograph
from apexproof.formats.verification_json import (
    ClaimedToothDocument,
    ClaimVerificationDocument,
    ExhibitDocument,
    FindingDocument,
    LineVerificationDocument,
    holds_back,
    stands,
)
from apexproof.tooth import NumberingSystem
from apexproof.verification import Outcome
from apexproof.view import View
from api.pages.words import counted, day

BEGINNINGS: dict[Outcome, str] = {
    Outcome.VERIFIED: "Ready to send",
    Outcome.NEEDS_REVIEW: "Needs a person",
    Outcome.MISSING_EVIDENCE: "Not ready",
    Outcome.CONTRADICTED: "Not ready",
    Outcome.NOT_APPLICABLE: "Nothing to check",
}
_WORST_FIRST = (Outcome.CONTRADICTED, Outcome.MISSING_EVIDENCE, Outcome.NEEDS_REVIEW, Outcome.VERIFIED)
_FAILED_FIRST = (Result.FAIL, Result.UNSURE, Result.CRASHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """The picture that a sentence is about, and what there is beside it."""

    line: LineVerificationDocument
    finding: FindingDocument
    picture: ShownRadiograph | None
    pictures: Sequence[ShownRadiograph]

    @property
    def tooth(self) -> str:
        """The claimed tooth, in the claim's own numbers."""
        return tooth_in_words(self.line["tooth"])

    @property
    def name(self) -> str:
        """What the picture is called: `the only periapical of tooth 8`, when it is."""
        if self.picture is None:
            return "the picture"
        view = self.picture["view"]["value"]
        alike = [one for one in self.pictures if one["view"]["value"] is view]
        noun = "picture" if view in (None, View.UNKNOWN) else view.replace("_", " ")
        which = f"only {noun}" if len(alike) == 1 else noun
        return f"the {which}{self._of_tooth(self.picture)}{self._in_file(len(alike))}"

    def _of_tooth(self, picture: ShownRadiograph) -> str:
        claimed = self.line["tooth"]
        shown = {tooth["universal"] for tooth in picture["teeth"]["value"] or ()}
        return f" of {self.tooth}" if claimed and claimed["universal"] in shown else ""

    def _in_file(self, alike: int) -> str:
        radiograph = self.finding["radiograph"]
        return f" in {radiograph['file']}" if radiograph and alike > 1 else ""


def headline(claim: ClaimVerificationDocument) -> str:
    """The sentence. What it says of a claim that is not ready is the first thing in the way of its worst line."""
    outcome = claim["outcome"]
    beginning = BEGINNINGS[outcome]
    lines = sorted(
        (line for line in claim["lines"] if line["outcome"] in _WORST_FIRST),
        key=lambda line: _WORST_FIRST.index(line["outcome"]),
    )
    if outcome is Outcome.NOT_APPLICABLE or not lines:
        return f"{beginning}: the claim has no line for the first visit of an apexification (D3351)."
    if outcome is Outcome.VERIFIED:
        return f"{beginning}: {_proved(claim, lines)}."
    also = sum(line["outcome"] is not Outcome.VERIFIED for line in lines) - 1
    more = f" ({counted(also, 'more line')} not ready)" if also else ""
    return f"{beginning}: {reason(claim, lines[0])}{more}."


def reason(claim: ClaimVerificationDocument, line: LineVerificationDocument) -> str:
    """What stands first in the way of a line, as the rest of a sentence without its end."""
    in_the_way = obstacles(line)
    if not in_the_way:
        return "no radiograph carries the proof"
    first = in_the_way[0]
    pictures = [picture for file in claim["files"] for picture in file["radiographs"]]
    about = Exposed(line=line, finding=first, picture=_picture(claim["files"], first["radiograph"]), pictures=pictures)
    said = _SENTENCES.get(first["check"]) if first["result"] is Result.FAIL else None
    return (said and said(about)) or _plain(first["message"], by_fdi=_by_fdi(line))


def obstacles(line: LineVerificationDocument) -> list[FindingDocument]:
    """What stands in the way of a line: what failed first, then what is open."""
    found = [finding for finding in line["findings"] if holds_back(finding)]
    return sorted(found, key=lambda finding: _FAILED_FIRST.index(stands(finding)))


def tooth_in_words(tooth: ClaimedToothDocument | None) -> str:
    """A tooth as the claim writes it, with its system where that is not the usual one here."""
    if tooth is None:
        return "the tooth"
    system = "" if tooth["system"] is NumberingSystem.UNIVERSAL else f" ({_SYSTEMS[tooth['system']]})"
    return f"tooth {tooth['number']}{system}"


def days_in_words(days: int) -> str:
    """How far a day lies from the visit: negative is before it."""
    if days == 0:
        return "on the day of the visit"
    return f"{counted(abs(days), 'day')} {'before' if days < 0 else 'after'} the visit"


def _proved(claim: ClaimVerificationDocument, lines: Sequence[LineVerificationDocument]) -> str:
    if len(lines) > 1:
        return f"each of the {len(lines)} lines has the radiograph that it needs"
    (line,) = lines
    passed = next((one for one in line["findings"] if one["check"] == "APX401"), None)
    picture = _picture(claim["files"], line["proof"])
    taken = picture["exposure"]["value"]["latest"] if picture and picture["exposure"]["value"] else None
    before = _days_from_visit(line, taken) if passed and passed["result"] is Result.PASS else None
    when = f", taken {days_in_words(before)}," if before is not None and before < 0 else ""
    return f"the periapical of {tooth_in_words(line['tooth'])}{when} carries the claim"


def _after(about: Exposed) -> str | None:
    measured = about.finding["measured"]
    days = _days_from_visit(about.line, measured) if isinstance(measured, str) else None
    if days is None or days < 0:
        return None
    return f"{about.name} was taken {days_in_words(days) if days else 'on the day of the visit, after it began'}"


def _too_old(about: Exposed) -> str | None:
    measured, limit = about.finding["measured"], about.finding["limit"]
    if not isinstance(measured, int) or not isinstance(limit, int):
        return None
    return f"{about.name} was taken {days_in_words(-measured)}, and no more than {limit} days are accepted"


def _other_view(about: Exposed) -> str:
    views = {picture["view"]["value"] for picture in about.pictures}
    if len(about.pictures) == 1 and (view := next(iter(views))) not in (None, View.UNKNOWN, View.PERIAPICAL):
        return f"the only picture is a {view.replace('_', ' ')}, and {about.tooth} needs a periapical"
    return f"none of {counted(len(about.pictures), 'picture')} is a periapical of {about.tooth}"


def _other_tooth(about: Exposed) -> str | None:
    shown = about.picture and about.picture["teeth"]["value"]
    if not shown or any(
        about.line["tooth"] and tooth["universal"] == about.line["tooth"]["universal"] for tooth in shown
    ):
        return None
    named = [tooth["fdi"] if _by_fdi(about.line) else tooth["universal"] for tooth in shown]
    return f"{about.name} shows tooth {' and '.join(named)}, not {about.tooth}" if len(named) <= _FEW else None


_FEW = 2
_SOURCES = re.compile(
    r" \((?:DICOM|EXIF|XMP|words in|pixels|the sender|sent with|attachments\[)[^()]*(?:\([^()]*\)[^()]*)*\)"
)
"""Where something was found, as messages say it in brackets; a tag stands in brackets of its own."""
_TOOTH = re.compile(r"#(\w+) \(FDI (\d\d)\)")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SYSTEMS = {
    NumberingSystem.FDI: "FDI",
    NumberingSystem.PALMER: "Palmer",
    NumberingSystem.SNOMED_CT: "SNOMED CT",
}
_SENTENCES: dict[str, Callable[[Exposed], str | None]] = {
    "APX101": lambda _: "no file came with the claim",
    "APX201": _other_view,
    "APX301": _other_tooth,
    "APX401": _after,
    "APX402": _too_old,
    "APX501": lambda about: f"{about.name} is of another patient",
    "APX502": lambda about: f"{about.name} is too poor to be read",
}


def _picture(files: Sequence[FileDocument], named: ExhibitDocument | None) -> ShownRadiograph | None:
    if named is None:
        return None
    return next(
        (
            picture
            for file in files
            if file["sha256"] == named["sha256"]
            for picture in file["radiographs"]
            if picture["place"] == named["place"]
        ),
        None,
    )


def _days_from_visit(line: LineVerificationDocument, moment: str | None) -> int | None:
    """From the visit to a moment in ISO 8601, in days; None when either is not one day."""
    visit = line["service_date"]
    try:
        return (date.fromisoformat((moment or "")[:10]) - visit).days if visit else None
    except ValueError:
        return None


def _by_fdi(line: LineVerificationDocument) -> bool:
    return line["tooth"] is not None and line["tooth"]["system"] is NumberingSystem.FDI


def told(message: str, tooth: str = r"tooth \1 (FDI \2)") -> str:
    """A message with teeth and days in words, its sources left to the evidence."""
    return _DAY.sub(_day, _TOOTH.sub(tooth, _SOURCES.sub("", message))).strip()


def _plain(message: str, *, by_fdi: bool) -> str:
    """A message as the end of a sentence, with teeth as the claim counts them."""
    said = told(message, r"tooth \2 (FDI)" if by_fdi else r"tooth \1").rstrip(".")
    first = said.split(" ", 1)[0]
    is_word = first.isalpha() and first[:1].isupper() and first[1:].islower()
    return said[:1].lower() + said[1:] if is_word or first == "A" else said


def _day(written: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(written[0]))
    except ValueError:
        return written[0]
