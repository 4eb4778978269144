"""Policy: what a payer demands, as typed, versioned TOML.

A policy file that begins with `extends = "payer"` states only what it changes.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from apexproof.errors import PolicyUnusable
from apexproof.exposure import DateOrder
from apexproof.observation import Strength

DEFAULT_POLICY = "payer"
_LARGEST_POLICY = 256 * 1024  # bytes; the built-in ones are below 8 KiB


class Demand(StrEnum):
    """What a check counts for."""

    REQUIRED = "required"
    """The line is not verified unless it passes."""
    ADVISORY = "advisory"
    """It is shown, and changes no outcome."""
    OFF = "off"
    """It is not run."""


class SameDay(StrEnum):
    """Whether an image of the day of the visit counts as taken before it."""

    NEEDS_TIMES = "needs_times"
    """Only when the times of both are known and in order; otherwise a person decides."""
    ACCEPT = "accept"
    """Yes, unless times say otherwise."""
    REJECT = "reject"
    """No: the image must be of an earlier day."""


class BurnedInWords(StrEnum):
    """When the words burned into the pictures are read: it takes about a second for each."""

    ALWAYS = "always"
    """As a cross-check of everything else."""
    WHEN_OPEN = "when_open"
    """When what is known without them leaves a required question open."""
    NEVER = "never"


def _strength(value: object) -> object:
    if isinstance(value, str):
        try:
            return Strength[value.upper()]
        except KeyError:
            words = ", ".join(strength.label for strength in reversed(Strength))
            msg = f"must be one of {words}"
            raise ValueError(msg) from None
    return value


MinimumStrength = Annotated[Strength, BeforeValidator(_strength)]
Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=36500)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Strengths(_Section):
    """The least strength from which an observation decides, by what it is about."""

    view: MinimumStrength
    tooth: MinimumStrength
    exposure: MinimumStrength
    patient: MinimumStrength


class Timing(_Section):
    """How the image must lie before the visit."""

    same_day: SameDay
    max_age_days: Days


class ViewLimits(_Section):
    """When the pixels alone name a view; a picture that is less likely or stranger is unknown to them.

    To pass for a periapical takes `probability_least`. To be named as another view takes `other_probability_least`,
    or as much where a policy does not state it, and no more of a periapical than `probability_least` leaves: unknown is
    what is neither periapical for sure nor surely none, whatever else it is.
    A picture of more colour is for a person to look at, whoever calls it periapical. The side of the crowns is told
    from its own probability on.
    """

    probability_least: Share
    other_probability_least: Share | None = None
    strangeness_most: Annotated[float, Field(ge=0)]
    colourfulness_most: Share
    crowns_probability_least: Share


class LegibilityLimits(_Section):
    """From which measures on a picture can be read; below `*_review` a person looks, below `*_least` it is refused."""

    short_side_least: Annotated[int, Field(ge=1)]
    short_side_review: Annotated[int, Field(ge=1)]
    contrast_least: Share
    contrast_review: Share
    sharpness_least: Annotated[float, Field(ge=0)]
    sharpness_review: Annotated[float, Field(ge=0)]
    clipped_most: Share
    clipped_review: Share


class Sequence(_Section):
    """How the visits of one apexification follow each other."""

    min_days_between_visits: Days


class Age(_Section):
    """How far the patient's age may lie from the ages at which the tooth's root is open."""

    years_before_eruption: Annotated[int, Field(ge=0, le=10)]
    years_after_closure: Annotated[int, Field(ge=0, le=100)]


class Reuse(_Section):
    """When two pictures count as the same film."""

    perceptual_distance_most: Annotated[int, Field(ge=0, le=255)]


class Words(_Section):
    """How words burned into the pictures are used, and which of day and month comes first where both are possible."""

    burned_in: BurnedInWords = BurnedInWords.WHEN_OPEN
    dates: DateOrder = DateOrder.UNKNOWN


class Attestations(_Section):
    """Where the word of a person who looked is heard: nowhere, unless the policy says so."""

    may_settle: Annotated[
        tuple[str, ...], Field(description="checks of which a person may settle what a machine left open")
    ] = ()
    may_overrule: Annotated[
        tuple[str, ...], Field(description="checks of which a person may even turn round what a machine refuted")
    ] = ()


class Policy(_Section):
    """What one payer (or practice) demands of the evidence for D3351."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    summary: Annotated[str, Field(min_length=1, max_length=2000)]
    strength: Strengths
    timing: Timing
    view: ViewLimits
    legibility: LegibilityLimits
    sequence: Sequence
    age: Age
    reuse: Reuse
    words: Words = Words()
    attestations: Attestations = Attestations()
    checks: dict[str, Demand]
    remark_codes: dict[str, tuple[str, ...]]

    def demand(self, check: str) -> Demand:
        """What a check counts for under this policy."""
        return self.checks.get(check, Demand.OFF)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the policy says, whatever the layout of its file."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@cache
def policy_names() -> tuple[str, ...]:
    """The policies that come with apexproof, the default first."""
    folder = resources.files("apexproof.policies")
    names = sorted(
        p.name.removesuffix(".toml")
        for p in folder.iterdir()
        if p.name.endswith(".toml") and p.name != "remark_codes.toml"
    )
    return (DEFAULT_POLICY, *(name for name in names if name != DEFAULT_POLICY))


def load_policy(name_or_file: str = DEFAULT_POLICY) -> Policy:
    """Load a policy by the name of a built-in one or by the path of a TOML file.

    Raises:
        PolicyUnusable: there is no such policy, or it does not say what a policy must say.
    """
    if name_or_file in policy_names():
        return _built_in(name_or_file)
    path = Path(name_or_file)
    if not path.is_file():
        names = ", ".join(policy_names())
        reason = f"there is no such policy and no such file; the policies are {names}"
        raise PolicyUnusable(origin=name_or_file, reason=reason)
    with path.open("rb") as file:
        content = file.read(_LARGEST_POLICY + 1)
    if len(content) > _LARGEST_POLICY:
        raise PolicyUnusable(origin=name_or_file, reason=f"it is larger than {_LARGEST_POLICY} bytes")
    return parse_policy(content, origin=name_or_file)


def parse_policy(content: bytes, *, origin: str) -> Policy:
    """Read a policy from TOML.

    Raises:
        PolicyUnusable: the TOML is broken, or a key is missing, unknown or out of range.
    """
    stated = _toml(content, origin)
    base = stated.pop("extends", None)
    if base is not None:
        if base not in policy_names():
            raise PolicyUnusable(origin=origin, place="extends", reason=f"must be one of {', '.join(policy_names())}")
        stated = _merged(_built_in(base).model_dump(mode="python"), stated)
    else:
        stated.setdefault("remark_codes", _remark_codes())
    try:
        policy = Policy.model_validate(stated)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise PolicyUnusable(origin=origin, place=place, reason=first["msg"]) from None
    return policy


@cache
def _built_in(name: str) -> Policy:
    content = resources.files("apexproof.policies").joinpath(f"{name}.toml").read_bytes()
    return parse_policy(content, origin=name)


@cache
def _remark_codes() -> dict[str, tuple[str, ...]]:
    content = resources.files("apexproof.policies").joinpath("remark_codes.toml").read_text(encoding="utf-8")
    return {check: tuple(codes) for check, codes in tomllib.loads(content)["codes"].items()}


def _toml(content: bytes, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise PolicyUnusable(origin=origin, reason="it is not UTF-8 text") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyUnusable(origin=origin, reason=f"it is not TOML: {error}") from None


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
