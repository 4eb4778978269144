"""Messages between the sandbox and its child: one line of JSON each, and every line is checked.

JSON and never pickle: a child that a file has taken over can say something false, and nothing else.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder, encode

from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.drawing import Wanted
from apexproof.reading.kind import Kind
from apexproof.reading.part import Depth, Limits


class Request(Struct, frozen=True, kw_only=True):
    """Read the file whose descriptor comes with this, except the places in `skip`; or draw the one `wanted` picture."""

    depth: Depth
    skip: tuple[str, ...] = ()
    wanted: Wanted | None = None


class Ready(Struct, frozen=True, kw_only=True, tag_field="message", tag="ready"):
    """The child has imported what it needs and given up its rights."""


class Broken(Struct, frozen=True, kw_only=True, tag_field="message", tag="broken"):
    """The child cannot begin."""

    reason: str


class Begun(Struct, frozen=True, kw_only=True, tag_field="message", tag="begun"):
    """The bytes were read; nothing in them has been looked at yet."""

    size: Annotated[int, Meta(ge=0)]
    kind: Kind


class Entered(Struct, frozen=True, kw_only=True, tag_field="message", tag="entered"):
    """The reading of a place begins."""

    place: str


class Seen(Struct, frozen=True, kw_only=True, tag_field="message", tag="seen"):
    """A picture was read."""

    radiograph: Radiograph


class Drawn(Struct, frozen=True, kw_only=True, tag_field="message", tag="drawn"):
    """The picture that was wanted, its samples in base 64."""

    width: int
    height: int
    samples: str


class Failed(Struct, frozen=True, kw_only=True, tag_field="message", tag="failed"):
    """Something could not be read."""

    fault: ReadingFault


class Done(Struct, frozen=True, kw_only=True, tag_field="message", tag="done"):
    """The file has been read to its end; without a hash where not even its bytes could be read."""

    sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")] = ""


Answer = Ready | Broken | Begun | Entered | Seen | Drawn | Failed | Done


ANSWERS: Decoder[Answer] = Decoder(Answer)
"""How what the child says is read."""
REQUESTS = Decoder(Request)
"""How what the child is asked is read."""
LIMITS = Decoder(Limits)
"""How the first line that the child gets is read."""


def line(message: Answer | Request | Limits) -> bytes:
    """A message as it is sent."""
    return encode(message) + b"\n"
