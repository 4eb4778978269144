"""Files of claims and of attachments are taken in piece by piece, and every piece can be traced to its place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from apexproof.store.tombstones import is_needed
from tests.api.listening import Listening, listening
from tests.formats.x12.attachments_275 import FILM, attachment, loop, mime, unstructured
from tests.formats.x12.interchanges import CLAIM, PATIENT, PROVIDER, SUBSCRIBER, interchange
from tests.service.caller import Answer, Caller

X12 = {"Content-Type": "application/edi-x12"}
NATIVE = {
    "claim_number": "N-1",
    "billing_provider": {"npi": "0000000000"},
    "patient": {"name": {"family": "Quill"}},
    "lines": [{"line": 1, "procedure": "D3351"}],
}


def claims(*numbers: str, npi: str = "0000000000", control_number: str = "ACN-0001") -> bytes:
    """An interchange with these claims of one patient."""
    each = [
        segment.replace("AX-1001", number).replace("ACN-0001", control_number)
        for number in numbers
        for segment in CLAIM
    ]
    provider = [segment.replace("0000000000", npi) for segment in PROVIDER]
    return interchange((*provider, *SUBSCRIBER, *PATIENT, *each))


def send(caller: Caller, body: bytes) -> Answer:
    return caller.ask("POST", "/v1/claims", body=body, headers=X12)


def enclose(caller: Caller, body: bytes) -> Answer:
    return caller.ask("POST", "/v1/attachments/x12", body=body, headers=X12)


def test_every_claim_of_an_interchange_is_taken_in_once(api: Listening) -> None:
    caller, body = api.caller("once"), claims("A-1", "A-2")
    first, second = send(caller, body), send(caller, body)
    assert (first.status, second.status) == (201, 200)
    assert first.json["claims"][1] == {
        "number": "A-2",
        "revision": 1,
        "is_new": True,
        "address": "/v1/claims/A-2",
        "verification": "/v1/claims/A-2/verifications/latest",
    }
    assert [claim["is_new"] for claim in second.json["claims"]] == [False, False]
    assert [claim["revision"] for claim in second.json["claims"]] == [1, 1]
    assert first.json["faults"] == second.json["faults"] == []


def test_a_revision_names_the_interchange_and_the_place_in_it(api: Listening) -> None:
    caller, body = api.caller("traced"), claims("A-1", "A-2")
    sha256 = hashlib.sha256(body).hexdigest()
    assert send(caller, body).json["interchange"] == sha256
    (revision,) = caller.ask("GET", "/v1/claims/A-2/revisions").json["revisions"]
    assert revision["source"] == {
        "sha256": sha256,
        "address": f"/v1/interchanges/{sha256}",
        "segment": 23,
        "interchange": "000000007",
        "group": "7",
        "transaction_set": "0001",
        "line_control_numbers": {"1": "LINE0001"},
    }
    assert body.split(b"~\n")[22].startswith(b"CLM*A-2")
    original = caller.ask("GET", revision["source"]["address"])
    assert (original.status, original.body) == (200, body)
    assert api.caller("strangers").ask("GET", revision["source"]["address"]).status == 404


def test_a_claim_is_given_out_as_it_came(api: Listening) -> None:
    caller = api.caller("returned")
    assert send(caller, claims("R-1")).status == 201
    written = caller.ask("GET", "/v1/claims/R-1/claim.x12?control_number=42")
    assert (written.status, written.headers["Content-Type"]) == (200, "application/edi-x12")
    again = send(caller, written.body)
    assert (again.status, again.json["claims"][0]["revision"], again.json["faults"]) == (200, 1, [])
    assert caller.ask("GET", "/v1/claims/R-2/claim.x12").status == 404


def test_a_bad_claim_stops_no_other_and_is_named_with_its_segment(api: Listening) -> None:
    body = claims("B-1", "B-2").replace(b"DTP*472*D8*20260210~\n", b"DTP*472*D8*20261340~\n", 1)
    answer = send(api.caller("mixed"), body)
    assert answer.status == 201
    assert [claim["number"] for claim in answer.json["claims"]] == ["B-2"]
    (fault,) = answer.json["faults"]
    assert (fault["segment"], fault["claim"]) == (16, "B-1")


def test_an_interchange_that_breaks_off_keeps_what_came_before(api: Listening) -> None:
    whole = claims("C-1", "C-2")
    answer = send(api.caller("broken"), whole[: whole.index(b"TOO*JP*8", whole.index(b"C-2"))] + b"TOO*J")
    assert [claim["number"] for claim in answer.json["claims"]] == ["C-1"]
    assert answer.json["faults"][-1]["segment"] == 29


def test_an_interchange_of_which_nothing_can_be_used_is_refused_and_not_kept(tmp_path: Path) -> None:
    with listening(tmp_path) as api:
        caller = api.caller()
        for path in ("/v1/claims", "/v1/attachments/x12"):
            answer = caller.ask("POST", path, body=interchange(("CLM*X",), version="005010X222A1"), headers=X12)
            assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:interchange-unusable")
        assert [fault["segment"] for fault in answer.json["faults"]] == [3]
    kept = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert kept == []


def test_an_interchange_over_the_limit_is_refused(tmp_path: Path) -> None:
    with listening(tmp_path, largest_interchange=500) as api:
        answer = send(api.caller(), claims("A-1"))
    assert (answer.status, answer.json["type"]) == (413, "urn:apexproof:problem:body-too-large")


def test_a_number_of_another_provider_is_never_taken_over(api: Listening) -> None:
    caller = api.caller("clearinghouse")
    assert send(caller, claims("D-1")).status == 201
    other = send(caller, claims("D-1", "D-2", npi="1111111111"))
    assert [claim["number"] for claim in other.json["claims"]] == ["D-2"]
    assert "Another billing provider" in other.json["faults"][0]["reason"]
    assert other.json["faults"][0]["segment"] == 15
    single = caller.send_claim({**NATIVE, "claim_number": "D-1", "billing_provider": {"npi": "1111111111"}})
    assert (single.status, single.json["type"]) == (409, "urn:apexproof:problem:claim-number-taken")
    nameless = caller.send_claim({**NATIVE, "claim_number": "D-1", "billing_provider": {}})
    assert nameless.json["revision"] == 2
    again = caller.send_claim({**NATIVE, "claim_number": "D-1", "billing_provider": {"npi": "1111111111"}})
    assert again.status == 409


def test_several_native_claims_are_listed_and_one_is_answered_as_one(api: Listening) -> None:
    caller = api.caller("native")
    assert set(caller.send_claim(NATIVE).json) == {"number", "revision", "verification"}
    both = caller.send_claim({"claims": [NATIVE, {**NATIVE, "claim_number": "N-2"}]})
    assert both.status == 201
    assert [(claim["number"], claim["is_new"]) for claim in both.json["claims"]] == [("N-1", False), ("N-2", True)]
    assert both.json["interchange"] is None


def test_the_same_claim_in_another_format_is_no_new_revision(api: Listening) -> None:
    caller = api.caller("formats")
    send(caller, claims("E-1"))
    (revision,) = caller.ask("GET", "/v1/claims/E-1/revisions").json["revisions"]
    answer = caller.send_claim(revision["document"])
    assert (answer.status, answer.json["revision"]) == (200, 1)


@pytest.mark.parametrize("body", [mime(("image/jpeg", FILM)), unstructured(), FILM])
def test_a_film_before_its_claim_is_held_and_joined_when_the_claim_comes(api: Listening, body: bytes) -> None:
    caller = api.caller(f"held-{len(body)}")
    answer = enclose(caller, attachment(loop(body), claim=None))
    assert answer.status == 202
    (held,) = answer.json["attachments"]
    assert (held["state"], held["claim"], held["control_number"], held["line"]) == ("held", None, "ACN-0001", "1")
    assert held["sha256"] == hashlib.sha256(FILM).hexdigest()
    send(caller, claims("F-1"))
    (joined,) = caller.claim("F-1").json["attachments"]
    assert (joined["sha256"], joined["control_number"]) == (held["sha256"], "ACN-0001")


@pytest.mark.parametrize("said", ["G-1", None])
def test_a_film_goes_to_the_claim_that_is_here_by_number_or_control_number(api: Listening, said: str | None) -> None:
    caller = api.caller(f"here-{said}")
    send(caller, claims("G-1"))
    body = attachment(loop(FILM), claim=said)
    first, again = enclose(caller, body), enclose(caller, body)
    assert (first.status, again.status) == (202, 200)
    (file,) = first.json["attachments"]
    assert (file["state"], file["claim"]) == ("accepted", "/v1/claims/G-1")


def test_a_film_is_never_joined_to_the_claim_of_another_provider(api: Listening) -> None:
    caller = api.caller("apart")
    send(caller, claims("H-1"))
    for control_number in ("", "ACN-0001", "ACN-7"):
        body = attachment(loop(FILM, control_number=control_number), claim="H-1", npi="1111111111")
        refused = enclose(caller, body)
        assert (refused.status, "another provider's" in refused.json["faults"][0]["reason"]) == (422, True)
    document = caller.ask("GET", "/v1/claims/H-1/revisions").json["revisions"][0]["document"]
    caller.send_claim({**document, "treating_provider": {"npi": "1111111111"}})
    assert enclose(caller, attachment(loop(FILM), claim="H-1", npi="1111111111")).status == 202


def test_a_film_is_never_joined_to_one_of_several_claims(api: Listening) -> None:
    caller = api.caller("several")
    send(caller, claims("K-1", "K-2"))
    answer = enclose(caller, attachment(loop(FILM), claim=None))
    assert answer.json["attachments"][0]["state"] == "held"
    send(caller, claims("K-3"))
    assert [caller.claim(number).json["attachments"] for number in ("K-1", "K-2", "K-3")] == [[], [], []]


def test_an_interchange_is_needed_as_long_as_it_is_kept(api: Listening) -> None:
    body = claims("I-1")
    with api.database.looking() as session:
        assert not is_needed(session, hashlib.sha256(body).hexdigest())
    send(api.caller("kept"), body)
    with api.database.looking() as session:
        assert is_needed(session, hashlib.sha256(body).hexdigest())


def test_what_is_no_interchange_is_no_275(api: Listening) -> None:
    answer = enclose(api.caller("json"), json.dumps(NATIVE).encode())
    assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:upload-unusable")
