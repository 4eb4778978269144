"""Uploads: no door takes more than it says, and whatever a file is called, that is a name and leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.uploads import plain_name
from tests.api.dicomweb_body import HEADERS as STUDY
from tests.api.dicomweb_body import film, related
from tests.api.listening import Listening, listening
from tests.formats.x12.attachments_275 import FILM, attachment, loop, mime
from tests.service.caller import Answer, Caller

MOST = 20_000
LEADING_AWAY = ["../../../secret", "/etc/secret", "..\\..\\secret", "a/../../secret", "\0/secret", "..%2fsecret\r\n"]
OCTETS = {"Content-Type": "application/octet-stream"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
X12 = {"Content-Type": "application/EDI-X12"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """A service that takes little."""
    with listening(
        tmp_path_factory.mktemp("d"), largest_file=MOST, largest_study=3 * MOST, largest_interchange=3 * MOST
    ) as api:
        yield api


def in_form(content: bytes, name: str = "pa8.png") -> bytes:
    written = name.replace("\\", "\\\\").replace('"', "%22").replace("\r\n", "")
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"


def upload(caller: Caller, body: bytes, headers: dict[str, str], *, named: str = "") -> Answer:
    query = f"control_number=AC-1&file_name={quote(named, safe='')}"
    return caller.ask("POST", f"/v1/claims/U-1/attachments?{query}", body=body, headers=headers)


@pytest.mark.parametrize(
    ("place", "body", "headers"),
    [
        ("/v1/claims/U-1/attachments?control_number=AC-1", bytes(MOST + 1), OCTETS),
        ("/v1/claims/U-1/attachments?control_number=AC-1", in_form(bytes(MOST + 1)), FORM),
        ("/v1/attachments/x12", attachment(loop(mime(("image/png", bytes(3 * MOST))))), X12),
        ("/dicom-web/studies", related([film(), b"x" * 3 * MOST]), STUDY),
    ],
    ids=["octets", "a form", "X12", "a study"],
)
def test_what_is_larger_than_a_door_takes_is_refused_and_nothing_of_it_is_kept(
    small: Listening, place: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = small.caller().ask("POST", place, body=body, headers=headers)
    assert answer.status == 413
    assert list(small.app.state.premises.blobs.hashes()) == []
    assert list((small.app.state.premises.settings.data_dir / "blobs").glob("incoming/*")) == []


def test_a_film_within_a_study_that_is_larger_than_a_file_may_be_is_refused_alone(small: Listening) -> None:
    answer = small.caller("study").ask("POST", "/dicom-web/studies", body=related([b"x" * 2 * MOST]), headers=STUDY)
    assert answer.status == 409
    assert list(small.app.state.premises.blobs.hashes()) == []


@pytest.mark.parametrize("name", LEADING_AWAY)
@pytest.mark.parametrize("way", ["address", "form"])
def test_a_path_for_a_name_is_its_last_step_and_the_file_lies_under_its_hash(
    api: Listening, tmp_path: Path, name: str, way: str
) -> None:
    content = FILM + f"{tmp_path}{name}{way}".encode()
    caller = api.caller("named")
    answer = (
        upload(caller, content, OCTETS, named=name)
        if way == "address"
        else upload(caller, in_form(content, name), FORM)
    )
    assert answer.status == 202, answer.body
    sha256 = answer.json["sha256"]
    folder = api.app.state.premises.settings.data_dir
    holding = [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]
    assert [path.relative_to(folder).as_posix() for path in holding] == [f"blobs/{sha256[:2]}/{sha256}"]
    assert "Set-Cookie" not in answer.headers


@given(st.text())
@example("a/..")
@example(".\0.")
def test_any_name_becomes_one_step_that_is_printable_and_not_too_long(name: str) -> None:
    plain = plain_name(name)
    assert plain.isprintable()
    assert 0 < len(plain) <= 255
    assert not set("/\\") & set(plain)
    assert plain.strip(".")


@pytest.mark.parametrize(
    "place",
    [
        "/static/../page.py",
        "/static/%2e%2e/page.py",
        "/static/..%2fpage.py",
        "/static//etc/passwd",
        "/static/app.css/..",
    ],
)
def test_nothing_but_the_files_of_the_pages_is_given_out(api: Listening, place: str) -> None:
    connection = HTTPConnection(api.address.removeprefix("http://"))  # which sends a path as it is
    connection.request("GET", place)
    assert connection.getresponse().status == 404
    connection.close()
