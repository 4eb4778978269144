"""While too much waits every door says so in its own words, keeps nothing, and goes on to show what there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures.case import CASES
from tests.api.asked import FHIR, FILM, claim_in_fhir
from tests.api.dicomweb_body import film, store
from tests.api.listening import Listening, listening
from tests.api.test_metrics import samples
from tests.service.caller import Answer, Caller
from tests.service.sent import claim
from tests.service.served import until

_X12 = CASES.parent / "x12"
SAID = "urn:apexproof:problem:overloaded"


@pytest.fixture(scope="module")
def overloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """An API at which one claim waits, which is all that may."""
    with listening(tmp_path_factory.mktemp("d"), queue_most=1) as running:
        caller = running.caller()
        assert caller.send_claim(claim("first")).status == 201
        until(lambda: caller.ask("GET", "/readyz").json["queue"] == "overloaded", "it does not notice")
        yield running


def sent_everywhere(caller: Caller) -> dict[str, Answer]:
    return {
        "claim": caller.send_claim(claim("second")),
        "837D": caller.send_claim((_X12 / "two-claims.837").read_bytes()),
        "275": caller.ask("POST", "/v1/attachments/x12", body=(_X12 / "film.275").read_bytes()),
        "file": caller.send_file("first", FILM),
        "STOW-RS": store(caller, film()),
        "FHIR": caller.ask("POST", "/fhir/Claim", body=claim_in_fhir("second"), headers=FHIR),
    }


def test_every_door_turns_away_what_makes_work_and_says_when_to_come_again(overloaded: Listening) -> None:
    answers = sent_everywhere(overloaded.caller())
    assert {door: (answer.status, answer.headers["Retry-After"]) for door, answer in answers.items()} == dict.fromkeys(
        answers, (503, "15")
    )
    in_fhir = answers.pop("FHIR").json["issue"][0]
    assert (in_fhir["code"], in_fhir["details"]["coding"][0]["code"]) == ("transient", "overloaded")
    assert {answer.json["type"] for answer in answers.values()} == {SAID}
    assert list(overloaded.app.state.premises.blobs.hashes()) == []


def test_who_only_asks_is_answered(overloaded: Listening) -> None:
    assert overloaded.caller().claim("first").json["state"] == "reading"


def test_nobody_without_a_key_learns_of_it(overloaded: Listening) -> None:
    assert Caller(address=overloaded.address, key=None).send_claim(claim("second")).status == 401


def test_readiness_and_metrics_say_it(overloaded: Listening) -> None:
    caller = overloaded.caller()
    ready = caller.ask("GET", "/readyz")
    assert (ready.status, ready.json["queue"], ready.json["room"]) == (200, "overloaded", "ok")
    shown = samples(caller)
    assert (shown["apexproof_overloaded[]"], shown["apexproof_full[]"]) == (1, 0)
    assert shown["apexproof_free_bytes[]"] > 0


def test_without_room_every_door_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening(tmp_path_factory.mktemp("d"), room_least=2**60) as full:
        answers = sent_everywhere(full.caller())
        assert {answer.status for answer in answers.values()} == {507}
        assert full.caller().ask("GET", "/readyz").json["room"] == "full"
