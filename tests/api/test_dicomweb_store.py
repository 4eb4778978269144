"""STOW-RS takes instances in one by one; each joins the claim that is surely its own, or waits for a person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from apexproof.store.tables import AttachmentRow
from fixtures.case import CASES
from tests.api.asked import post, work_off
from tests.api.dicomweb_body import BOUNDARY, HEADERS, film, related, store
from tests.api.listening import Listening
from tests.service.caller import Answer, Caller

CLAIM = json.loads((CASES / "verified-coded-dicom" / "claim.json").read_bytes())
STORED, FAILED = "00081199", "00081198"


def claim(number: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
    return {**CLAIM, "claim_number": number, **said}


def reasons(answer: Answer) -> list[int]:
    return [one["00081197"]["Value"][0] for one in answer.json.get(FAILED, {}).get("Value", [])]


def inbox(caller: Caller) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = caller.ask("GET", "/v1/inbox").json["entries"]
    return entries


def hashes(api: Listening) -> set[str]:
    return set(api.app.state.premises.blobs.hashes())


def test_film_joins_the_claim_of_its_accession_number_and_proves_it(api: Listening) -> None:
    caller = api.caller("by-accession")
    caller.send_claim(claim("ACC-1"))
    answer = store(caller, film(AccessionNumber="ACC-1"))
    assert answer.status == 200
    assert len(answer.json[STORED]["Value"]) == 1
    work_off(api)
    stands = caller.claim("ACC-1").json
    assert (stands["outcome"], len(stands["attachments"])) == ("verified", 1)
    assert inbox(caller) == []


def test_film_that_comes_before_its_claim_waits_and_joins_when_the_claim_comes(api: Listening) -> None:
    caller = api.caller("before")
    store(caller, film(AccessionNumber="ACC-2"))
    work_off(api)
    assert [entry["why"] for entry in inbox(caller)] == ["no_claim"]
    caller.send_claim(claim("ACC-2"))
    work_off(api)
    assert (inbox(caller), caller.claim("ACC-2").json["outcome"]) == ([], "verified")


def test_film_without_a_number_joins_the_one_claim_of_its_patient_and_time(api: Listening) -> None:
    caller = api.caller("by-patient")
    caller.send_claim(claim("P-1"))
    store(caller, film())
    work_off(api)
    assert caller.claim("P-1").json["outcome"] == "verified"


@pytest.mark.parametrize(
    ("claims", "changes", "why"),
    [
        ([claim("A"), claim("B")], {}, "several_claims"),
        ([claim("A")], {"AccessionNumber": "A", "PatientBirthDate": "20110101"}, "other_patient"),
        ([claim("A")], {"AccessionNumber": "A", "PatientName": "Marlowe^Juniper"}, "other_patient"),
        ([claim("A")], {"PatientName": "Quill^M"}, "no_claim"),
        ([claim("A")], {"StudyID": "A", "PatientName": ""}, "other_patient"),
        ([claim("A")], {"AcquisitionDate": "20260211"}, "no_claim"),
        ([claim("A")], {"AcquisitionDate": "20250101"}, "no_claim"),
        ([claim("A", lines=[{**CLAIM["lines"][0], "service_date": None}])], {}, "no_claim"),
    ],
)
def test_film_that_might_be_anothers_waits_for_a_person(
    api: Listening, request: pytest.FixtureRequest, claims: list[Any], changes: dict[str, str], why: str
) -> None:
    caller = api.caller(request.node.name[-40:])
    for one in claims:
        assert caller.send_claim(one).status == 201
    assert store(caller, film(**changes)).status == 200
    work_off(api)
    assert [entry["why"] for entry in inbox(caller)] == [why]
    assert all(caller.claim(one["claim_number"]).json["attachments"] == [] for one in claims)


def test_person_assigns_what_waits_and_the_claim_is_judged_with_it(api: Listening) -> None:
    caller = api.caller("assigning")
    caller.send_claim(claim("A-1"))
    caller.send_claim(claim("A-2"))
    store(caller, film())
    work_off(api)
    (entry,) = inbox(caller)
    place = f"/v1/inbox/{entry['id']}/assignment"
    assert post(caller, place, claim="A-3").status == 404
    assert post(caller, place, claim="A-2").json == {"claim": "/v1/claims/A-2"}
    work_off(api)
    assert [len(caller.claim(number).json["attachments"]) for number in ("A-1", "A-2")] == [0, 1]
    assert (inbox(caller), post(caller, place, claim="A-1").status) == ([], 404)


def test_what_a_person_dismissed_is_deleted_and_waits_anew_when_it_comes_again(api: Listening) -> None:
    caller = api.caller("dismissing")
    sent = film(PatientName="Nobody^Known")
    store(caller, sent)
    work_off(api)
    (entry,) = inbox(caller)
    assert entry["sha256"] in hashes(api)
    assert [caller.ask("DELETE", f"/v1/inbox/{entry['id']}").status for _ in range(2)] == [204, 404]
    assert inbox(caller) == []
    store(caller, sent)
    assert [again["id"] for again in inbox(caller)] == [entry["id"]]


def test_same_instance_again_is_the_same_even_with_another_file_meta_information(api: Listening) -> None:
    caller = api.caller("again")
    sent = film(PatientName="Again^Twice")
    other_meta = sent.replace(b"SYNTHETIC", b"SYNTHETIX", 1)
    assert other_meta != sent
    answers = [store(caller, one) for one in (sent, sent, other_meta)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[0].json == answers[2].json
    assert len(inbox(caller)) == 1


def test_another_data_set_of_the_same_uid_is_kept_beside_the_first_and_said_aloud(api: Listening) -> None:
    caller = api.caller("beside")
    caller.send_claim(claim("B-1"))
    first = film(AccessionNumber="B-1", SOPInstanceUID="2.25.77", SeriesDescription="Periapical #8")
    second = film(AccessionNumber="B-1", SOPInstanceUID="2.25.77", SeriesDescription="Periapical #9")
    assert store(caller, first).status == 200
    answer = store(caller, second)
    assert (answer.status, answer.json[STORED]["Value"][0]["00081196"]["Value"]) == (202, [0xB111])
    assert answer.headers["Warning"].startswith("299 ")
    work_off(api)
    assert [entry["why"] for entry in inbox(caller)] == ["other_bytes"]
    assert len(caller.claim("B-1").json["attachments"]) == 1


def test_each_part_is_answered_for_by_itself(api: Listening) -> None:
    caller = api.caller("mixed")
    good, other = film(PatientName="One^Of"), film(SOPClassUID="1.2.840.10008.1.3.10")
    uids = film(SOPInstanceUID="no uid at all")
    answer = store(caller, good, b"no DICOM", other, uids, b"")
    assert (answer.status, reasons(answer)) == (202, [0xC000, 0x0122, 0xA900, 0xC000])
    assert len(inbox(caller)) == 1
    assert store(caller, b"no DICOM").status == 409


def test_instance_of_another_study_than_the_address_names_is_refused_and_not_kept(api: Listening) -> None:
    caller = api.caller("mismatch")
    before = hashes(api)
    sent = film(StudyInstanceUID="2.25.1", PatientName="Mis^Match")
    answer = store(caller, sent, study="2.25.2")
    assert (answer.status, reasons(answer), hashes(api)) == (409, [0xA900], before)
    assert store(caller, sent, study="2.25.1").status == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (related([b"x"]), "application/dicom", 415),
        (related([b"x"]), f'multipart/related; type="application/dicom+json"; boundary={BOUNDARY}', 415),
        (related([b"x"], content_type="image/png"), HEADERS["Content-Type"], 415),
        (related([b"x"]), 'multipart/related; type="application/dicom"', 400),
        (related([b"x"]), 'multipart/related; type="application/dicom"; boundary=other', 400),
        (related([b"x"])[:-6], HEADERS["Content-Type"], 400),
        (f"--{BOUNDARY}--\r\n".encode(), HEADERS["Content-Type"], 400),
        (b"", HEADERS["Content-Type"], 400),
        (f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 1000 + b"\r\nx", HEADERS["Content-Type"], 400),
        (f"--{BOUNDARY}\r\nX: ".encode() + b"y" * 100_000, HEADERS["Content-Type"], 400),
        (related([b""] * 2001), HEADERS["Content-Type"], 413),
    ],
)
def test_body_that_cannot_be_taken_in_is_refused_whole(
    api: Listening, body: bytes, content_type: str, status: int
) -> None:
    before = hashes(api)
    answer = api.caller().ask("POST", "/dicom-web/studies", body=body, headers={"Content-Type": content_type})
    assert (answer.status, answer.json["type"].startswith("urn:apexproof:problem:")) == (status, True)
    assert hashes(api) == before


@pytest.mark.parametrize("preamble", [b"\r\n", b"This is a multi-part message.\r\n", b"--film\r\n" * 900])
def test_what_stands_before_the_first_boundary_means_nothing(api: Listening, preamble: bytes) -> None:
    caller, body = api.caller(f"preamble {len(preamble)}"), preamble + related([film()])
    assert caller.ask("POST", "/dicom-web/studies", body=body, headers=HEADERS).status == 200
    endless = b"nothing of it is a boundary\r\n" * 4000 + body
    assert caller.ask("POST", "/dicom-web/studies", body=endless, headers=HEADERS).status == 400


def test_a_transfer_syntax_that_is_not_taken_is_refused_by_its_own_reason(api: Listening) -> None:
    content = film().replace(b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.1.99", 1)
    answer = store(api.caller("syntax"), content)
    assert answer.status == 409
    (failed,) = answer.json["00081198"]["Value"]
    assert failed["00081197"]["Value"] == [0xC122]


def test_answer_is_given_in_dicom_json_alone(api: Listening) -> None:
    headers = {**HEADERS, "Accept": "application/dicom+xml"}
    assert api.caller().ask("POST", "/dicom-web/studies", body=related([b"x"]), headers=headers).status == 406


FILM = film(PatientName="Fuzz^Ed")


def recorded(api: Listening) -> set[str]:
    with api.database.looking() as session:
        return set(session.scalars(select(AttachmentRow.sha256)))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damaged_body_is_answered_and_leaves_nothing_unrecorded(api: Listening, data: st.DataObject) -> None:
    body = bytearray(related([FILM]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(body), 3000) - 1))
        body[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    caller = api.caller("fuzzed")
    answer = caller.ask("POST", "/dicom-web/studies", body=bytes(body), headers=HEADERS)
    assert answer.status in {200, 202, 400, 409, 413, 415}
    assert answer.status < 300 or hashes(api) <= recorded(api)


def test_study_that_another_has_is_free_to_be_stored(api: Listening) -> None:
    sent = film(StudyInstanceUID="2.25.55", PatientName="Free^To Be")
    answers = [store(api.caller(name), sent, study="2.25.55") for name in ("first-of-two", "second-of-two")]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
