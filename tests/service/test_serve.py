"""`apexproof serve`: what it answers over HTTP, and that it says the same as the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apexproof.embedded import Embedded
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.keys import Scope, make_key
from fixtures.case import CASES
from tests.service.caller import Caller
from tests.service.served import Served, served

APEXPROOF = str(Path(sys.executable).with_name("apexproof"))
CASE = CASES / "verified-coded-dicom"
FILM = next((CASE / "files").iterdir())
JUDGED_ALIKE = (
    "verified-coded-dicom",
    "another-patient",
    "declared-jpeg-under-payer",
    "four-images-with-one-virtue-each",
    "hostile-file-beside-a-good-one",
    "images-in-an-archive",
    "nothing-attached",
    "panoramic-only",
    "taken-after-the-visit",
    "wrong-tooth",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for the tests of this file; each test has claims of its own."""
    with served(tmp_path_factory.mktemp("d")) as running:
        yield running


@pytest.fixture
def caller(service: Served) -> Caller:
    """Somebody with its first key."""
    return service.caller()


@pytest.mark.parametrize("name", JUDGED_ALIKE)
def test_service_and_command_line_say_the_same(service: Served, tmp_path: Path, name: str) -> None:
    caller = Caller(address=service.address, key=_key_of(service, name))  # a claim with no other beside it
    files = sorted((CASES / name / "files").iterdir()) if (CASES / name / "files").exists() else []
    claim = _claim(f"alike/{name}", CASES / name)
    assert caller.send_claim(claim).status == 201
    assert [caller.send_file(f"alike/{name}", file).status for file in files] == [202] * len(files)
    stands = caller.checked(f"alike/{name}")

    said = _command_line(claim, files, tmp_path)
    assert caller.latest(f"alike/{name}")["verification"] == said
    assert stands["outcome"] == said["outcome"]
    assert len(stands["attachments"]) == len(files)


def test_the_same_claim_again_changes_nothing_and_another_content_is_a_new_revision(caller: Caller) -> None:
    claim = json.loads(_claim("again"))
    assert caller.send_claim(claim).status == 201
    again = caller.send_claim(dict(reversed(claim.items())))
    assert (again.status, again.json["revision"]) == (200, 1)
    changed = caller.send_claim({**claim, "received_date": "2026-02-13"})
    assert (changed.status, changed.json["revision"]) == (201, 2)
    caller.checked("again")
    history = caller.ask("GET", "/v1/claims/again/verifications").json["verifications"]
    assert history[-1]["revision"] == 2
    assert [one["number"] for one in history] == list(range(1, len(history) + 1))


def test_the_same_bytes_again_are_the_same_attachment(caller: Caller) -> None:
    caller.send_claim(_claim("bytes"))
    assert [caller.send_file("bytes", FILM).status for _ in range(2)] == [202, 200]
    assert len(caller.checked("bytes")["attachments"]) == 1


def test_a_file_that_came_before_its_claim_is_joined_to_it(caller: Caller) -> None:
    refused = caller.send_file("later", FILM)
    assert (refused.status, refused.json["type"]) == (404, "urn:apexproof:problem:claim-unknown")
    held = caller.send_file("later", FILM, control_number="ACN-LATER")
    assert (held.status, held.json["state"]) == (202, "held")
    caller.send_claim(_claim("later"))
    assert [file["file_name"] for file in caller.checked("later")["attachments"]] == [FILM.name]


def test_without_a_good_key_nothing_is_answered(service: Served, caller: Caller) -> None:
    caller.send_claim(_claim("locked"))
    strangers = (Caller(address=service.address, key=None), Caller(address=service.address, key=f"{caller.key}x"))
    for stranger in strangers:
        answers = [stranger.claim("locked"), stranger.claim("absent"), stranger.send_claim(_claim("locked"))]
        assert [answer.status for answer in answers] == [401] * 3


def test_another_organisation_sees_nothing_of_a_claim(service: Served, caller: Caller) -> None:
    caller.send_claim(_claim("private"))
    other = Caller(address=service.address, key=_key_of(service, "elsewhere"))
    theirs, absent = other.claim("private"), other.claim("absent")
    assert (theirs.status, theirs.body) == (absent.status, absent.body)
    assert theirs.status == 404
    assert other.ask("GET", "/v1/claims").json["claims"] == []
    assert other.send_claim(_claim("private")).json["revision"] == 1
    assert caller.claim("private").json["revision"] == 1


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [(b"", 422, "claim-unusable"), (b"{", 422, "claim-unusable"), (b" " * 20_000_000, 413, "body-too-large")],
)
def test_what_is_no_claim_is_a_problem_that_says_so(caller: Caller, body: bytes, status: int, name: str) -> None:
    answer = caller.send_claim(body)
    assert (answer.status, answer.json["type"]) == (status, f"urn:apexproof:problem:{name}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["detail"]


def test_pages_of_claims_name_the_next_until_all_were_seen(service: Served) -> None:
    caller = Caller(address=service.address, key=_key_of(service, "pages"))
    numbers = [f"P-{index}" for index in range(5)]
    for number in numbers:
        caller.send_claim(_claim(number))
    seen, address = [], "/v1/claims?limit=2"
    while address:
        page = caller.ask("GET", address).json
        seen += [claim["number"] for claim in page["claims"]]
        address = page["next"]
    assert seen == numbers


def test_ctrl_c_ends_it_and_a_second_start_goes_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    data_dir = tmp_path_factory.mktemp("d")
    with served(data_dir) as first:
        caller = first.caller()
        caller.send_claim(_claim("going-on"))
        caller.send_file("going-on", FILM)
        assert first.end(signal.SIGINT) == 0
    with served(data_dir) as second:
        again = Caller(address=second.address, key=caller.key)
        stands = again.checked("going-on")
    assert [file["read"] for file in stands["attachments"]] == [True]
    assert stands["outcome"] == "verified"
    assert "apx_" not in second.said


def test_two_services_never_work_in_one_data_directory(service: Served) -> None:
    asked = [APEXPROOF, "serve", "--port", "1", "--data-dir", str(service.data_dir)]
    second = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert second.returncode == 2
    assert "Another 'apexproof serve' works in" in second.stderr


def _claim(number: str, case: Path = CASE) -> bytes:
    document = json.loads((case / "claim.json").read_bytes())
    return json.dumps({**document, "claim_number": number}).encode()


def _command_line(claim: bytes, files: list[Path], folder: Path) -> Any:  # noqa: ANN401 - JSON is anything
    (folder / "claim.json").write_bytes(claim)
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())
    asked = [APEXPROOF, "verify", "claim.json", *(file.name for file in files), "--format", "json"]
    answer = subprocess.run(asked, cwd=folder, capture_output=True, check=False)  # noqa: S603 - our own program
    (said,) = json.loads(answer.stdout)["claims"]
    return said


def _key_of(service: Served, organisation: str) -> str:
    database = Database(f"sqlite:///{service.data_dir / 'apexproof.db'}")
    with database.writing() as session:
        key = make_key(session, organisation=organisation, name="", scopes=Scope, now=datetime.now(UTC))
    database.close()
    return key


def test_an_address_of_version_6_is_said_as_a_browser_takes_it(tmp_path: Path) -> None:
    assert Embedded(Settings(data_dir=tmp_path, host="::1", port=9000)).address == "http://[::1]:9000"
