"""What is answered in FHIR is of R4, says what the verification says, and no name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from fhir.resources.R4B.claimresponse import ClaimResponse
from fhir.resources.R4B.codesystem import CodeSystem
from fhir.resources.R4B.operationoutcome import OperationOutcome

from apexproof.cli import main
from apexproof.formats.fhir.claim_response import Judged, claim_response
from apexproof.formats.fhir.verification_outcome import verification_outcome
from apexproof.formats.native import parse_documents
from apexproof.formats.verification_json import ClaimVerificationDocument, VerificationDocument, holds_back
from api.fhir.code_system import code_systems
from fixtures.case import CASES

NOON = datetime(2026, 2, 12, 12, tzinfo=UTC)
NAMES = ("verified-coded-dicom", "taken-after-the-visit", "nothing-attached", "same-day-without-a-time")


def found_of(case: Path) -> ClaimVerificationDocument:
    command = ["verify", str(case / "claim.json"), str(case / "files"), "--format", "json"]
    answer = CliRunner().invoke(main, command if (case / "files").exists() else [*command[:2], *command[3:]])
    (claim,) = VerificationDocument.model_validate_json(answer.stdout).claims
    return claim


@pytest.fixture(scope="module", params=NAMES)
def judged(request: pytest.FixtureRequest) -> Judged:
    """A claim of the fixtures, as it was verified."""
    case = CASES / request.param
    (claim,) = parse_documents((case / "claim.json").read_bytes(), origin="test")
    return Judged(identity="17", claim=claim, outcome="complete", made_at=NOON, found=found_of(case))


def test_a_response_has_an_adjudication_and_a_note_for_each_check_in_the_way(judged: Judged) -> None:
    response = claim_response(judged)
    ClaimResponse.model_validate(response)
    assert judged.found
    for line, item in zip(judged.found["lines"], response["item"], strict=True):
        obstacles = [finding for finding in line["findings"] if holds_back(finding)]
        evidence, *checks = item["adjudication"]
        assert evidence["reason"]["coding"][0]["code"] == line["outcome"]
        assert [one["category"]["coding"][0]["code"] for one in checks] == [one["check"] for one in obstacles]
        notes = {note["number"]: note["text"] for note in response.get("processNote", [])}
        said = [notes[number] for number in item.get("noteNumber", [])]
        assert all(finding["message"] in note for finding, note in zip(obstacles, said, strict=True))


def test_nobody_is_named(judged: Judged) -> None:
    family = judged.claim.patient.name.family
    assert judged.claim.patient.member_id
    assert family not in repr({**claim_response(judged), "processNote": []})


def test_a_claim_that_is_not_verified_is_queued(judged: Judged) -> None:
    queued = Judged(identity="17", claim=judged.claim, outcome="queued", made_at=NOON, found=None)
    response = claim_response(queued)
    ClaimResponse.model_validate(response)
    assert (response["outcome"], "item" in response) == ("queued", False)


def test_an_outcome_has_an_issue_for_each_line_and_each_check_in_its_way(judged: Judged) -> None:
    assert judged.found
    outcome = verification_outcome([judged.found])
    OperationOutcome.model_validate_json(outcome.written())
    expected = [
        code
        for line in judged.found["lines"]
        for code in (line["outcome"], *(one["check"] for one in line["findings"] if holds_back(one)))
    ]
    assert [issue.details.coding[0].code for issue in outcome.issue if issue.details] == expected


def test_every_code_that_is_answered_is_published(judged: Judged) -> None:
    published = {concept["code"] for concept in code_systems()["verification"]["concept"]}
    for item in claim_response(judged)["item"]:
        for one in item["adjudication"]:
            ours = [*one["category"]["coding"], *one["reason"]["coding"]]
            assert {code["code"] for code in ours if code["system"] == "urn:apexproof:verification"} <= published


@pytest.mark.parametrize("name", ["verification", "problem"])
def test_a_code_system_is_one_of_r4_and_names_each_code_once(name: str) -> None:
    system = code_systems()[name]
    CodeSystem.model_validate(system)
    codes = [concept["code"] for concept in system["concept"]]
    assert len(set(codes)) == len(codes) == system["count"]


def test_the_command_line_answers_with_an_outcome() -> None:
    case = CASES / "taken-after-the-visit"
    answer = CliRunner().invoke(main, ["verify", str(case / "claim.json"), str(case / "files"), "--format", "fhir"])
    outcome = OperationOutcome.model_validate_json(answer.stdout)
    assert answer.exit_code == 1
    assert "error" in {issue.severity for issue in outcome.issue}
