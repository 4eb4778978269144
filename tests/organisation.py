"""Organisation: claims and files as they come to one, judged by its worker in this process, with readings made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import select

from apexproof.formats.native import parse_documents
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading, Radiograph
from apexproof.reception import receive_attachment, receive_document
from apexproof.review import judge_waiting, keep_reading, verify_claim
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob
from apexproof.store.claims import claim_by_number
from apexproof.store.database import Database
from apexproof.store.jobs import Clock, JobState, Work, finish
from apexproof.store.tables import AttachmentRow, JobRow, VerificationRow
from apexproof.store.verifications import history, verification

MARIGOLD = {"name": {"family": "Quill", "given": "Marigold"}, "birth_date": "2017-03-03", "member_id": "M-100"}
BASIL = {"name": {"family": "Fernsby", "given": "Basil"}, "birth_date": "2016-06-01", "member_id": "M-200"}
NARRATIVE = (
    "Tooth #8, trauma in a fall, necrotic pulp. Immature root with open apex. Canal accessed and irrigated,"
    " calcium hydroxide placed. Patient returns in 3 months to replace the medicament."
)


def line(procedure: str = "D3351", *, on: str = "8", day: str | None = "2026-02-03", number: int = 1) -> dict[str, Any]:
    """A service line."""
    said: dict[str, Any] = {"line": number, "procedure": procedure, "tooth": {"number": on, "system": "universal"}}
    return said | ({"service_date": day} if day else {})


@dataclass(slots=True, kw_only=True)
class Organisation:
    """Somebody whose claims are kept."""

    database: Database
    name: str = "marigold-dental"
    policy: str = "payer"
    readings: dict[str, FileReading] = field(default_factory=dict)
    judged: int = 0

    def claims(self, number: str, *lines: Mapping[str, Any], **more: object) -> None:
        """Claim something."""
        said: dict[str, object] = {"claim_number": number, "patient": MARIGOLD, "narrative": NARRATIVE}
        document = {**said, "lines": list(lines) or [line()], **more}
        (written,) = parse_documents(json.dumps(document).encode(), origin="test")
        with self.database.writing() as session:
            receive_document(session, self.name, written, _clock())

    def attaches(self, number: str, content: str, *pictures: Radiograph) -> str:
        """Attach a file in which these pictures are found."""
        sha256 = content.encode().hex().ljust(64, "0")[:64]
        reading = FileReading(sha256=sha256, size=1, kind="dicom", radiographs=pictures)
        self.readings[sha256] = reading
        sent = Sent(organisation=self.name, claim_number=number, file_name=f"{content}.dcm")
        with self.database.writing() as session:
            receive_attachment(session, sent, Blob(sha256=sha256, size=1), _clock())
        return sha256

    def works(self, *, most: int = 100) -> int:
        """Do all that is promised; how many claims were judged."""
        before = self.judged
        for _ in range(most):
            with self.database.looking() as session:
                job = session.scalars(select(JobRow).where(JobRow.state == JobState.QUEUED).order_by(JobRow.id)).first()
            if job is None:
                return self.judged - before
            with self.database.writing() as session:
                self._do(session, job)
                finish(session, job.id, now=_clock().now)
        raise AssertionError("the work does not end")

    def outcome(self, number: str) -> str | None:
        """What holds now."""
        with self.database.looking() as session:
            row = claim_by_number(session, self.name, number)
            return row.outcome if row else None

    def found(self, number: str, check: str) -> list[dict[str, Any]]:
        """What a check found, by the verification that holds now."""
        document = json.loads(self.standing(number).document)
        findings = [found for one in document["lines"] for found in one["findings"]]
        return [found for found in findings if found["check"] == check]

    def standing(self, number: str) -> VerificationRow:
        """The verification that holds now."""
        with self.database.looking() as session:
            row = claim_by_number(session, self.name, number)
            assert row is not None
            assert row.verification is not None
            found = verification(session, row.id, row.verification)
            assert found is not None
            return found[0]

    def verifications(self, number: str) -> list[str]:
        """The outcomes of all verifications, the first one first."""
        with self.database.looking() as session:
            row = claim_by_number(session, self.name, number)
            assert row is not None
            return [one.outcome for one, _ in history(session, row.id)]

    def _do(self, session: Any, job: JobRow) -> None:  # noqa: ANN401 - a session
        if job.work == Work.VERIFY and job.claim_id is not None:
            verify_claim(session, job.claim_id, load_policy(self.policy), _clock())
            self.judged += 1
        elif job.attachment_id is not None:
            sha256 = session.get_one(AttachmentRow, job.attachment_id).sha256
            keep_reading(session, job.attachment_id, replace(self.readings[sha256]), Work(job.work), _clock())
            judge_waiting(session, job.attachment_id, Work(job.work), _clock())


def _clock() -> Clock:
    return Clock(now=datetime(2026, 2, 12, 12, tzinfo=UTC), resend=timedelta(seconds=10))
