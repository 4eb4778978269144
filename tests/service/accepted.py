"""Accepted: what a service took in, and what must be true of it at last whatever happened in between."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from apexproof.claim import AttachedFile, History
from apexproof.formats.native import parse_claims
from apexproof.formats.verification_json import claim_json
from apexproof.intake import check_in_depth
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.review import dossiers_of
from apexproof.store.blobs import key_of
from apexproof.store.database import Database
from apexproof.store.jobs import OPEN
from apexproof.store.tables import ClaimRow, JobRow, VerificationRow
from fixtures.case import CASES
from tests.service.caller import PATIENCE_SECONDS, Caller
from tests.service.served import until

_CASE = CASES / "verified-coded-dicom"
_CLAIM = json.loads((_CASE / "claim.json").read_bytes())
_FILM = next((_CASE / "files").iterdir()).read_bytes()
_PREAMBLE = 128  # bytes at the beginning of a DICOM file that mean nothing (PS3.10, 7.1)


@dataclass(slots=True, kw_only=True)
class Accepted:
    """The claims that were answered with 2xx, each with its files; each claim's number begins with the `prefix`."""

    prefix: str
    folder: Path
    claims: dict[str, list[Path]] = field(default_factory=dict)

    def send(self, caller: Caller, *, files: int = 1) -> str:
        """Send a new claim with pictures that nobody sent before; its number."""
        number = f"{self.prefix}-{len(self.claims)}"
        assert self.send_claim(caller, number) == 201
        for _ in range(files):
            assert self.send_file(caller, number) == 202
        return number

    def send_claim(self, caller: Caller, number: str) -> int:
        """Send a claim; the status of the answer."""
        status = caller.send_claim(claim(number)).status
        if status in {200, 201}:
            self.claims[number] = []
        return status

    def send_file(self, caller: Caller, number: str) -> int:
        """Send a new picture for a claim that was sent; the status of the answer."""
        path = self.folder / f"{number}-{len(self.claims[number])}.dcm"
        path.write_bytes(hashlib.sha512(path.name.encode()).digest() * 2 + _FILM[_PREAMBLE:])  # a file of its own
        status = caller.send_file(number, path).status
        if status in {200, 202}:
            self.claims[number].append(path)
        return status

    def must_be_whole(self, database_url: str, blobs: Path, *, patience: float = PATIENCE_SECONDS) -> None:
        """Nothing is lost, nothing is left to do, and each claim says what a clean run says, once for each question."""
        database = Database(database_url)
        try:
            until(lambda: not self._open(database), "jobs stay open", patience=patience)
            for number, files in self.claims.items():
                for file in files:
                    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
                    assert hashlib.sha256((blobs / key_of(sha256)).read_bytes()).hexdigest() == sha256
                self._must_be_answered(database, number, files)
        finally:
            database.close()

    def _open(self, database: Database) -> bool:
        with database.looking() as session:
            return session.scalar(select(JobRow.id).where(JobRow.state.in_(OPEN)).limit(1)) is not None

    def _must_be_answered(self, database: Database, number: str, files: list[Path]) -> None:
        with database.looking() as session:
            claim_row = session.scalars(select(ClaimRow).where(ClaimRow.number == number)).one()
            found = select(VerificationRow).where(VerificationRow.claim_id == claim_row.id)
            rows = session.scalars(found.order_by(VerificationRow.number)).all()
            (dossier,) = dossiers_of(session, claim_row.organisation, [claim_row.id])
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert claim_row.verification == len(rows)
        asked = Counter(
            (row.revision, row.files_digest, row.reader, row.engine, row.policy_digest, row.history_digest)
            for row in rows
        )
        assert set(asked.values()) == {1}
        assert json.loads(rows[-1].document) == clean_run(number, files, dossier.past.history)


def claim(number: str) -> bytes:
    """A claim under that number."""
    return json.dumps({**_CLAIM, "claim_number": number}).encode()


def clean_run(number: str, files: Iterable[Path], history: History) -> Any:  # noqa: ANN401 - JSON is anything
    """What the library says of a claim and its files in one go and one process, with what other claims say now."""
    (claimed,) = parse_claims(claim(number), origin="test")
    paths = {file.name: file for file in sorted(files)}
    attached = [AttachedFile(name=name, reading=_read(path)) for name, path in paths.items()]
    policy = load_policy("payer")

    def read_words(asked: Iterable[AttachedFile]) -> list[FileReading]:
        return [_read(paths[file.name], Depth.WORDS) for file in asked]

    checked = check_in_depth([claimed], attached, history, policy, words=policy.words.burned_in, read_words=read_words)
    return json.loads(claim_json(checked.verifications[0]))


def _read(path: Path, depth: Depth = Depth.PIXELS) -> FileReading:
    return read_file(path, limits=Limits(), depth=depth)
