"""`apexproof serve` with its files in a bucket: nothing of them stays here; a store that is away costs time only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from apexproof.store.database import Database
from fixtures.case import CASES
from tests.seaweedfs import SeaweedFS, seaweedfs
from tests.service.in_process import caller_of
from tests.service.served import Served, served

CASE = CASES / "verified-coded-dicom"
FILM = next((CASE / "files").iterdir())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """One store."""
    with seaweedfs(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(scope="module")
def service(store: SeaweedFS, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service that keeps its files in it."""
    with served(tmp_path_factory.mktemp("d"), sweep_seconds="0.5", **store.settings) as running:
        yield running


def test_claim_is_verified_by_a_file_that_is_kept_in_the_bucket_alone(service: Served) -> None:
    caller = service.caller()
    assert caller.send_claim(_claim("bucket")).status == 201
    assert caller.send_file("bucket", FILM).status == 202
    assert caller.checked("bucket")["outcome"] == "verified"
    assert [path for path in (service.data_dir / "blobs").rglob("*") if path.is_file()] == []


def test_store_that_is_away_refuses_uploads_and_sets_nothing_aside(service: Served, store: SeaweedFS) -> None:
    database = Database(f"sqlite:///{service.data_dir / 'apexproof.db'}")
    caller = caller_of(service.address, database, "away")  # the same film came for another claim of the first one
    database.close()
    assert caller.send_claim(_claim("away")).status == 201
    store.kill()
    try:
        refused = caller.send_file("away", FILM)
        ready = caller.ask("GET", "/readyz")
    finally:
        store.start()
    assert (refused.status, refused.json["type"]) == (503, "urn:apexproof:problem:files-away")
    assert refused.headers["Retry-After"] == "5"
    assert (ready.status, ready.json["files"]) == (503, "away")
    assert caller.send_file("away", FILM).status == 202
    assert caller.checked("away")["outcome"] == "verified"
    assert set(caller.ask("GET", "/readyz").json.values()) == {"ok"}
    assert store.settings["s3_secret_access_key"] not in service.said + "".join(service.logs)


def _claim(number: str, case: Path = CASE) -> bytes:
    document = json.loads((case / "claim.json").read_bytes())
    return json.dumps({**document, "claim_number": number}).encode()
