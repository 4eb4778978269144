"""Faults: the section of docs/trust.md about a service that was hurt under load, on each database."""

from __future__ import annotations

from dataclasses import replace

from trust.campaign import Campaign, Report, run
from trust.hurts import LONG
from trust.page import write_section

_CLAIMS_A_MINUTE, _FAULTS_A_MINUTE = 25, 34
_TITLE = "Kills, pauses, broken connections, full disks and set clocks under load"


def run_section(seed: int, minutes: float) -> None:
    """Hurt the service on SQLite, on PostgreSQL, and once for long, and write after each what came of it."""
    claims, faults = (max(1, round(minutes * often)) for often in (_CLAIMS_A_MINUTE, _FAULTS_A_MINUTE))
    on_sqlite = Campaign(seed=seed, claims=claims, faults=faults, postgres=False, seconds=minutes * 60)
    campaigns = {
        "SQLite": on_sqlite,
        "PostgreSQL": replace(on_sqlite, postgres=True),
        "SQLite, a minute without a broker": replace(on_sqlite, faults=1, only=(LONG,)),
    }
    words = (
        f"Seed {seed} (`python -m trust faults --seed {seed} --minutes {minutes:g}` hurts in the same order).\n"
        "After each run every accepted byte was there under its hash, every claim had the answer of a clean run and\n"
        "each question one answer, the history seen meanwhile was there unchanged, the audit trail was whole,\n"
        "and no job was open or given up."
    )
    told = [words]
    for name, campaign in campaigns.items():
        told.append(_told(name, run(campaign)))
        write_section("faults", _TITLE, "\n\n".join(told))


def _told(database: str, report: Report) -> str:
    hurt = "\n".join(f"- {name}: {number}" for name, number in sorted(report.done.items()))
    head = (
        f"**{database}**: {report.claims} claims with their files, {report.jobs} jobs, {report.done.total()} faults; "
        f"sent in {report.sending:.0f} s, whole and checked after {report.checked:.0f} s."
    )
    return "\n".join((head, *report.left_out, "", hurt))
