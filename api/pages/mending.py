"""Mending: what a person corrects on a claim before it is sent: tooth and day of a line, what a file is said to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apexproof.formats.native import parse_documents
from apexproof.formats.native_documents import ClaimDocument
from apexproof.tooth import NumberingSystem

_ORIGIN = "the correction"
_UNIVERSAL = NumberingSystem.UNIVERSAL.value


def with_line(claim: ClaimDocument, number: int, said: Mapping[str, str]) -> ClaimDocument:
    """The claim with that tooth and day on a line, in the system in which the line counts; what is empty is left out.

    Raises:
        ClaimUnusable: it is no claim any more; the place in it is named.
    """
    document = _written(claim)
    for line in document["lines"]:
        if line["line"] == number:
            system = line.get("tooth", {}).get("system", _UNIVERSAL)
            _put(line, "tooth", {"number": tooth, "system": system} if (tooth := _said(said, "tooth")) else None)
            if day := _said(said, "service_date"):
                line.pop("service_period", None)
            _put(line, "service_date", day)
    return _read(document)


def with_file(claim: ClaimDocument, sha256: str, name: str, said: Mapping[str, str]) -> ClaimDocument:
    """The claim with what its sender says of a file: what it is, of which tooth, and when it was taken.

    Raises:
        ClaimUnusable: it is no claim any more; the place in it is named.
    """
    document = _written(claim)
    declared: list[dict[str, Any]] = document.setdefault("attachments", [])
    about = ((one, one.get("sha256"), one.get("file_name")) for one in declared)
    known = next((one for one, its, called in about if is_about(its, called, sha256, name)), None)
    if known is None:
        declared.append(known := {"file_name": name})
    known["sha256"] = sha256
    _put(known, "image_type", _said(said, "image_type"))
    _put(known, "date_taken", _said(said, "date_taken"))
    _put(known, "teeth", [{"number": tooth, "system": _UNIVERSAL}] if (tooth := _said(said, "tooth")) else None)
    return _read(document)


def is_about(declared_sha256: str | None, declared_name: str | None, sha256: str, name: str) -> bool:
    """Whether what is declared is about a file: by its hash where that is stated, else by its name."""
    return declared_sha256 == sha256 if declared_sha256 is not None else declared_name == name


def _said(said: Mapping[str, str], name: str) -> str | None:
    return said.get(name, "").strip() or None


def _put(into: dict[str, Any], name: str, value: object) -> None:
    """Put a value in, or take the name out when there is none."""
    if value is None:
        into.pop(name, None)
    else:
        into[name] = value


def _written(claim: ClaimDocument) -> dict[str, Any]:
    document: dict[str, Any] = claim.model_dump(mode="json", exclude_defaults=True)
    return document


def _read(document: Mapping[str, Any]) -> ClaimDocument:
    (claim,) = parse_documents(json.dumps(document).encode(), origin=_ORIGIN)
    return claim
