"""DICOM instances that wait for a person: inbox list, inbox join, inbox dismiss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from apexproof.store.tables import InstanceRow

_PAGE = 500
_ORGANISATION = click.option("--organisation", default="main", show_default=True, help="Whose inbox it is.")
_ENTRY = click.argument("entry", type=click.IntRange(1, 2**31 - 1))


@click.group()
def inbox() -> None:
    """See which images wait because no claim was surely theirs, and say where they belong.

    \b
    Examples:
      apexproof inbox list
      apexproof inbox join 17 AX-1001
      apexproof inbox dismiss 18
    """


@inbox.command("list")
@_ORGANISATION
def list_inbox(organisation: str) -> None:
    """List what waits, the longest waiting first: number, since when, from whom, why, and the SOP Instance UID.

    Whom it shows is not printed: join it by what the practice knows of the image.
    """
    from apexproof.settings import load_settings
    from apexproof.store.instances import waiting
    from apexproof.store.schema import current_database

    with current_database(load_settings()).looking() as session:
        last = 0
        while rows := waiting(session, organisation, after=last, most=_PAGE):
            for row in rows:
                click.echo(f"{row.id}  {row.received_at:%Y-%m-%d %H:%M}  {row.sender}  {row.why}  {row.uid}")
            last = rows[-1].id


@inbox.command("join")
@_ENTRY
@click.argument("claim")
@_ORGANISATION
def join_entry(entry: int, claim: str, organisation: str) -> None:
    """Let ENTRY belong to CLAIM, by its number; the claim is judged again with it."""
    from apexproof.imaging import assign
    from apexproof.store.claims import claim_by_number
    from apexproof.store.jobs import Clock

    with _waiting(entry, organisation, "join") as (session, row):
        found = claim_by_number(session, organisation, claim)
        if found is None:
            raise click.ClickException("There is no claim of this number.")
        assign(session, row, found, Clock(now=datetime.now(UTC), resend=timedelta(0)))  # the sweep rings for it


@inbox.command("dismiss")
@_ENTRY
@_ORGANISATION
def dismiss_entry(entry: int, organisation: str) -> None:
    """Let ENTRY belong to no claim: its file is deleted, that it came stays on record."""
    from apexproof.imaging import dismiss

    with _waiting(entry, organisation, "dismiss") as (session, row):
        dismiss(session, row, now=datetime.now(UTC))


@contextmanager
def _waiting(entry: int, organisation: str, command: str) -> Iterator[tuple[Session, InstanceRow]]:
    """What waits, held while the block lasts; the command leaves its entry in the audit trail."""
    from apexproof.audit_trail import note_command
    from apexproof.settings import load_settings
    from apexproof.store.instances import waiting_instance
    from apexproof.store.schema import current_database

    with current_database(load_settings()).writing() as session:
        row = waiting_instance(session, organisation, entry)
        if row is None:
            raise click.ClickException("Nothing of this number waits in the inbox.")
        yield session, row
        note_command(session, f"inbox {command}", organisation=organisation, thing=row.sha256, now=datetime.now(UTC))
