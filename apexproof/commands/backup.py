"""A copy of the whole service, and the way back from it: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from apexproof.backup import Contents

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--verify", "only_verify", is_flag=True, help="Only verify the backup that is there.")
def backup(folder: Path, *, only_verify: bool) -> None:
    """Copy database and files into a new FOLDER while the service runs, and verify the copy.

    Encrypted files are copied as they are: keep their key elsewhere.

    \b
    Examples:
      apexproof backup /mnt/backup/2026-11-28
      apexproof backup /mnt/backup/2026-11-28 --verify
    """
    from apexproof.backup import back_up, verify
    from apexproof.settings import load_settings
    from apexproof.store.schema import current_database

    settings = load_settings()
    contents = verify(settings, folder) if only_verify else back_up(settings, current_database(settings), folder)
    click.echo(f"Whole: {_told(contents)}.")


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--dry-run", is_flag=True, help="Only verify the backup, and that the place is empty.")
def restore(folder: Path, *, dry_run: bool) -> None:
    """Bring a backup back into the database and the files that the settings name, which must be empty.

    The service must not run. A backup of SQLite can be brought back into PostgreSQL, and the other way round; one of an
    older version is brought along to this one's schema.

    \b
    Examples:
      apexproof restore /mnt/backup/2026-11-28 --dry-run
      APEXPROOF_DATA_DIR=/srv/new apexproof restore /mnt/backup/2026-11-28
    """
    from apexproof.backup import bring_back
    from apexproof.embedded import data_dir_held
    from apexproof.settings import load_settings
    from apexproof.store.schema import open_database

    settings = load_settings()
    with data_dir_held(settings.data_dir):
        contents = bring_back(settings, open_database(settings), folder, dry_run=dry_run)
    click.echo(f"{'Would be brought' if dry_run else 'Brought'} back: {_told(contents)}.")


def _told(contents: Contents) -> str:
    return (
        f"{contents.claims} claims, {contents.verifications} verifications, {contents.files} files, "
        f"schema {contents.schema}"
    )
