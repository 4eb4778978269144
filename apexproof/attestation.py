"""Attestation: what a person says who looked, where a machine could not know."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from apexproof.exposure import ExposureInterval
from apexproof.radiograph import TeethStatement
from apexproof.view import ViewStatement


class Decision(StrEnum):
    """What a person says."""

    ACCEPTED = "accepted"
    """The finding is no obstacle: I looked."""
    REJECTED = "rejected"
    """The evidence does not hold, whatever the finding says."""
    STATED = "stated"
    """The picture shows this tooth, was taken then, or is of this view."""
    REVOKED = "revoked"
    """An earlier word is taken back."""


class Attestation(Struct, frozen=True, kw_only=True):
    """One word of one person. It has a name and a reason, and stays on record when it is taken back.

    Attributes:
        number: its place among the attestations of its claim.
        claim_number: of several claims in one run, the one that it is about; None when there is but one.
        key: the name of the key by which it was sent; None when it came in a file.
        line: the service line of the finding.
        check: the check that found it.
        sha256: the file that the finding, or the stated value, is about; None for a finding about the line.
        place: the picture in that file.
        finding: a digest over what the finding said (`settlement.finding_digest`): when it says something else by now,
            it is open again. None holds for whatever the finding says.
        revokes: the number of the attestation that is taken back.
    """

    number: int
    person: str
    why: str
    decision: Decision
    claim_number: str | None = None
    key: str | None = None
    line: int | None = None
    check: str | None = None
    sha256: str | None = None
    place: str = ""
    finding: str | None = None
    teeth: TeethStatement | None = None
    taken: ExposureInterval | None = None
    view: ViewStatement | None = None
    revokes: int | None = None


def in_force(attestations: Iterable[Attestation]) -> tuple[Attestation, ...]:
    """Those that nobody took back, in their order."""
    known = sorted(attestations, key=lambda one: one.number)
    revoked = {one.revokes for one in known if one.decision is Decision.REVOKED}
    return tuple(one for one in known if one.decision is not Decision.REVOKED and one.number not in revoked)
