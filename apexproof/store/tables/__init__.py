"""The tables. Every row of a claim belongs to an organisation, and every query names it.

What a claim row repeats of its latest revision and verification (outcome, payer, day of the visit) is there to be
searched; the truth is in `claim_revisions` and `verifications`, to which rows are only ever added.
"""

from __future__ import annotations

from apexproof.store.tables.attachments import AttachmentRow, ReadingRow
from apexproof.store.tables.attestations import AttestationRow
from apexproof.store.tables.audit import AuditHeadRow, AuditRow
from apexproof.store.tables.base import Table
from apexproof.store.tables.claims import ClaimRow, ControlNumberRow, ObstacleRow, RevisionRow
from apexproof.store.tables.histories import (
    FilmKeyRow,
    FilmRow,
    HistoryRow,
    LikenessRow,
    PatientKeyRow,
    PrecedentRow,
)
from apexproof.store.tables.instances import InstanceRow
from apexproof.store.tables.jobs import JobRow, SweepRow
from apexproof.store.tables.keys import KeyRow
from apexproof.store.tables.reports import ReportPartRow, ReportRow, ReportScheduleRow
from apexproof.store.tables.reprocessing import DifferenceRow, ReprocessedClaimRow, ReprocessingRow
from apexproof.store.tables.retention import ClosureRow, TombstoneRow
from apexproof.store.tables.sessions import SessionRow
from apexproof.store.tables.sources import AttachmentSourceRow, InterchangeRow, RevisionSourceRow
from apexproof.store.tables.tallies import TallyRow
from apexproof.store.tables.verifications import PolicyRow, VerificationRow
from apexproof.store.tables.webhooks import DeliveryRow, WebhookRow

__all__ = [
    "AttachmentRow",
    "AttachmentSourceRow",
    "AttestationRow",
    "AuditHeadRow",
    "AuditRow",
    "ClaimRow",
    "ClosureRow",
    "ControlNumberRow",
    "DeliveryRow",
    "DifferenceRow",
    "FilmKeyRow",
    "FilmRow",
    "HistoryRow",
    "InstanceRow",
    "InterchangeRow",
    "JobRow",
    "KeyRow",
    "LikenessRow",
    "ObstacleRow",
    "PatientKeyRow",
    "PolicyRow",
    "PrecedentRow",
    "ReadingRow",
    "ReportPartRow",
    "ReportRow",
    "ReportScheduleRow",
    "ReprocessedClaimRow",
    "ReprocessingRow",
    "RevisionRow",
    "RevisionSourceRow",
    "SessionRow",
    "SweepRow",
    "Table",
    "TallyRow",
    "TombstoneRow",
    "VerificationRow",
    "WebhookRow",
]
