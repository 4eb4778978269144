"""The kept files' encryption: blobs key, blobs rekey."""

from __future__ import annotations

import click


@click.group()
def blobs() -> None:
    """Encrypt the kept files, and change the key.

    \b
    Examples:
      apexproof blobs key > blob.key         a new key; name it: APEXPROOF_BLOB_KEY_FILE=blob.key
      apexproof blobs rekey                  encrypt what is plain, or encrypted under a former key
    """


@blobs.command("key")
def new_key() -> None:
    """Print a new key. Keep a copy elsewhere: without it the files that it encrypts are lost."""
    from apexproof.store.sealing import BlobKey

    click.echo(BlobKey.new())


@blobs.command("rekey")
def rekey() -> None:
    """Encrypt every file under the first key that is set; the service may run meanwhile.

    To change keys: put the new one before the old one, start the service again, run this, then take the old one out.
    """
    from apexproof.settings import load_settings
    from apexproof.store.blobs import BlobDamaged
    from apexproof.store.bucket import open_blobs
    from apexproof.store.schema import current_database
    from apexproof.store.sealing import BlobLocked, keys_of
    from apexproof.store.tombstones import hold_blob

    settings = load_settings()
    if not keys_of(settings):
        raise click.ClickException(
            "There is no key; make one with 'apexproof blobs key' and set APEXPROOF_BLOB_KEY_FILE."
        )
    database, files = current_database(settings), open_blobs(settings)
    done = left = 0
    for sha256 in files.hashes():
        try:
            with database.writing() as session:
                hold_blob(session, sha256)  # so that a file that is deleted meanwhile does not come back
                done += files.has(sha256) and files.rekey(sha256)
        except (BlobDamaged, BlobLocked) as error:
            left += 1
            click.echo(f"{sha256}: {error}", err=True)
    click.echo(f"{done} files encrypted anew.")
    if left:
        raise click.ClickException(f"{left} files were left as they are; the reasons stand above.")
