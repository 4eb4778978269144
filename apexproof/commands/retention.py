"""Files whose time is over: retention."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import click

_AT_ONCE = 1000


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
def retention(*, dry_run: bool) -> None:
    """Delete the files of claims that were closed long enough ago; what was found in them stays.

    APEXPROOF_RETENTION_DAYS says how long. The running service does the same by itself, some files at a time.

    \b
    Examples:
      apexproof retention --dry-run
      apexproof retention
    """
    from apexproof.audit_trail import operator
    from apexproof.retention import Retention, remove, to_remove
    from apexproof.settings import load_settings
    from apexproof.store.bucket import open_blobs
    from apexproof.store.schema import current_database

    settings = load_settings()
    if settings.retention_days is None:
        raise click.ClickException("Files are kept for ever; set APEXPROOF_RETENTION_DAYS to have them deleted.")
    database, blobs, now = current_database(settings), open_blobs(settings), datetime.now(UTC)
    rule = Retention(days=settings.retention_days, actor=operator(), address=socket.gethostname())
    if dry_run:
        with database.looking() as session:
            rows = rule.due(session, now=now, most=_AT_ONCE)
        for row in rows:
            click.echo(f"{row.organisation}  {row.claim_number}  {row.sha256}  {row.size}")
        more = f" and more, of which the first {_AT_ONCE} are shown" if len(rows) == _AT_ONCE else ""
        click.echo(f"{len(rows)} files{more} would be deleted.", err=True)
        return
    files = removed = 0
    while True:
        with database.writing() as session:
            buried = len(rule.bury(session, now=now, most=_AT_ONCE))
        with database.looking() as session:
            hashes = to_remove(session, most=_AT_ONCE)
        for sha256 in hashes:
            with database.writing() as session:
                removed += remove(session, blobs, sha256, now=now)
        files += buried
        if not buried and len(hashes) < _AT_ONCE:
            break
    click.echo(f"{files} files deleted; {removed} of them were needed by nobody else and are gone from the disk.")
