"""Retention: files go when their time is over, what was found in them stays, and nobody loses what they still need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from apexproof.cli import main
from apexproof.store.jobs import Clock, Work, promise
from apexproof.store.keys import Scope
from apexproof.store.sealing import BlobKey, is_sealed
from apexproof.store.tables import (
    AttachmentRow,
    AuditRow,
    ClaimRow,
    ClosureRow,
    ReadingRow,
    TombstoneRow,
    VerificationRow,
)
from fixtures.case import CASES
from tests.api.asked import post, work_off
from tests.api.listening import Listening, listening
from tests.service.caller import Caller
from tests.store.rows import NOON

CASE = CASES / "verified-coded-dicom"
FILM = next((CASE / "files").iterdir())
DAYS = 30


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory."""
    return tmp_path_factory.mktemp("d")


@pytest.fixture(scope="module")
def api(kept: Path) -> Iterator[Listening]:
    """An API whose files are deleted a month after their claim was closed, and are encrypted."""
    with listening(kept, retention_days=DAYS, blob_key=BlobKey.new()) as running:
        yield running


def film(folder: Path, tail: bytes) -> Path:
    """A film that nobody else sends: its preamble differs, which means nothing."""
    octets = FILM.read_bytes()
    path = folder / "pa8.dcm"
    path.write_bytes(tail.ljust(128, b"\0") + octets[128:])
    return path


def checked(api: Listening, caller: Caller, number: str, path: Path) -> Any:  # noqa: ANN401 - JSON is anything
    """Send a claim and its film, and let them be checked."""
    claim = json.loads((CASE / "claim.json").read_bytes())
    caller.send_claim({**claim, "claim_number": number})
    assert caller.send_file(number, path).status == 202
    work_off(api)
    return caller.claim(number).json


def pass_a_month(api: Listening, number: str) -> None:
    """Let everything of a claim be a month older."""
    with api.database.writing() as session:
        age(session, number)
    work_off(api)


def age(session: Session, number: str) -> None:
    """Let a claim's closure and its files be a month older."""
    month = timedelta(days=DAYS, seconds=1)
    for closure in session.scalars(select(ClosureRow).join(ClaimRow).where(ClaimRow.number == number)):
        closure.closed_at -= month
    for file in session.scalars(select(AttachmentRow).where(AttachmentRow.claim_number == number)):
        file.received_at -= month


def close(caller: Caller, number: str) -> int:
    return post(caller, f"/v1/claims/{number}/closure", reason="paid in full").status


def blob_of(api: Listening, number: str, caller: Caller) -> bool:
    """Whether the bytes of the claim's one file lie there."""
    (file,) = caller.claim(number).json["attachments"]
    here: bool = api.app.state.premises.blobs.has(file["sha256"])
    return here


def test_a_file_goes_after_its_time_and_what_was_found_stays(api: Listening, tmp_path: Path) -> None:
    caller = api.caller("month")
    before = checked(api, caller, "M-1", film(tmp_path, b"month"))
    assert (before["outcome"], blob_of(api, "M-1", caller)) == ("verified", True)
    assert [close(caller, "M-1"), close(caller, "M-1")] == [201, 200]
    work_off(api)
    assert blob_of(api, "M-1", caller)
    pass_a_month(api, "M-1")
    assert not blob_of(api, "M-1", caller)
    after = caller.claim("M-1").json
    assert after["attachments"][0].pop("deleted_at") is not None
    assert before["attachments"][0].pop("deleted_at") is None
    for stands in (before, after):  # which was moved to let a month pass
        stands["attachments"][0].pop("received_at")
    assert after == before
    with api.database.looking() as session:
        row = session.scalars(select(TombstoneRow).where(TombstoneRow.organisation == "month")).one()
        assert (row.sha256, row.size) == (after["attachments"][0]["sha256"], after["attachments"][0]["size"])
        assert row.removed_at is not None
        gone = select(AuditRow.thing).where(AuditRow.organisation == "month", AuditRow.action == "retention")
        assert session.scalars(gone).all() == [row.sha256]


def test_a_claim_whose_files_are_gone_is_judged_from_its_readings_even_by_a_newer_reader(
    api: Listening, tmp_path: Path
) -> None:
    caller = api.caller("again")
    checked(api, caller, "A-1", film(tmp_path, b"again"))
    close(caller, "A-1")
    pass_a_month(api, "A-1")
    with api.database.writing() as session:  # as if an earlier reader had read it, under an earlier policy
        session.execute(update(ReadingRow).where(ReadingRow.organisation == "again").values(reader="0"))
        claim = session.scalars(select(ClaimRow).where(ClaimRow.organisation == "again")).one()
        session.execute(delete(VerificationRow).where(VerificationRow.claim_id == claim.id))
        claim.outcome = None
        promise(session, Work.VERIFY, of=claim, clock=Clock(now=NOON, resend=timedelta(0)))
    work_off(api)
    assert caller.claim("A-1").json["outcome"] == "verified"


def test_bytes_that_another_organisation_needs_stay_until_it_does_not(api: Listening, tmp_path: Path) -> None:
    one, other, path = api.caller("one"), api.caller("other"), film(tmp_path, b"shared")
    checked(api, one, "ONE-1", path)
    checked(api, other, "OTHER-1", path)
    close(one, "ONE-1")
    pass_a_month(api, "ONE-1")
    assert one.claim("ONE-1").json["attachments"][0]["deleted_at"]
    assert blob_of(api, "OTHER-1", other)
    assert other.claim("OTHER-1").json["attachments"][0]["deleted_at"] is None
    close(other, "OTHER-1")
    pass_a_month(api, "OTHER-1")
    assert not blob_of(api, "OTHER-1", other)


