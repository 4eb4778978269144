"""Whole: what must be true of a service at last, whatever happened to it in between.

Every byte that it accepted is there under its hash; no job is open or was given up; each claim says what a run of the
library in one process says of the same files, once for each question, and holds the last that it says; no entry is
missing in the audit trail.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from apexproof.claim import AttachedFile
from apexproof.formats.native import parse_claims
from apexproof.formats.verification_json import claim_json
from apexproof.intake import check_in_depth
from apexproof.judging import dossiers_of
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.store.audit import breaks, unsealed
from apexproof.store.blobs import key_of
from apexproof.store.database import Database
from apexproof.store.dossiers import Dossier
from apexproof.store.jobs import OPEN, JobState
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow, VerificationRow
from tests.service.sent import claim
from tests.service.served import until

_AT_ONCE = 200  # claims whose rows are fetched together
_FEW = 50  # files that are read before other processes would have been started
_POLICY = load_policy("payer")
Files = Mapping[str, Sequence[Path]]
"""The files of each claim, by its number."""


def must_be_whole(claims: Files, database: Database, blobs: Path, *, patience: float) -> None:
    """All of it; wait for work that is still to be done."""
    until(lambda: not _unended(database), "jobs stay open", patience=patience)
    with database.looking() as session:
        assert _jobs(session, JobState.SET_ASIDE) == 0
        assert list(breaks(session)) == []
    files = [path for of_claim in claims.values() for path in of_claim]
    for path in files:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        assert hashlib.sha256((blobs / key_of(sha256)).read_bytes()).hexdigest() == sha256
    readings = _readings(files)
    numbers = list(claims)
    for first in range(0, len(numbers), _AT_ONCE):
        with database.looking() as session:
            some = {number: claims[number] for number in numbers[first : first + _AT_ONCE]}
            _must_be_answered(session, some, readings)


def verifications(session: Session, claim_ids: Iterable[int] | None = None) -> dict[int, list[VerificationRow]]:
    """The answers of each claim, the first one first; of all claims unless some are named."""
    wanted = select(VerificationRow).order_by(VerificationRow.claim_id, VerificationRow.number)
    if claim_ids is not None:
        wanted = wanted.where(VerificationRow.claim_id.in_(list(claim_ids)))
    found: dict[int, list[VerificationRow]] = {}
    for row in session.scalars(wanted):
        found.setdefault(row.claim_id, []).append(row)
    return found


def _unended(database: Database) -> int:
    with database.looking() as session:
        return _jobs(session, *OPEN) + unsealed(session)


def _jobs(session: Session, *states: JobState) -> int:
    return session.scalar(select(func.count()).select_from(JobRow).where(JobRow.state.in_(states))) or 0


def _must_be_answered(session: Session, claims: Files, readings: Mapping[Path, FileReading]) -> None:
    rows = {row.number: row for row in session.scalars(select(ClaimRow).where(ClaimRow.number.in_(list(claims))))}
    assert rows.keys() == claims.keys()
    (organisation,) = {row.organisation for row in rows.values()}
    ids = [row.id for row in rows.values()]
    dossiers = {dossier.claim_id: dossier for dossier in dossiers_of(session, organisation, ids)}
    answers = verifications(session, ids)
    kept = Counter(session.scalars(select(AttachmentRow.claim_id).where(AttachmentRow.claim_id.in_(ids))))
    for number, files in claims.items():
        row = rows[number]
        assert kept[row.id] == len(files)
        _must_be_answered_once(row, answers[row.id])
        assert json.loads(answers[row.id][-1].document) == _clean_run(dossiers[row.id], files, readings)


def _must_be_answered_once(row: ClaimRow, answers: Sequence[VerificationRow]) -> None:
    assert [answer.number for answer in answers] == list(range(1, len(answers) + 1))
    assert row.verification == len(answers)
    asked = Counter(
        (one.revision, one.files_digest, one.reader, one.engine, one.policy_digest, one.history_digest)
        for one in answers
    )
    assert set(asked.values()) == {1}


def _clean_run(dossier: Dossier, files: Sequence[Path], readings: Mapping[Path, FileReading]) -> Any:  # noqa: ANN401 - JSON is anything
    """What the library says of a claim and its files in one go and one process, with what other claims say now."""
    (claimed,) = parse_claims(claim(dossier.number), origin="test")
    paths = {file.name: file for file in sorted(files)}
    attached = [AttachedFile(name=name, reading=readings[path]) for name, path in paths.items()]

    def read_words(asked: Iterable[AttachedFile]) -> list[FileReading]:
        return [read_file(paths[file.name], limits=Limits(), depth=Depth.WORDS) for file in asked]

    checked = check_in_depth(
        [claimed], attached, dossier.past.history, _POLICY, words=_POLICY.words.burned_in, read_words=read_words
    )
    return json.loads(claim_json(checked.verifications[0]))


def _readings(files: Sequence[Path]) -> dict[Path, FileReading]:
    """What is read in each file, on all cores when there are many."""
    if len(files) < _FEW:
        return {path: _read(path) for path in files}
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return dict(zip(files, pool.map(_read, files, chunksize=8), strict=True))


def _read(path: Path) -> FileReading:
    return read_file(path, limits=Limits(), depth=Depth.PIXELS)
