"""Attachments submitted by CDex find their claim before and after it came, and never another member's."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.parameters import Parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.case import CASES
from tests.api.asked import FHIR, claim_in_fhir
from tests.api.listening import Listening, listening
from tests.service.caller import Answer, Caller

FOLDER = CASES.parent / "fhir"
SUBMITTED: dict[str, Any] = json.loads((FOLDER / "attachment.json").read_bytes())
PLACES = {parameter["name"]: index for index, parameter in enumerate(SUBMITTED["parameter"])}


def submission(control_number: str, **changed: object) -> dict[str, Any]:
    """The attachments under a control number, with other parameters; None leaves one out."""
    said = copy.deepcopy(SUBMITTED)
    said["parameter"][PLACES["TrackingId"]]["valueIdentifier"]["value"] = control_number
    for name, value in changed.items():
        parameter = said["parameter"][PLACES[name]]
        (key,) = parameter.keys() - {"name"}
        parameter[key] = value
    said["parameter"] = [one for one in said["parameter"] if None not in one.values()]
    return said


def submit(caller: Caller, said: object) -> Answer:
    return caller.ask("POST", "/fhir/$submit-attachment", body=json.dumps(said).encode(), headers=FHIR)


def issues_of(answer: Answer) -> list[dict[str, Any]]:
    OperationOutcome.model_validate_json(answer.body)
    issues: list[dict[str, Any]] = answer.json["issue"]
    return issues


def send_claim(caller: Caller, number: str, control_number: str) -> str:
    """Send a claim that declares the control number; its address."""
    claim = json.loads(claim_in_fhir(number))
    (attachment,) = (info for info in claim["supportingInfo"] if "valueAttachment" in info)
    del attachment["valueAttachment"]
    attachment["valueReference"] = {"identifier": {"value": control_number}}
    answer = caller.ask("POST", "/fhir/Claim", body=json.dumps(claim).encode(), headers=FHIR)
    assert answer.status == 201
    return answer.headers["Location"]


def files_of(caller: Caller, number: str) -> list[str]:
    return [file["file_name"] for file in caller.claim(number).json["attachments"]]


@pytest.fixture(scope="module")
def caller(api: Listening) -> Caller:
    """A practice."""
    return api.caller("practice")


def test_what_these_tests_submit_is_of_r4() -> None:
    Parameters.model_validate(SUBMITTED)


def test_an_attachment_before_its_claim_is_held_and_joined_by_its_control_number(caller: Caller) -> None:
    answer = submit(caller, submission("ACN-1"))
    assert answer.status == 200
    assert "is held until a claim comes" in issues_of(answer)[0]["diagnostics"]
    send_claim(caller, "S-1", "ACN-1")
    assert files_of(caller, "S-1") == ["pa8.jpg"]


def test_an_attachment_after_its_claim_joins_it_with_the_line_that_it_is_for(caller: Caller) -> None:
    address = send_claim(caller, "S-2", "ACN-2")
    (issue,) = issues_of(submit(caller, submission("ACN-2")))
    assert f"belongs to claim S-2, {address.removeprefix('/fhir/')}" in issue["diagnostics"]
    (file,) = caller.claim("S-2").json["attachments"]
    whole = caller.ask("GET", f"/v1/claims/S-2/attachments/{file['sha256']}").json
    assert whole["declared"]["lines"] == [1]


def test_no_other_members_claim_gets_it_before_or_after(caller: Caller) -> None:
    theirs = {"value": "MEMBER-9999"}
    assert submit(caller, submission("ACN-3", MemberId=theirs)).status == 200
    send_claim(caller, "S-3", "ACN-3")
    assert files_of(caller, "S-3") == []
    refused = submit(caller, submission("ACN-3", MemberId=theirs))
    assert (refused.status, issues_of(refused)[0]["code"]) == (400, "invalid")
    assert refused.json["issue"][0]["details"]["coding"][0]["code"] == "attachment-of-another"
    assert files_of(caller, "S-3") == []


def test_no_other_providers_claim_gets_it(caller: Caller) -> None:
    send_claim(caller, "S-4", "ACN-4")
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111111"}
    assert submit(caller, submission("ACN-4", OrganizationId=npi)).status == 400
    assert files_of(caller, "S-4") == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"MemberId": None}, "Parameters.parameter"),
        ({"OrganizationId": None}, "Parameters.parameter"),
        ({"ServiceDate": "2026-02"}, "Parameters.parameter[5].valueDateTime"),
        ({"AttachTo": "party"}, "Parameters.parameter[1].valueCode"),
        ({"Attachment": []}, "Parameters.parameter[6].part"),
        ({"Attachment": [{"name": "LineItem", "valueString": "one"}]}, "Parameters.parameter[6].part[0].valueString"),
    ],
)
def test_each_fault_is_an_issue_with_its_place(caller: Caller, changed: dict[str, Any], place: str) -> None:
    answer = submit(caller, submission("ACN-5", **changed))
    assert answer.status == 400
    assert place in {issue["expression"][0] for issue in issues_of(answer)}


def test_a_prior_authorisation_needs_no_day(caller: Caller) -> None:
    assert submit(caller, submission("ACN-6", AttachTo="preauthorization", ServiceDate=None)).status == 200


def test_what_is_not_inline_or_no_base64_is_refused_and_nothing_is_kept(api: Listening, caller: Caller) -> None:
    kept = set(api.app.state.premises.blobs.hashes())
    good = copy.deepcopy(SUBMITTED["parameter"][PLACES["Attachment"]]["part"])
    for attachment in ({"url": "http://127.0.0.1:9/film"}, {"data": "AAA"}):
        bad = copy.deepcopy(good)
        bad[2]["resource"]["content"] = [*good[2]["resource"]["content"], {"attachment": attachment}]
        answer = submit(caller, submission("ACN-7", Attachment=bad))
        assert answer.status == 400
        assert "content[1].attachment.data" in issues_of(answer)[0]["expression"][0]
    assert submit(caller, {"resourceType": "Claim"}).status == 400
    assert set(api.app.state.premises.blobs.hashes()) == kept


def test_limits_are_answered_with_413(tmp_path_factory: pytest.TempPathFactory) -> None:
    for limit in ("largest_file", "largest_interchange"):
        with listening(tmp_path_factory.mktemp("d"), **{limit: 1000}) as strict:
            answer = submit(strict.caller("p"), submission("ACN-8"))
        assert (answer.status, issues_of(answer)[0]["code"]) == (413, "too-long")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "name"]), inner, max_size=2),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(PLACES)), said=JSON)
@settings(max_examples=40, deadline=None)
def test_whatever_is_submitted_is_answered_with_an_outcome(api: Listening, name: str, said: Any) -> None:  # noqa: ANN401 - JSON is anything
    answer = submit(api.caller("fuzz"), submission("ACN-9", **{name: said}))
    assert answer.status in {200, 400}
    assert issues_of(answer)