def test_the_same_bytes_again_bring_a_file_back_for_another_month(api: Listening, tmp_path: Path) -> None:
    caller, path = api.caller("back"), film(tmp_path, b"back")
    checked(api, caller, "B-1", path)
    close(caller, "B-1")
    pass_a_month(api, "B-1")
    assert caller.send_file("B-1", path).status == 202
    work_off(api)
    stands = caller.claim("B-1").json
    assert (stands["state"], stands["outcome"]) == ("checked", "verified")
    assert stands["attachments"][0]["deleted_at"] is None
    assert stands["attachments"][0]["read"]
    assert blob_of(api, "B-1", caller)
    pass_a_month(api, "B-1")
    assert not blob_of(api, "B-1", caller)


def test_a_new_revision_opens_a_claim_and_keeps_its_files(api: Listening, tmp_path: Path) -> None:
    caller = api.caller("reopened")
    checked(api, caller, "R-1", film(tmp_path, b"reopened"))
    close(caller, "R-1")
    closed = caller.ask("GET", "/v1/claims/R-1/closure").json
    assert (closed["closed"], closed["reason"]) == (True, "paid in full")
    assert closed["files_kept_until"]
    claim = json.loads((CASE / "claim.json").read_bytes())
    caller.send_claim({**claim, "claim_number": "R-1"})  # the same again is no new revision
    assert caller.ask("GET", "/v1/claims/R-1/closure").json["closed"]
    caller.send_claim({**claim, "claim_number": "R-1", "received_date": "2026-02-13"})
    assert not caller.ask("GET", "/v1/claims/R-1/closure").json["closed"]
    pass_a_month(api, "R-1")
    assert blob_of(api, "R-1", caller)


def test_a_dry_run_deletes_nothing_and_a_run_what_it_showed(api: Listening, kept: Path, tmp_path: Path) -> None:
    caller = api.caller("dry", scopes=frozenset(Scope))
    checked(api, caller, "D-1", film(tmp_path, b"dry"))
    close(caller, "D-1")
    (file,) = caller.claim("D-1").json["attachments"]
    with api.database.writing() as session:
        age(session, "D-1")
    dry = command(kept, "retention", "--dry-run")
    assert f"dry  D-1  {file['sha256']}  {file['size']}" in dry.stdout
    assert blob_of(api, "D-1", caller)
    done = command(kept, "retention")
    assert done.stdout == "1 files deleted; 1 of them were needed by nobody else and are gone from the disk.\n"
    assert not blob_of(api, "D-1", caller)


def test_without_a_setting_files_are_kept_for_ever(kept: Path) -> None:
    refused = command(kept, "retention", days=None)
    assert refused.exit_code == 1
    assert "APEXPROOF_RETENTION_DAYS" in refused.stderr


def test_files_are_sealed_anew_while_the_service_runs(api: Listening, kept: Path, tmp_path: Path) -> None:
    caller = api.caller("rekeyed")
    checked(api, caller, "K-1", film(tmp_path, b"rekeyed"))
    former = api.app.state.premises.settings.blob_key.get_secret_value()
    done = command(kept, "blobs", "rekey", key=f"{BlobKey.new()},{former}")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "files encrypted anew" in done.stdout
    files = [path for path in (kept / "blobs").glob("??/*") if path.is_file()]
    assert files
    assert all(is_sealed(path) for path in files)
    locked = command(kept, "blobs", "rekey", key=BlobKey.new())
    assert locked.exit_code == 1
    assert "APEXPROOF_BLOB_KEY" in locked.stderr


def test_the_audit_trail_of_all_this_holds_and_is_shown(api: Listening, kept: Path) -> None:
    caller = api.caller("told")
    claim = json.loads((CASE / "claim.json").read_bytes())
    caller.send_claim({**claim, "claim_number": "T-1"})
    work_off(api)
    whole = command(kept, "audit", "verify")
    assert (whole.exit_code, whole.stderr) == (0, "")
    (end,) = [line for line in whole.stdout.splitlines() if line.startswith("told:")]
    shown = command(kept, "audit", "show", "--organisation", "told", "--claim", "T-1").stdout.splitlines()
    assert ["work verify" in shown[0], "POST /v1/claims" in shown[1]] == [True, True]
    assert command(kept, "audit", "verify", "--known", end).exit_code == 0
    with api.database.writing() as session:
        session.execute(delete(AuditRow).where(AuditRow.organisation == "told", AuditRow.position == 1))
    broken = command(kept, "audit", "verify", "--organisation", "told", "--known", "told:1:0")
    assert broken.exit_code == 1
    assert "told: entry 1 is missing." in broken.stderr
    assert "not the one that was known" in broken.stderr


def command(data_dir: Path, *words: str, days: int | None = DAYS, key: str | None = None) -> Result:
    """Run a command of the command line on the data directory."""
    stated = {
        "APEXPROOF_DATA_DIR": str(data_dir),
        "APEXPROOF_RETENTION_DAYS": str(days) if days else None,
        "APEXPROOF_BLOB_KEY": key,
    }
    return CliRunner().invoke(main, list(words), env=stated)
