"""Files of a claim over HTTP: what is known of them, and their bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from apexproof.formats.inspection_json import file_document
from apexproof.formats.native import parse_history
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.review import HEADERS
from apexproof.store.attachments import add_reading
from apexproof.store.database import Database
from apexproof.store.keys import Scope
from fixtures.case import CASES
from tests.organisation import Organisation
from tests.service.caller import Caller
from tests.service.in_process import caller_of, listening

CASE = CASES / "verified-coded-dicom"
FILM = next((CASE / "files").iterdir())


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
def sent(caller: Caller, practice: Organisation) -> str:
    """A claim with a film that was read; the place of the film."""
    caller.send_claim({**json.loads((CASE / "claim.json").read_bytes()), "claim_number": "A/1"})
    declared = json.dumps({"image_type": "periapical"})
    sha256 = caller.send_file("A/1", FILM, declared=declared).json["sha256"]
    practice.readings[sha256] = read_file(FILM, limits=Limits())
    practice.works()
    return f"/v1/claims/A%2F1/attachments/{sha256}"


def test_a_file_is_shown_as_inspect_shows_it(caller: Caller, sent: str) -> None:
    (listed,) = caller.ask("GET", "/v1/claims/A%2F1/attachments").json["attachments"]
    shown = caller.ask("GET", sent).json
    assert {key: shown[key] for key in listed} == listed
    inspected = file_document(FILM.name, read_file(FILM, limits=Limits()))
    assert shown["reading"] == json.loads(json.dumps(inspected, default=str))
    assert (shown["depth"], shown["declared"]["image_type"]) == ("pixels", "periapical")
    assert shown["content"] == f"{sent}/content"


def test_the_bytes_come_as_they_came_and_run_nowhere(caller: Caller, sent: str) -> None:
    whole = caller.ask("GET", f"{sent}/content")
    assert (whole.status, whole.body) == (200, FILM.read_bytes())
    assert whole.headers["Content-Disposition"] == f'attachment; filename="{FILM.name}"'
    assert whole.headers["Content-Type"] == "application/octet-stream"
    assert (whole.headers["X-Content-Type-Options"], whole.headers["Accept-Ranges"]) == ("nosniff", "bytes")
    part = caller.ask("GET", f"{sent}/content", headers={"Range": "bytes=128-131"})
    assert (part.status, part.body) == (206, b"DICM")
    tag = whole.headers["ETag"]
    assert caller.ask("GET", f"{sent}/content", headers={"If-None-Match": tag}).status == 304
    other = caller.ask("GET", f"{sent}/content", headers={"Range": "bytes=128-131", "If-Range": '"other"'})
    assert (other.status, len(other.body)) == (200, len(whole.body))


def test_what_is_not_there_or_another_organisations_is_nowhere(
    caller: Caller, practice: Organisation, sent: str
) -> None:
    stranger = caller_of(caller.address, practice.database, "elsewhere")
    absent = sent[:-64] + "0" * 64
    answers = [stranger.ask("GET", place) for place in (sent, f"{sent}/content", sent[:-65])]
    answers += [caller.ask("GET", place) for place in (absent, f"{absent}/content")]
    assert {answer.status for answer in answers} == {404}


def test_a_file_that_is_gone_is_said_to_be(caller: Caller, sent: str, tmp_path: Path) -> None:
    next(tmp_path.glob(f"blobs/*/{sent[-64:]}")).unlink()
    answer = caller.ask("GET", f"{sent}/content")
    assert (answer.status, answer.json["detail"]) == (404, "This file is not kept any more.")


def test_the_history_of_a_verification_gives_the_command_line_the_same_answer(
    caller: Caller, practice: Organisation
) -> None:
    document = json.loads((CASE / "claim.json").read_bytes())
    for number, day in (("H-1", "2025-10-06"), ("H-2", "2026-02-10")):
        line = {**document["lines"][0], "service_date": day}
        caller.send_claim({**document, "claim_number": number, "lines": [line]})
    practice.works()
    latest = caller.latest("H-2")
    shown = caller.ask("GET", f"/v1/claims/H-2/verifications/{latest['number']}/history")
    (service,) = parse_history(shown.body, origin="answer").services
    assert (service.claim_number, str(service.service_date)) == ("H-1", "2025-10-06")
    assert caller.ask("GET", "/v1/claims/H-1/verifications/1/history").json == {"services": [], "images": []}
    assert caller.ask("GET", "/v1/claims/H-1/verifications/9/history").status == 404


def test_what_is_known_is_shown_before_the_files_are_read(caller: Caller, practice: Organisation) -> None:
    document = json.loads((CASE / "claim.json").read_bytes())
    caller.send_claim({**document, "claim_number": "S-1", "narrative": "Tooth #9: apex closed."})
    practice.works()
    assert caller.claim("S-1").json["so_far"] is None
    sha256 = caller.send_file("S-1", FILM).json["sha256"]
    stands = caller.claim("S-1").json
    assert stands["state"] == "reading"
    assert [stands["so_far"][key] for key in ("files_read", "files_glimpsed", "files_unread")] == [0, 0, 1]
    assert {one["check"] for one in stands["so_far"]["in_the_way"]} == {"APX801", "APX806"}

    headers = read_file(FILM, limits=Limits(), depth=Depth.HEADERS)
    with practice.database.writing() as session:
        add_reading(session, practice.name, headers, version=HEADERS, now=datetime.now(UTC))
    assert caller.claim("S-1").json["so_far"]["files_glimpsed"] == 1
    assert caller.ask("GET", f"/v1/claims/S-1/attachments/{sha256}").json["depth"] == "headers"

    practice.readings[sha256] = read_file(FILM, limits=Limits())
    practice.works()
    assert caller.claim("S-1").json["so_far"] is None


def test_words_in_a_picture_are_shown_to_who_may_settle_questions(
    caller: Caller, practice: Organisation, sent: str
) -> None:
    reader = caller_of(caller.address, practice.database, practice.name, [Scope.READ])
    assert reader.ask("GET", f"{sent}/preview?side=64").status == 200
    refused = reader.ask("GET", f"{sent}/preview?side=64&covered=false")
    assert (refused.status, refused.json["type"]) == (403, "urn:apexproof:problem:not-allowed")
    assert caller.ask("GET", f"{sent}/preview?side=64&covered=false").status == 200


def test_a_picture_is_drawn_anew_and_says_nobodys_name(caller: Caller, sent: str) -> None:
    drawn = caller.ask("GET", f"{sent}/preview?side=64")
    assert (drawn.status, drawn.headers["Content-Type"], drawn.body[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
    with Image.open(BytesIO(drawn.body)) as picture:
        assert (max(picture.size), picture.mode) == (64, "L")
    again = caller.ask("GET", f"{sent}/preview?side=64")
    assert again.body == drawn.body
    tag = {"If-None-Match": drawn.headers["ETag"]}
    assert caller.ask("GET", f"{sent}/preview?side=64", headers=tag).status == 304
    assert caller.ask("GET", f"{sent}/preview?side=64&covered=false").headers["ETag"] != drawn.headers["ETag"]
    nowhere = caller.ask("GET", f"{sent}/preview?place=frame%209")
    assert (nowhere.status, nowhere.json["type"]) == (422, "urn:apexproof:problem:picture-unusable")
