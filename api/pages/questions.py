"""Questions: what a verification leaves to a person, one decision at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apexproof.attestation import Attestation, Decision
from apexproof.checks.case import Result
from apexproof.formats.verification_json import ClaimVerificationDocument, FindingDocument
from apexproof.policy import Policy
from apexproof.settlement import finding_digest, may_be_accepted
from api.pages.headline import obstacles, tooth_in_words
from api.pages.pictures import Film, films


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A finding that a machine left open and the policy lets a person close; `film` is the picture that it is about."""

    line: int
    title: str
    finding: FindingDocument
    sha256: str | None
    place: str
    film: Film | None
    digest: str

    @property
    def check(self) -> str:
        """The check that asks."""
        return self.finding["check"]


def questions(
    document: ClaimVerificationDocument, policy: Policy, settled: Iterable[Attestation]
) -> Iterator[Question]:
    """What is open and has not been answered yet, line by line, the most pressing first."""
    answered = {(one.line, one.check, one.sha256, one.place, one.finding) for one in settled if _answers(one)}
    pictures = {(film.sha256, film.place): film for film in films(document)}
    for line in document["lines"]:
        for finding in obstacles(line):
            if not may_be_accepted(policy, finding["check"], Result(finding["result"])) or finding["settled"]:
                continue
            about = finding["radiograph"]
            sha256, place = (about["sha256"], about["place"]) if about else (None, "")
            digest = _digest(finding)
            if (line["line"], finding["check"], sha256, place, digest) in answered:
                continue
            yield Question(
                line=line["line"],
                title=f"Line {line['line']}: {line['procedure']}, {tooth_in_words(line['tooth'])}",
                finding=finding,
                sha256=sha256,
                place=place,
                film=pictures.get((sha256 or "", place)),
                digest=digest,
            )


def beyond_a_person(document: ClaimVerificationDocument, policy: Policy) -> list[FindingDocument]:
    """What no person may close under this policy: it takes other evidence."""
    return [
        finding
        for line in document["lines"]
        for finding in obstacles(line)
        if not may_be_accepted(policy, finding["check"], Result(finding["result"])) and not finding["settled"]
    ]


def _answers(one: Attestation) -> bool:
    return one.decision in (Decision.ACCEPTED, Decision.REJECTED)


def _digest(finding: FindingDocument) -> str:
    evidence = [(piece["value"], piece["source"]) for piece in finding["evidence"]]
    return finding_digest(finding["check"], finding["result"], finding["message"], evidence)
