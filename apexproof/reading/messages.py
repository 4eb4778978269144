"""Messages between the sandbox and its child: one line of JSON each, and every line is checked.

JSON and never pickle: a child that a file has taken over can say something false, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.drawing import Wanted
from apexproof.reading.kind import Kind
from apexproof.reading.part import Depth, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Read the file whose descriptor comes with this, except the places in `skip`; or draw the one `wanted` picture."""

    depth: Depth
    skip: tuple[str, ...] = ()
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The child has imported what it needs and given up its rights."""

    message: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The child cannot begin."""

    message: Literal["broken"] = "broken"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The bytes were read and hashed; nothing in them has been looked at yet."""

    message: Literal["begun"] = "begun"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The reading of a place begins."""

    message: Literal["entered"] = "entered"
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A picture was read."""

    message: Literal["seen"] = "seen"
    radiograph: Radiograph


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The picture that was wanted, its samples in base 64."""

    message: Literal["drawn"] = "drawn"
    width: int
    height: int
    samples: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Something could not be read."""

    message: Literal["failed"] = "failed"
    fault: ReadingFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The file has been read to its end."""

    message: Literal["done"] = "done"


Answer = Ready | Broken | Begun | Entered | Seen | Drawn | Failed | Done


@cache
def answers() -> TypeAdapter[Answer]:
    """The form of what the child says. It takes a while to build, so it is built once and not on import."""
    return TypeAdapter(Annotated[Answer, Field(discriminator="message")])


@cache
def requests() -> TypeAdapter[Request]:
    """The form of what the child is asked."""
    return TypeAdapter(Request)


@cache
def limits_form() -> TypeAdapter[Limits]:
    """The form of the first line that the child gets."""
    return TypeAdapter(Limits)
