"""Embedded: files that stand in a resource as base64; they are cut out before it is parsed, and decoded in pieces."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from mmap import mmap
from typing import Any

from apexproof.errors import ApexproofError, ClaimUnusable
from apexproof.formats.native import LARGEST_DOCUMENT, load_document

_DATA = re.compile(rb'(?<!\\)"data"\s*+:\s*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
"""A quotation mark within a string stands behind a backslash, so this is a key and its value, and nothing else is."""
_CUT = re.compile(r"cut ([0-9]{1,9})")
LARGEST_RESOURCE = 64 * 1024**2
"""Bytes of a resource with its files, on the command line; the service has a setting for it."""
_SHORT = 4096
_AT_ONCE = 1024**2
_BLANKS = b" \t\r\n"


class Base64Unusable(ApexproofError):
    """What is to be the bytes of a file is no base64."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__("its bytes are no base64; send the file beside the claim")


class Embedded:
    """What is cut out of a resource; what stays is its JSON, in which each such string is the name of its piece."""

    def __init__(self, octets: bytes | mmap) -> None:
        self._octets = octets
        self._spans = [span for found in _DATA.finditer(octets) if (span := found.span(1))[1] - span[0] > _SHORT]

    @property
    def rest_size(self) -> int:
        """Bytes of the JSON without what is cut out."""
        return len(self._octets) - sum(end - start for start, end in self._spans)

    def rest(self) -> bytes:
        """The JSON without what is cut out."""
        parts: list[bytes] = []
        at = 0
        for number, (start, end) in enumerate(self._spans):
            parts += self._octets[at:start], b"cut %d" % number
            at = end
        return b"".join([*parts, self._octets[at:]])

    def decoded(self, written: str) -> Iterator[bytes]:
        """The bytes that a string of the rest stands for.

        Raises:
            Base64Unusable: it is none.
        """
        left = b""
        is_ended = False
        for text in self._texts(written):
            left += text.translate(None, _BLANKS)
            whole = len(left) // 4 * 4
            if is_ended and left:
                raise Base64Unusable
            is_ended = left[:whole].endswith(b"=")
            try:
                yield binascii.a2b_base64(left[:whole], strict_mode=True) if whole else b""
            except binascii.Error:
                raise Base64Unusable from None
            left = left[whole:]
        if left:
            raise Base64Unusable

    def _texts(self, written: str) -> Iterator[bytes]:
        match = _CUT.fullmatch(written)
        if match is None or int(match[1]) >= len(self._spans):
            yield written.encode("ascii", "replace")
            return
        start, end = self._spans[int(match[1])]
        if self._octets.find(b"\\", start, end) >= 0:  # some programs write + and / as escapes
            try:
                yield str(json.loads(b'"' + self._octets[start:end] + b'"')).encode("ascii", "replace")
            except ValueError:
                raise Base64Unusable from None
            return
        for at in range(start, end, _AT_ONCE):
            yield self._octets[at : min(at + _AT_ONCE, end)]


def load_resource(octets: bytes | mmap, origin: str) -> tuple[Embedded, Any]:
    """The JSON of a resource, and what was cut out of it before it was parsed.

    Raises:
        ClaimUnusable: it is no JSON, or larger than a document may be.
    """
    embedded = Embedded(octets)
    if embedded.rest_size > LARGEST_DOCUMENT:
        raise ClaimUnusable(
            origin=origin, reason=f"without its files it is larger than {LARGEST_DOCUMENT // 1024**2} MiB"
        )
    return embedded, load_document(embedded.rest(), origin, ClaimUnusable)
