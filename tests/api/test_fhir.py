"""FHIR over HTTP: a claim is the same in either form, and whatever goes wrong is an OperationOutcome with its place."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.claim import Claim as R4Claim
from fhir.resources.R4B.claimresponse import ClaimResponse
from fhir.resources.R4B.operationoutcome import OperationOutcome
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.formats.native import LARGEST_DOCUMENT
from fixtures.case import CASES
from tests.api.asked import FHIR, FILM, FILM_SHA256, claim_in_fhir, work_off
from tests.api.listening import Listening, listening
from tests.service.caller import Answer, Caller

CLAIM = json.loads((CASES.parent / "fhir" / "claim.json").read_bytes())


@pytest.fixture(scope="module")
def caller(api: Listening) -> Caller:
    """Somebody who sends FHIR."""
    return api.caller("fhir")


def send(caller: Caller, resource: object) -> Answer:
    body = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
    return caller.ask("POST", "/fhir/Claim", body=body, headers=FHIR)


def outcome_of(answer: Answer) -> list[dict[str, Any]]:
    """The issues of an answer that is an OperationOutcome of R4."""
    assert answer.headers["Content-Type"] == "application/fhir+json"
    OperationOutcome.model_validate_json(answer.body)
    issues: list[dict[str, Any]] = answer.json["issue"]
    return issues


def test_a_claim_is_taken_in_and_the_same_again_changes_nothing(caller: Caller) -> None:
    answers = [send(caller, claim_in_fhir("F-1")) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 200]
    assert [issue["severity"] for issue in outcome_of(answers[0])] == ["information"]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert caller.claim("F-1").json["revision"] == 1


def test_what_is_left_out_is_a_warning_with_its_place(caller: Caller) -> None:
    item = {**CLAIM["item"][0], "bodySite": {"coding": [{"code": "8"}]}}
    answer = send(caller, {**CLAIM, "identifier": [{"value": "F-2"}], "item": [item]})
    assert answer.status == 201
    (warning,) = (issue for issue in outcome_of(answer) if issue["severity"] == "warning")
    assert warning["expression"] == ["Claim.item[0].bodySite"]


def test_every_fault_of_a_claim_is_an_issue_with_its_place(caller: Caller) -> None:
    answer = send(caller, {**CLAIM, "use": "guess", "status": "cancelled", "identifier": [{"value": "F-3"}]})
    assert answer.status == 422
    issues = outcome_of(answer)
    assert {issue["expression"][0] for issue in issues} == {"Claim.use", "Claim.status"}
    assert issues[0]["details"]["coding"] == [{"system": "urn:apexproof:problem", "code": "resource-unusable"}]
    assert caller.claim("F-3").status == 404


def bundle(*claims: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": claim} for claim in claims]}


def numbered(number: str, **changed: object) -> dict[str, Any]:
    return {**json.loads(claim_in_fhir(number)), **changed}


def test_of_a_bundle_each_claim_is_taken_and_a_fault_is_an_error_that_names_its_claim(caller: Caller) -> None:
    answer = send(caller, bundle(numbered("F-4"), numbered("F-5", use="gift"), numbered("F-6")))
    assert answer.status == 201
    issues = outcome_of(answer)
    assert [issue["severity"] for issue in issues] == ["information", "information", "error"]
    assert issues[-1]["expression"] == ["Bundle.entry[1].resource.use"]
    assert "claim F-5 was left out" in issues[-1]["diagnostics"]
    assert [caller.claim(number).status for number in ("F-4", "F-5", "F-6")] == [200, 404, 200]


def test_the_route_of_claims_takes_fhir_as_it_takes_an_interchange(caller: Caller) -> None:
    item = {**CLAIM["item"][0], "bodySite": {"coding": [{"code": "8"}]}}
    sent = bundle(numbered("F-7", item=[item]), numbered("F-8", use="gift"))
    answer = caller.ask("POST", "/v1/claims", body=json.dumps(sent).encode())
    assert (answer.status, [claim["number"] for claim in answer.json["claims"]]) == (201, ["F-7"])
    said = {fault["reason"].partition(":")[0]: fault["claim"] for fault in answer.json["faults"]}
    assert said == {"Bundle.entry[1].resource.use": "F-8", "Bundle.entry[0].resource.item[0].bodySite": None}
    refused = caller.ask("POST", "/v1/claims", body=json.dumps(numbered("F-9", use="gift")).encode())
    assert (refused.status, refused.json["type"]) == (422, "urn:apexproof:problem:resource-unusable")


def test_a_number_of_another_provider_is_a_conflict_for_one_claim_and_an_error_among_several(caller: Caller) -> None:
    theirs = {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111111"}}
    assert send(caller, numbered("F-10")).status == 201
    assert send(caller, numbered("F-10", provider=theirs)).status == 409
    answer = send(caller, bundle(numbered("F-10", provider=theirs), numbered("F-11")))
    assert (answer.status, [issue["severity"] for issue in outcome_of(answer)]) == (201, ["information", "error"])


def test_a_claim_comes_with_its_film_or_not_at_all(api: Listening) -> None:
    caller = api.caller("with film")
    written = base64.b64encode(FILM.read_bytes()).decode()
    info = {**CLAIM["supportingInfo"][1], "valueAttachment": {"title": "pa8.dcm", "data": written}}
    good = numbered("F-14", supportingInfo=[CLAIM["supportingInfo"][0], info])
    spoilt = numbered("F-15", supportingInfo=[{**info, "valueAttachment": {"data": f"{written}!"}}])
    kept = set(api.app.state.premises.blobs.hashes())
    assert send(caller, spoilt).status == 422
    assert set(api.app.state.premises.blobs.hashes()) == kept
    answer = send(caller, bundle(good, spoilt))
    assert [issue["severity"] for issue in outcome_of(answer)] == ["information", "error"]
    work_off(api)
    assert caller.claim("F-14").json["outcome"] == "verified"
    assert [file["sha256"] for file in caller.claim("F-14").json["attachments"]] == [FILM_SHA256]
    assert send(caller, good).status == 200


def test_a_body_is_taken_where_nothing_was_kept_yet(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening(tmp_path_factory.mktemp("d")) as new:
        assert not new.app.state.premises.incoming.exists()
        assert send(new.caller("fhir"), numbered("F-18")).status == 201
        assert list(new.app.state.premises.incoming.iterdir()) == []


def test_a_body_and_each_film_in_it_have_their_limits(tmp_path_factory: pytest.TempPathFactory) -> None:
    written = base64.b64encode(FILM.read_bytes()).decode()
    sent = numbered("F-16", supportingInfo=[{**CLAIM["supportingInfo"][1], "valueAttachment": {"data": written}}])
    for limits, status in (({"largest_file": 1000}, 422), ({"largest_interchange": 1000}, 413)):
        with listening(tmp_path_factory.mktemp("d"), **limits) as strict:
            answer = send(strict.caller("fhir"), sent)
            stated = strict.caller("fhir").ask("GET", "/fhir/metadata").body.decode()
        assert (answer.status, outcome_of(answer)[0]["severity"]) == (status, "error")
        assert "1000 bytes" in stated or "1000 for each file" in stated


def test_a_claim_is_given_out_as_it_came(caller: Caller) -> None:
    address = send(caller, numbered("F-17")).headers["Location"]
    given = caller.ask("GET", address)
    R4Claim.model_validate_json(given.body)
    assert send(caller, {**given.json, "id": "other"}).status == 200  # the same, so nothing was changed


def test_how_a_claim_stands_is_found_by_its_id_and_by_its_number(api: Listening) -> None:
    caller = api.caller("payer")  # with no other claim of this patient
    address = send(caller, numbered("F-12")).headers["Location"].removeprefix("/fhir/")
    identity = address.removeprefix("Claim/")
    queued = caller.ask("GET", f"/fhir/ClaimResponse/{identity}")
    ClaimResponse.model_validate_json(queued.body)
    assert (queued.json["outcome"], queued.json["request"]["reference"]) == ("queued", address)
    assert caller.ask("GET", f"/fhir/{address}/$verification").status == 404
    work_off(api)
    stands = caller.ask("GET", f"/fhir/ClaimResponse/{identity}").json
    assert stands["outcome"] == "complete"
    assert stands["item"][0]["adjudication"][0]["reason"]["coding"][0]["code"] == "missing_evidence"
    for asked in (f"request={address}", f"request=https://x.example/fhir/{address}", f"_id={identity}"):
        assert found(caller, asked) == [stands]
    for asked in ("request:identifier=F-12", f"request:identifier=urn%3Ax%7CF-12&_id={identity}"):
        assert found(caller, asked) == [stands]
    for asked in ("request:identifier=F-13", "request=Claim/0", f"_id={identity}&request=Claim/{10**12}"):
        assert found(caller, asked) == []
    told = caller.ask("GET", f"/fhir/{address}/$verification")
    assert "APX101" in {issue["details"]["coding"][0]["code"] for issue in outcome_of(told)}


def found(caller: Caller, asked: str) -> list[Any]:
    """What a search finds."""
    answer = caller.ask("GET", f"/fhir/ClaimResponse?{asked}")
    assert answer.status == 200
    Bundle.model_validate_json(answer.body)
    return [entry["resource"] for entry in answer.json.get("entry", [])]


def test_a_search_that_names_no_claim_is_refused(caller: Caller) -> None:
    answer = caller.ask("GET", "/fhir/ClaimResponse")
    assert (answer.status, outcome_of(answer)[0]["code"]) == (422, "invalid")


def test_what_codes_mean_is_open_to_all(api: Listening) -> None:
    answer = Caller(address=api.address, key=None).ask("GET", "/fhir/CodeSystem/verification")
    assert (answer.status, answer.json["url"]) == (200, "urn:apexproof:verification")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", FHIR, 422, "invalid"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "not-supported"),
        (b" " * (LARGEST_DOCUMENT + 1), FHIR, 422, "invalid"),
        (b'{"resourceType": "Bundle"}', FHIR, 422, "invalid"),
    ],
)
def test_what_is_no_claim_is_refused_in_fhir(
    caller: Caller, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = caller.ask("POST", "/fhir/Claim", body=body, headers=headers)
    assert (answer.status, outcome_of(answer)[0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/fhir/Nothing", 404, "not-found"),
        ("DELETE", "/fhir/Claim", 405, "not-supported"),
        ("GET", "/fhir/metadata?mode=full", 422, "invalid"),
    ],
)
def test_what_is_not_here_is_said_in_fhir(caller: Caller, method: str, path: str, status: int, code: str) -> None:
    for accept in ("application/fhir+json", "text/html"):
        answer = caller.ask(method, path, headers={"Accept": accept})
        assert (answer.status, outcome_of(answer)[0]["code"]) == (status, code)


def test_who_may_not_is_told_in_fhir(api: Listening) -> None:
    strangers = Caller(address=api.address, key=None), api.caller("fhir", scopes=frozenset())
    answers = [send(stranger, CLAIM) for stranger in strangers]
    assert [answer.status for answer in answers] == [401, 403]
    assert [outcome_of(answer)[0]["code"] for answer in answers] == ["login", "forbidden"]
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_who_asks_too_often_is_told_in_fhir_when_to_come_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening(tmp_path_factory.mktemp("d"), rate_burst=1, rate_per_second=0.01) as slow:
        hasty = slow.caller("hasty")
        answer = [send(hasty, b"{}") for _ in range(2)][1]
    assert (answer.status, outcome_of(answer)[0]["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_fault_of_ours_is_said_in_fhir(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening(tmp_path_factory.mktemp("d")) as broken:
        caller = broken.caller("fhir")
        premises, broken.app.state.premises = broken.app.state.premises, None
        answer = send(caller, CLAIM)
        broken.app.state.premises = premises
    assert (answer.status, outcome_of(answer)[0]["code"]) == (500, "exception")


def test_the_statement_is_one_of_r4_and_asks_for_no_key(api: Listening) -> None:
    answer = Caller(address=api.address, key=None).ask("GET", "/fhir/metadata")
    assert answer.status == 200
    CapabilityStatement.model_validate_json(answer.body)
    assert str(LARGEST_DOCUMENT) in answer.body.decode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(CLAIM)), inner, max_size=4),
    max_leaves=12,
)


@given(broken=st.dictionaries(st.sampled_from(sorted(CLAIM.keys() - {"resourceType"})), JSON, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_whatever_a_claim_says_is_answered_with_an_outcome(api: Listening, broken: dict[str, Any]) -> None:
    answer = send(api.caller("fuzz"), {**CLAIM, **broken})
    assert answer.status in {200, 201, 409, 422}
    assert outcome_of(answer)
