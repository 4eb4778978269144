"""Case: all that a check may look at; Answer: all that it may say; Check: the function with its documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from apexproof.attestation import Attestation
from apexproof.claim import AttachedFile, Claim, Exhibit, History, ServiceLine
from apexproof.observation import Observation, Strength
from apexproof.policy import Policy

T = TypeVar("T")
Measure = str | int | float | bool | None


class Result(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    UNSURE = "unsure"
    NOT_APPLICABLE = "not_applicable"
    CRASHED = "crashed"


class Failure(StrEnum):
    """What a failed check says of the evidence."""

    MISSING = "missing_evidence"
    """Something required is not there."""
    CONTRADICTED = "contradicted"
    """It is there and says otherwise."""


class Evidence(Struct, frozen=True, kw_only=True):
    """One thing that an answer rests on: what was read, where, and how strong that is.

    `strength` is None for what stands in the claim or its history and is not an observation of a picture.
    """

    value: str
    source: str
    strength: Strength | None = None
    file: str | None = None
    sha256: str | None = None
    place: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What one check says: a result, one sentence, what to do, what was measured against which limit, and on what."""

    result: Result
    message: str
    remedy: str | None = None
    measured: Measure = None
    limit: Measure = None
    evidence: tuple[Evidence, ...] = ()

    def because(self, *evidence: Evidence) -> Answer:
        """The same answer, resting on this too."""
        return Answer(
            result=self.result,
            message=self.message,
            remedy=self.remedy,
            measured=self.measured,
            limit=self.limit,
            evidence=(*self.evidence, *evidence),
        )


class Case(Struct, frozen=True, kw_only=True):
    """One D3351 line with everything that was attached, written, known from before and settled, and the policy."""

    claim: Claim
    line: ServiceLine
    files: tuple[AttachedFile, ...]
    exhibits: tuple[Exhibit, ...]
    history: History
    policy: Policy
    attestations: tuple[Attestation, ...] = ()


LineCheck = Callable[[Case], Answer]
ExhibitCheck = Callable[[Case, Exhibit], Answer]
F = TypeVar("F", LineCheck, ExhibitCheck)


class Check(Struct, Generic[F], frozen=True, kw_only=True):
    """A check with its number, the fault that it looks for, what its failure means, and its documentation."""

    id: str
    fault: str
    failure: Failure
    since: str
    function: F
    documentation: str

    @property
    def title(self) -> str:
        """The fault in words; its name has no apostrophe."""
        return self.fault.replace("-", " ").replace("patients claim", "patient's claim").capitalize()

    @property
    def summary(self) -> str:
        """The first sentence of its documentation."""
        return self.documentation.partition("\n")[0]


def check(number: str, *, fault: str, failure: Failure, since: str) -> Callable[[F], Check[F]]:
    """Make a check of a function. The table in table.py lists it; nothing is registered by importing."""

    def make(function: F) -> Check[F]:
        return Check(
            id=number,
            fault=fault,
            failure=failure,
            since=since,
            function=function,
            documentation=inspect.cleandoc(function.__doc__ or ""),
        )

    return make


def passed(message: str, *, measured: Measure = None, limit: Measure = None) -> Answer:
    """The fault was looked for and is not there."""
    return Answer(result=Result.PASS, message=message, measured=measured, limit=limit)


def failed(message: str, *, remedy: str, measured: Measure = None, limit: Measure = None) -> Answer:
    """The fault is there; the remedy tells the sender in plain words what to do."""
    return Answer(result=Result.FAIL, message=message, remedy=remedy, measured=measured, limit=limit)


def unsure(message: str, *, remedy: str, measured: Measure = None, limit: Measure = None) -> Answer:
    """A machine cannot tell; the remedy says what would settle it."""
    return Answer(result=Result.UNSURE, message=message, remedy=remedy, measured=measured, limit=limit)


def not_applicable(message: str) -> Answer:
    """The question does not arise, or cannot arise yet; the message says why."""
    return Answer(result=Result.NOT_APPLICABLE, message=message)


def seen_in(exhibit: Exhibit, *observations: Observation[T], value: Callable[[T], str] = str) -> tuple[Evidence, ...]:
    """Observations of one exhibit as evidence, their values in words."""
    file, sha256, place = exhibit.file.name, exhibit.file.reading.sha256, exhibit.radiograph.place
    return tuple(
        [
            Evidence(
                value=value(observation.value) if observation.value is not None else (observation.note or "unusable"),
                source=observation.source,
                strength=observation.strength,
                file=file,
                sha256=sha256,
                place=place,
            )
            for observation in observations
        ]
    )


def in_claim(place: str, value: object) -> Evidence:
    """What the claim says at a place, as in `lines[1].tooth`."""
    return Evidence(value=str(value), source=f"claim, {place}")


def in_history(what: str, value: object) -> Evidence:
    """What the history says of an earlier claim."""
    return Evidence(value=str(value), source=f"history, {what}")
