"""Who may: no organisation sees, guesses or times what is another's, and whatever is asked leaves its entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from apexproof.store.keys import Scope
from apexproof.store.tables import AuditRow
from fixtures.case import CASES
from tests.api.asked import FILM_SHA256, Operation, operations, post, statements, things_of, work_off
from tests.api.listening import Listening, listening
from tests.service.caller import Caller

THEIR_CLAIM, ABSENT_CLAIM = "QUILL/2026-07", "QUILL/2026-08"
_DONE_BY_NOW = ("/replay", "/request.x12")  # nothing is dead, or missing
_NAMES_A_CLAIM = (
    "POST /v1/claims",
    "POST /fhir/Claim",
    "GET /fhir/ClaimResponse",
    "GET /fhir/ClaimResponse/{claim}",
    "GET /fhir/Claim/{claim}",
    "GET /fhir/Claim/{claim}/$verification",
    "POST /v1/inbox/{entry}/assignment",
)
ABSENT = {
    "number": ABSENT_CLAIM,
    "claim": "999999",
    "which": "1",
    "webhook": "wh_0123456789abcdef",
    "delivery": "1",
    "key": "0123456789ab",
    "sha256": FILM_SHA256,
    "run": "999999",
    "schedule": "999999",
    "report": "999999",
    "interchange": "0" * 64,
    "study": "2.25.404",
    "series": "2.25.404",
    "instance": "2.25.404",
    "frames": "1",
    "entry": "999999",
    "other_entry": "999999",
}


@pytest.fixture(scope="module")
def ours(api: Listening) -> Caller:
    """Somebody who may do everything, for us."""
    return api.caller("ours")


@pytest.fixture(scope="module")
def theirs(api: Listening) -> dict[str, str]:
    """What another organisation has."""
    return things_of(api, api.caller("theirs"), THEIR_CLAIM)


def about_something(api: Listening) -> list[Operation]:
    return [operation for operation in operations(api.app.openapi()) if operation.is_about_something]


def test_what_is_anothers_is_answered_as_what_is_nowhere(api: Listening, ours: Caller, theirs: dict[str, str]) -> None:
    for operation in about_something(api):
        answers = [operation.ask(ours, things) for things in (theirs, ABSENT)]
        assert [answer.status for answer in answers] == [404, 404], operation
        assert answers[0].body == answers[1].body, operation
        told = [{name.lower() for name in answer.headers} for answer in answers]
        assert told[0] == told[1], operation


def test_what_is_anothers_takes_the_same_queries_as_what_is_nowhere(
    api: Listening, ours: Caller, theirs: dict[str, str]
) -> None:
    for operation in about_something(api):
        ours.claim(ABSENT_CLAIM)  # so that the use of the key, which is noted once in a minute, is noted by now
        with statements() as of_theirs:
            operation.ask(ours, theirs)
        with statements() as of_absent:
            operation.ask(ours, ABSENT)
        assert of_theirs == of_absent, operation
        assert of_theirs, operation


def test_nothing_of_anothers_stands_in_any_list(api: Listening, theirs: dict[str, str]) -> None:
    caller = api.caller("listing")  # who never asked for what is theirs: what one asked for stands in one's own trail
    own = things_of(api, caller, "OWN-1")
    lists = [operation for operation in operations(api.app.openapi()) if operation.method == "GET"]
    for operation in lists:
        said = operation.ask(caller, own).body.decode(errors="replace")
        for secret in (THEIR_CLAIM, theirs["webhook"], theirs["key"], "theirs"):
            assert secret not in said, operation


def test_a_number_that_another_has_is_free_to_be_used(ours: Caller, theirs: dict[str, str]) -> None:
    document = (CASES / "verified-coded-dicom" / "claim.json").read_text(encoding="utf-8")
    claim = re.sub(r'("claim_number": )"[^"]*"', rf'\1"{theirs["number"]}"', document)
    answer = ours.send_claim(claim.encode())
    assert (answer.status, answer.json["revision"]) == (201, 1)


def test_without_a_key_nothing_is_answered(api: Listening, theirs: dict[str, str]) -> None:
    nobody = Caller(address=api.address, key=None)
    for operation in operations(api.app.openapi()):
        assert operation.ask(nobody, theirs).status == 401, operation


def test_a_key_of_no_scope_that_a_route_asks_for_gets_nothing(api: Listening, theirs: dict[str, str]) -> None:
    caller = api.caller("scopeless", scopes=frozenset())
    for operation in operations(api.app.openapi()):
        assert operation.ask(caller, theirs).status == 403, operation


def test_each_thing_asked_leaves_one_entry_that_says_who_what_and_from_where(api: Listening) -> None:
    caller = api.caller("noted")
    things = things_of(api, caller, "N-1")
    for operation in operations(api.app.openapi()):
        before = _entries(api)
        answer = operation.ask(caller, things)
        assert answer.status < 300 or operation.template.endswith(_DONE_BY_NOW), operation
        (entry,) = _entries(api)[len(before) :]
        assert entry.action == str(operation)
        assert (entry.organisation, entry.address) == ("noted", "127.0.0.1")
        assert entry.actor == (caller.key or "").split("_")[1]
        assert (entry.claim_id is not None) == ("{number}" in operation.template or str(operation) in _NAMES_A_CLAIM)
        assert "N-1" not in repr(vars(entry))


def test_entries_are_shown_to_administrators_with_the_claims_number(api: Listening) -> None:
    caller = api.caller("shown")
    things_of(api, caller, "S-1")
    caller.claim("S-1")
    work_off(api)
    page = caller.ask("GET", "/v1/audit?claim=S-1&limit=1").json
    (newest,) = page["entries"]
    assert (newest["claim"], newest["action"]) == ("S-1", "GET /v1/claims/{number}")
    seen, address = [newest["position"]], page["next"]
    while address:
        page = caller.ask("GET", address).json
        seen += [entry["position"] for entry in page["entries"]]
        assert {entry["claim"] for entry in page["entries"]} == {"S-1"}
        address = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) > 2
    assert page["head"]["position"] >= seen[0]


def test_a_key_makes_no_key_that_allows_more_or_lives_longer(api: Listening) -> None:
    admin = api.caller("modest", scopes=frozenset({Scope.ADMIN, Scope.READ}))
    more = post(admin, "/v1/keys", scopes=["submit"])
    assert (more.status, more.json["type"]) == (403, "urn:apexproof:problem:rights-exceeded")
    ending = post(admin, "/v1/keys", scopes=["admin"], expires_at="2126-01-01T00:00:00Z").json
    child = Caller(address=api.address, key=ending["key"])
    later = post(child, "/v1/keys", scopes=["admin"], expires_at="2126-01-02T00:00:00Z")
    assert (later.status, later.json["type"]) == (403, "urn:apexproof:problem:rights-exceeded")
    unsaid = post(child, "/v1/keys", scopes=["admin"]).json
    assert unsaid["expires_at"] == ending["expires_at"]


def test_a_key_that_ended_or_was_revoked_is_no_key(api: Listening) -> None:
    admin = api.caller("ending")
    past = post(admin, "/v1/keys", scopes=["read"], expires_at="2020-01-01T00:00:00Z").json
    assert Caller(address=api.address, key=past["key"]).claim("any").status == 401
    made = post(admin, "/v1/keys", scopes=["read"]).json
    reader = Caller(address=api.address, key=made["key"])
    assert reader.claim("any").status == 404
    assert [admin.ask("DELETE", f"/v1/keys/{made['id']}").status for _ in range(2)] == [204, 404]
    assert reader.claim("any").status == 401
    shown = {key["id"]: key for key in admin.ask("GET", "/v1/keys?limit=500").json["keys"]}
    assert shown[made["id"]]["revoked_at"]
    assert shown[made["id"]]["used_at"]
    assert made["key"].split("_", 2)[2] not in repr(shown)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """An API that lets a key ask three times at once, and an address try twice."""
    with listening(tmp_path_factory.mktemp("d"), rate_burst=3, rate_per_second=0.01, tries_per_minute=2) as running:
        yield running


def test_who_asks_too_often_is_told_when_to_come_again_and_nobody_else_is(slow: Listening) -> None:
    hasty, patient = slow.caller("hasty"), slow.caller("hasty")
    answers = [hasty.claim("any") for _ in range(5)]
    assert [answer.status for answer in answers] == [404, 404, 404, 429, 429]
    assert answers[3].json["type"] == "urn:apexproof:problem:too-many-requests"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 100
    assert patient.claim("any").status == 404


def test_who_tries_keys_is_held_up_and_good_keys_from_there_are_not(slow: Listening) -> None:
    stranger = Caller(address=slow.address, key="apx_0123456789ab_wrong")
    assert [stranger.claim("any").status for _ in range(4)] == [401, 401, 429, 429]
    assert slow.caller("good").claim("any").status == 404


def test_a_key_that_is_none_takes_the_same_queries_whatever_is_wrong_with_it(api: Listening, ours: Caller) -> None:
    identity = (ours.key or "").split("_")[1]
    asked = []
    for written in (f"apx_{identity}_wrong", "apx_0123456789ab_wrong", "apx", "nonsense"):
        with statements() as found:
            assert Caller(address=api.address, key=written).claim("any").status == 401
        asked.append(found)
    assert all(found == asked[0] for found in asked)
    assert asked[0]


def _entries(api: Listening) -> list[AuditRow]:
    with api.database.looking() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_file_for_a_claim_that_is_not_here_is_not_kept(api: Listening, ours: Caller, tmp_path: Path) -> None:
    film = tmp_path / "stray.dcm"
    film.write_bytes(b"stray film of Marigold Quill")
    hashes = set(api.app.state.premises.blobs.hashes())
    assert ours.send_file("nowhere", film).status == 404
    assert set(api.app.state.premises.blobs.hashes()) == hashes
    with api.database.looking() as session:
        assert session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.thing == "nowhere")) == 0
