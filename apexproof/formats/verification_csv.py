"""Verifications as CSV (RFC 4180): one row for each D3351 line, for a practice system or a spreadsheet.

A spreadsheet takes a cell that begins with = + - @ (or a tab or a line break before them) for a formula, and runs it
when the file is opened; names of files come from strangers. Such a cell gets an apostrophe before it (OWASP, CSV
Injection), so that it stays text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from apexproof.formats.verification_json import (
    ClaimVerificationDocument,
    LineVerificationDocument,
    VerificationDocument,
    holds_back,
)

COLUMNS = (
    "claim_number",
    "claim_outcome",
    "line",
    "procedure",
    "tooth_universal",
    "tooth_fdi",
    "service_date",
    "line_outcome",
    "proof_file",
    "proof_sha256",
    "in_the_way",
    "message",
    "what_to_do",
    "remark_codes",
    "files",
    "policy",
    "policy_digest",
    "engine",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets know these too


def verification_csv(document: VerificationDocument) -> str:
    """The document as rows below a head; a claim without a D3351 line has one row without a line."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    behind = (document.policy.name, document.policy.digest, document.engine.version)
    for claim in document.claims:
        for row in _rows(claim):
            rows.writerow([_safe(cell) for cell in (*row, str(len(claim["files"])), *behind)])
    return out.getvalue()


def _rows(claim: ClaimVerificationDocument) -> Iterator[tuple[str, ...]]:
    named = (claim["claim_number"], claim["outcome"].value)
    if not claim["lines"]:
        yield (*named, *[""] * (COLUMNS.index("files") - len(named)))
    for line in claim["lines"]:
        yield (*named, *_line(line))


def _line(line: LineVerificationDocument) -> tuple[str, ...]:
    obstacles = [found for found in line["findings"] if holds_back(found)]
    tooth, proof = line["tooth"], line["proof"]
    return (
        str(line["line"]),
        line["procedure"],
        (tooth["universal"] or "") if tooth else "",
        (tooth["fdi"] or "") if tooth else "",
        _day(line),
        line["outcome"].value,
        proof["file"] if proof else "",
        proof["sha256"] if proof else "",
        " ".join(found["check"] for found in obstacles),
        " ".join(found["message"] for found in obstacles),
        " ".join(found["remedy"] for found in obstacles if found["remedy"]),
        " ".join(dict.fromkeys(code for found in obstacles for code in found["remark_codes"])),
    )


def _day(line: LineVerificationDocument) -> str:
    if line["service_period"]:
        return f"{line['service_period']['start']}/{line['service_period']['end']}"
    return line["service_date"].isoformat() if line["service_date"] else ""


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
