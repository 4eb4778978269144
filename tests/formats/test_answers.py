"""A verification is the same in every form: on a page that names nobody, and in rows that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from apexproof.cli import main
from apexproof.formats.answer import verification_answer
from apexproof.formats.verification_json import VerificationDocument
from fixtures.case import CASES

GOOD, BAD = CASES / "verified-coded-dicom", CASES / "taken-after-the-visit"


@pytest.fixture(scope="module")
def documents() -> dict[str, VerificationDocument]:
    """What is said of a good claim and of a bad one."""
    found = {}
    for case in (GOOD, BAD):
        command = ["verify", str(case / "claim.json"), str(case / "files"), "--format", "json"]
        found[case.name] = VerificationDocument.model_validate_json(CliRunner().invoke(main, command).stdout)
    return found


def page_text(content: bytes, page: int = 0) -> str:
    text: str = pypdfium2.PdfDocument(content)[page].get_textpage().get_text_range()
    return " ".join(text.split())


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def with_file(document: VerificationDocument, name: str, *, times: int = 1) -> VerificationDocument:
    """The document with files of another name."""
    (claim,) = document.claims
    files = [{**file, "file": name} for file in claim["files"]] * times
    lines = [{**line, "proof": line["proof"] and {**line["proof"], "file": name}} for line in claim["lines"]]
    changed = {**document.model_dump(), "claims": [{**claim, "files": files, "lines": lines}]}
    return VerificationDocument.model_validate(changed)


def test_the_page_says_the_outcome_and_what_to_do_and_no_name(documents: dict[str, VerificationDocument]) -> None:
    text = page_text(verification_answer(documents[BAD.name], "pdf"))
    assert text.startswith("Contradicted Claim ")
    assert "APX401 failed:" in text
    assert "What to do:" in text
    assert documents[BAD.name].policy.digest[:16] in text
    assert "Marigold" not in text
    assert "Quill" not in text


def test_the_page_of_a_good_claim_names_its_proof(documents: dict[str, VerificationDocument]) -> None:
    text = page_text(verification_answer(documents[GOOD.name], "pdf"))
    assert "The proof is pa8.dcm" in text


def settled(document: VerificationDocument, check: str, decision: str) -> VerificationDocument:
    """The document in which a person settled what a check found."""
    word = {"decision": decision, "person": "Dr. R. Larkspur", "why": "I took it myself.", "attestation": 1}
    (claim,) = document.model_dump()["claims"]
    for finding in (finding for line in claim["lines"] for finding in line["findings"] if finding["check"] == check):
        finding["settled"] = word
    return VerificationDocument.model_validate({**document.model_dump(), "claims": [claim]})


def test_what_a_person_accepted_is_in_nobodys_way(documents: dict[str, VerificationDocument]) -> None:
    accepted = settled(documents[BAD.name], "APX401", "accepted")
    assert rows(verification_answer(documents[BAD.name], "csv"))[0]["in_the_way"] == "APX401"
    assert rows(verification_answer(accepted, "csv"))[0]["in_the_way"] == ""
    text = page_text(verification_answer(accepted, "pdf"))
    assert "APX401 failed:" not in text
    assert "A person accepted this: I took it myself." in text
    assert "Larkspur" not in text


def test_what_a_person_rejected_is_in_the_way(documents: dict[str, VerificationDocument]) -> None:
    rejected = settled(documents[GOOD.name], "APX401", "rejected")
    assert rows(verification_answer(rejected, "csv"))[0]["in_the_way"] == "APX401"
    assert "APX401 failed:" in page_text(verification_answer(rejected, "pdf"))


def test_the_same_verification_gives_the_same_page(documents: dict[str, VerificationDocument]) -> None:
    document = documents[GOOD.name]
    assert verification_answer(document, "pdf") == verification_answer(document, "pdf")


def test_a_claim_has_one_page_however_much_there_is_to_say(documents: dict[str, VerificationDocument]) -> None:
    long = with_file(documents[GOOD.name], "a" * 150, times=60)
    content = verification_answer(long.model_copy(update={"claims": long.claims * 2}), "pdf")
    assert len(pypdfium2.PdfDocument(content)) == 2
    assert "further entries have no room on this page" in page_text(content, 1)


@given(name=st.text(min_size=1, max_size=60))
def test_any_name_can_stand_on_a_page_and_in_a_row(documents: dict[str, VerificationDocument], name: str) -> None:
    document = with_file(documents[GOOD.name], name)
    assert verification_answer(document, "pdf").startswith(b"%PDF-")
    if name.encode("utf-8", "replace").decode() == name:
        (row,) = rows(verification_answer(document, "csv"))
        assert row["proof_file"].removeprefix("'") == name.removeprefix("'")


def test_a_row_says_what_stands_in_the_way(documents: dict[str, VerificationDocument]) -> None:
    (row,) = rows(verification_answer(documents[BAD.name], "csv"))
    assert (row["line_outcome"], row["tooth_universal"], row["in_the_way"]) == ("contradicted", "8", "APX401")
    assert row["what_to_do"]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(documents: dict[str, VerificationDocument], name: str) -> None:
    (row,) = rows(verification_answer(with_file(documents[GOOD.name], name), "csv"))
    assert row["proof_file"] == f"'{name}"


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("csv", b"claim_number,")])
def test_the_command_writes_each_form(tmp_path: Path, form: str, begins: bytes) -> None:
    out = tmp_path / f"result.{form}"
    command: list[Any] = ["verify", GOOD / "claim.json", GOOD / "files", "--format", form, "--output", out]
    assert CliRunner().invoke(main, [str(word) for word in command]).exit_code == 0
    assert out.read_bytes().startswith(begins)
