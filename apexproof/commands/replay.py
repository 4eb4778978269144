"""A verification made again, for whoever asks years later: replay."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from apexproof.radiograph import FileReading
    from apexproof.reading.part import Depth
    from apexproof.store.database import Database
    from apexproof.store.tables import ClaimRow

_NOT_ALL_THE_SAME = 1
_AT_ONCE = 500
_FILES_AT_HAND = 32  # the verifications of one claim share their files


@click.command()
@click.option("--organisation", default="main", show_default=True, metavar="NAME", help="Whose claims.")
@click.option("--verification", "which", type=click.IntRange(min=1), metavar="N", help="This one of each claim alone.")
@click.option("--read", "reads", is_flag=True, help="Read the files anew, too, instead of taking what was read.")
@click.argument("numbers", nargs=-1, metavar="[CLAIM...]")
def replay(organisation: str, which: int | None, reads: bool, numbers: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes flags
    """Make stored verifications again from what they were made from, and compare them byte for byte.

    Of all claims of the organisation, or of those that are named. Exit status: 0 all are the same, 1 not all are, or
    some could not be made again; each of those is named with the reason.

    \b
    Examples:
      apexproof replay
      apexproof replay SYN-0001 --read
      apexproof replay SYN-0001 --verification 2
    """
    from collections import Counter
    from functools import lru_cache

    from apexproof.audit_trail import note_command
    from apexproof.reading.sandbox import Sandbox
    from apexproof.replaying import Sameness, replay_claim
    from apexproof.settings import load_settings
    from apexproof.store.bucket import open_blobs
    from apexproof.store.schema import current_database

    settings = load_settings()
    database, blobs = current_database(settings), open_blobs(settings)
    with database.writing() as session:
        thing = " ".join(str(one) for one in (which, "read" if reads else None) if one) or "all"
        note_command(session, "replay", organisation=organisation, thing=thing, now=datetime.now(UTC))
    found: Counter[Sameness] = Counter()
    with Sandbox() as sandbox:

        @lru_cache(maxsize=_FILES_AT_HAND)
        def read_anew(sha256: str, depth: Depth) -> FileReading | None:
            if not blobs.has(sha256):
                return None
            with blobs.at_hand(sha256) as path:
                return sandbox.read(path, depth=depth)

        for session, claim in _claims(database, organisation, numbers):
            for one in replay_claim(session, claim, only=which, read=read_anew if reads else None):
                found[one.sameness] += 1
                if one.sameness is not Sameness.SAME:
                    click.echo(f"{claim.number}, verification {one.number}: {one.sameness}. {one.why}")
    parted = f"{found[Sameness.DIFFERS]} differ, {found[Sameness.NOT_REPLAYED]} could not be replayed."
    click.echo(f"{found.total()} verifications: {found[Sameness.SAME]} the same to the byte, {parted}")
    if found.total() != found[Sameness.SAME]:
        sys.exit(_NOT_ALL_THE_SAME)


def _claims(database: Database, organisation: str, numbers: Sequence[str]) -> Iterator[tuple[Session, ClaimRow]]:
    """Each claim with the view in which it stands; of all claims, one view for some of them at a time."""
    from apexproof.store.claims import claim_by_number, claims_behind

    for number in numbers:
        with database.looking() as session:
            claim = claim_by_number(session, organisation, number)
            if claim is None:
                raise click.ClickException(f"The organisation '{organisation}' has no claim '{number}'.")
            yield session, claim
    last: int | None = None if numbers else 0
    while last is not None:
        with database.looking() as session:
            claims = claims_behind(session, organisation, last, most=_AT_ONCE)
            last = claims[-1].id if claims else None
            for claim in claims:
                yield session, claim
