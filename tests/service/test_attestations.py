"""Attestations over HTTP: who may, what may be settled, and that nothing is ever changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apexproof.formats.attestations import parse_attestations
from apexproof.store.database import Database
from apexproof.store.keys import Scope
from tests.builders import at, fingerprint, picture_of, said
from tests.organisation import MARIGOLD, Organisation
from tests.service.caller import Answer, Caller
from tests.service.in_process import caller_of, listening

AT = "/v1/claims/A%2F1/attestations"
OPEN = {"decision": "accepted", "person": "Dr. R. Larkspur", "why": "The root end is in the picture.", "line": 1}


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    with listening(database_url, tmp_path) as at:
        yield at


@pytest.fixture
def practice(database: Database) -> Organisation:
    return Organisation(database=database)


@pytest.fixture
def caller(address: str, practice: Organisation) -> Caller:
    return caller_of(address, practice.database, practice.name)


@pytest.fixture
def film(practice: Organisation) -> str:
    """A claim whose film says everything but its view; the hash of the film."""
    practice.claims("A/1")
    sha256 = practice.attaches("A/1", "film", picture_of(view=(), fingerprint=(said(fingerprint("a")),)))
    practice.works()
    assert practice.outcome("A/1") == "needs_review"
    return sha256


def send(caller: Caller, **said: object) -> Answer:
    return caller.ask("POST", AT, body=json.dumps(said).encode(), headers={"Content-Type": "application/json"})


def test_a_word_settles_its_finding_and_is_taken_back_by_another(
    caller: Caller, practice: Organisation, film: str
) -> None:
    sent = send(caller, **OPEN, check="APX201", file=film)
    assert (sent.status, sent.json["number"], sent.json["key"]) == (201, 1, "front desk")
    assert send(caller, **OPEN, check="APX201", file=film).status == 200
    practice.works()
    assert practice.outcome("A/1") == "verified"
    (found,) = practice.found("A/1", "APX201")
    assert (found["result"], found["settled"]["person"]) == ("unsure", "Dr. R. Larkspur")

    back = send(caller, decision="revoked", person="Dr. R. Larkspur", why="It was the other film.", revokes=1)
    assert back.status == 201
    practice.works()
    assert practice.verifications("A/1") == ["needs_review", "verified"]
    assert practice.outcome("A/1") == "needs_review"  # the first answer holds again, and is not given twice
    listed = caller.ask("GET", AT).json["attestations"]
    assert [(one["number"], one["decision"]) for one in listed] == [(1, "accepted"), (2, "revoked")]


def test_what_is_listed_gives_the_command_line_the_same_answer(
    caller: Caller, practice: Organisation, film: str, tmp_path: Path
) -> None:
    send(caller, **OPEN, check="APX201", file=film)
    practice.works()
    (tmp_path / "settled.json").write_bytes(caller.ask("GET", AT).body)
    read = (tmp_path / "settled.json").read_bytes()
    (one,) = parse_attestations(read, origin="answer")
    assert (one.number, one.check, one.sha256, one.finding is not None) == (1, "APX201", film, True)
    (tmp_path / "claim.json").write_text(
        json.dumps({"claim_number": "A/1", "patient": MARIGOLD, "lines": []}), encoding="utf-8"
    )
    asked = [str(Path(sys.executable).with_name("apexproof")), "verify", "claim.json", "--attestations", "settled.json"]
    answer = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False)  # noqa: S603 - our own program
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({**OPEN, "check": "APX201"}, 409),
        ({**OPEN, "check": "APX201", "file": "0" * 64}, 409),
        ({**OPEN, "check": "APX301"}, 409),
        ({**OPEN, "check": "APX101"}, 409),
        ({"decision": "revoked", "person": "X", "why": "Y", "revokes": 7}, 409),
        ({**OPEN, "check": "APX201", "why": ""}, 422),
        ({**OPEN, "check": "APX201", "person": None}, 422),
        ({"decision": "stated", "person": "X", "why": "Y", "file": "0" * 64}, 422),
        ({"decision": "maybe", "person": "X", "why": "Y"}, 422),
    ],
)
def test_what_settles_nothing_is_refused_in_a_sentence(
    caller: Caller, film: str, said: dict[str, object], status: int
) -> None:
    answer = send(caller, **said)
    assert (answer.status, bool(film)) == (status, True)
    assert answer.json["detail"]
    assert caller.ask("GET", AT).json["attestations"] == []


def test_a_refuted_check_is_not_turned_round_by_a_word(caller: Caller, practice: Organisation) -> None:
    practice.claims("A/1")
    elsewhere = said(at("2026-02-04"))
    film = practice.attaches("A/1", "film", picture_of(exposure=(elsewhere,)))
    practice.works()
    assert practice.found("A/1", "APX401")[0]["result"] == "fail"
    answer = send(caller, **OPEN, check="APX401", file=film)
    assert (answer.status, answer.json["type"]) == (409, "urn:apexproof:problem:attestation-refused")


def test_only_who_may_review_settles_and_only_their_own_claims(
    caller: Caller, practice: Organisation, film: str
) -> None:
    word = {**OPEN, "check": "APX201", "file": film}
    clerk = caller_of(caller.address, practice.database, practice.name, [Scope.READ, Scope.SUBMIT])
    stranger = caller_of(caller.address, practice.database, "elsewhere")
    assert [send(one, **word).status for one in (clerk, stranger)] == [403, 404]
    assert clerk.ask("GET", AT).json == {"attestations": []}
    assert stranger.ask("GET", AT).status == 404


def test_a_word_on_a_finding_that_came_to_say_something_else_holds_no_more(
    caller: Caller, practice: Organisation, film: str
) -> None:
    assert send(caller, **OPEN, check="APX201", file=film).status == 201
    practice.works()
    assert practice.outcome("A/1") == "verified"
    said_now = {"file_name": "film.dcm", "image_type": "periapical"}
    practice.claims("A/1", attachments=[said_now])
    practice.works()
    assert practice.outcome("A/1") == "needs_review"
