"""Settlement: what the words of persons change in what checks found, within what the policy lets them.

A word never hides a finding. It can close a question that a machine left open, and it can refuse evidence that a
machine took; what a check refuted it cannot turn round unless the policy names that check in `may_overrule`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from apexproof.attestation import Attestation, Decision
from apexproof.checks.case import Answer, Result
from apexproof.claim import Exhibit
from apexproof.observation import Observation, Strength
from apexproof.policy import Policy
from apexproof.radiograph import Radiograph

T = TypeVar("T")
_OPEN = (Result.UNSURE, Result.CRASHED)
TEETH_CHECKS = ("APX301",)
TAKEN_CHECKS = ("APX401", "APX402")
VIEW_CHECKS = ("APX201",)
"""What a stated tooth, date or view is asked for; every other check sees the picture as it was read."""


class Settled(Struct, frozen=True, kw_only=True):
    """That a person's word decides what a check found."""

    attestation: Attestation
    stands: Result


def may_be_settled(policy: Policy, check: str) -> bool:
    """Whether persons have a say in a check under this policy."""
    return check in policy.attestations.may_settle or check in policy.attestations.may_overrule


def stated_values(attestation: Attestation) -> tuple[str, ...]:
    """The checks that hear a stated value."""
    if attestation.decision is not Decision.STATED:
        return ()
    return (
        *(TEETH_CHECKS if attestation.teeth else ()),
        *(TAKEN_CHECKS if attestation.taken else ()),
        *(VIEW_CHECKS if attestation.view else ()),
    )


def attested(exhibit: Exhibit, check: str, policy: Policy, attestations: Iterable[Attestation]) -> Exhibit | None:
    """The picture with what persons state of it for a check; None when nobody does or is heard."""
    if not may_be_settled(policy, check):
        return None
    picture = exhibit.radiograph
    for one in attestations:
        if check in stated_values(one) and _is_about(one, exhibit):
            picture = _with_word(picture, one)
    return None if picture is exhibit.radiograph else replace(exhibit, radiograph=picture)


def heard(answer: Answer, with_words: Answer, check: str, policy: Policy) -> Answer:
    """Which of two answers counts: the one with what persons state, unless it would clear what was refuted."""
    if answer.result is Result.FAIL and check not in policy.attestations.may_overrule:
        return answer
    return with_words


def settled(
    answer: Answer,
    check: str,
    policy: Policy,
    attestations: Sequence[Attestation],
    *,
    line: int,
    exhibit: Exhibit | None,
) -> Settled | None:
    """The last word that decides a finding; None when nobody's does."""
    if not attestations or not may_be_settled(policy, check):
        return None
    said = finding_digest(
        check, answer.result, answer.message, [(evidence.value, evidence.source) for evidence in answer.evidence]
    )
    for one in reversed(attestations):
        if one.check != check or one.line != line or not _is_about(one, exhibit) or one.finding not in (None, said):
            continue
        if one.decision is Decision.ACCEPTED and may_be_accepted(policy, check, answer.result):
            return Settled(attestation=one, stands=Result.PASS)
        if one.decision is Decision.REJECTED and may_be_rejected(answer.result):
            return Settled(attestation=one, stands=Result.FAIL)
    return None


def may_be_accepted(policy: Policy, check: str, result: Result) -> bool:
    """Whether a person may let a finding be no obstacle."""
    overruled = result is Result.FAIL and check in policy.attestations.may_overrule
    return overruled or (result in _OPEN and may_be_settled(policy, check))


def may_be_rejected(result: Result) -> bool:
    """Whether a person may refuse what a check found."""
    return result in (*_OPEN, Result.PASS)


def finding_digest(check: str, result: str, message: str, evidence: Iterable[tuple[str, str]]) -> str:
    """A digest over what a finding says and rests on (the value and the source of each piece of evidence)."""
    said = [check, str(result), message, [list(piece) for piece in evidence]]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _is_about(attestation: Attestation, exhibit: Exhibit | None) -> bool:
    if exhibit is None:
        return attestation.sha256 is None
    return attestation.sha256 == exhibit.file.reading.sha256 and attestation.place == exhibit.radiograph.place


def _with_word(picture: Radiograph, attestation: Attestation) -> Radiograph:
    return replace(
        picture,
        teeth=(*picture.teeth, *_word(attestation.teeth, attestation)),
        exposure=(*picture.exposure, *_word(attestation.taken, attestation)),
        view=(*picture.view, *_word(attestation.view, attestation)),
    )


def _word(value: T | None, attestation: Attestation) -> tuple[Observation[T], ...]:
    if value is None:
        return ()
    source = f"the word of {attestation.person}, attestation {attestation.number}: {attestation.why}"
    return (Observation(value=value, source=source, strength=Strength.ATTESTED),)
