"""Answers: DICOM JSON (PS3.18 annex F), and which form of an answer a caller accepts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header

from api.problems import NotAcceptable

DICOM_JSON = "application/dicom+json"
JSON_FORMS = (DICOM_JSON, "application/json")
Attribute = dict[str, Any]
ONE = {DICOM_JSON: {"schema": {"type": "object"}}}
"""How an answer of one data set is documented."""
MANY = {DICOM_JSON: {"schema": {"type": "array", "items": {"type": "object"}}}}
"""How an answer of several is."""


class DicomJson(Response):
    """An answer in DICOM JSON."""

    media_type = DICOM_JSON

    def render(self, content: object) -> bytes:
        """Write it."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def values(vr: str, *said: object) -> Attribute:
    """An attribute by its VR and values; none of them makes it empty."""
    given = [one for one in said if one not in {"", None}] if vr != "SQ" else list(said)
    return {"vr": vr, "Value": given} if given else {"vr": vr}


class Accepted:
    """What a caller accepts, as the header Accept or the parameter `accept` of PS3.18 8.3.3.1 says."""

    def __init__(self, request: Request) -> None:
        stated = request.query_params.get("accept") or ",".join(request.headers.getlist("accept")) or "*/*"
        self._ranges = [_range(one) for one in _split(stated)]

    def demand_one(self, forms: Sequence[str], said: str) -> str:
        """The first of these media types that is accepted.

        Raises:
            NotAcceptable: none is; `said` names what there is.
        """
        for form in forms:
            if any(_covers(kind, form) for kind, _ in self._ranges):
                return form
        raise NotAcceptable(f"This is given out as {said} only; accept that.")

    def demand_related(self, forms: Iterable[str], syntaxes: Iterable[str], said: str) -> None:
        """Let a multipart answer pass whose parts are of these media types and transfer syntaxes.

        A caller who names no transfer syntax gets what is stored: nothing is transcoded here.

        Raises:
            NotAcceptable: some part is not accepted.
        """
        wanted = list(zip(forms, syntaxes, strict=True))
        for form, syntax in wanted:
            if not any(_takes_part(kind, options, form, syntax) for kind, options in self._ranges):
                raise NotAcceptable(f"This is given out as {said} only, in the transfer syntax in which it came.")


def _takes_part(kind: str, options: Mapping[str, str], form: str, syntax: str) -> bool:
    related = kind == "multipart/related"
    if related and not _covers(options.get("type", "*/*").lower(), form):
        return False
    if not related and kind not in {"*/*", "multipart/*"}:
        return False
    return options.get("transfer-syntax", "*") in {"*", syntax}


def _covers(wanted: str, form: str) -> bool:
    return wanted in {"*/*", form, f"{form.partition('/')[0]}/*"}


def _range(stated: str) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(stated.strip())
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in options.items()}
    try:
        refused = float(named.get("q", "1")) == 0
    except ValueError:
        refused = False
    return ("" if refused else kind.decode("latin-1").lower()), named


def _split(stated: str) -> list[str]:
    """The media ranges of a header: commas within quotation marks part nothing."""
    ranges, quoted = [""], False
    for letter in stated:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            ranges.append("")
        else:
            ranges[-1] += letter
    return [one for one in ranges if one.strip()]
