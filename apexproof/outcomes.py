"""Outcomes: what follows when a claim was judged. It is counted, and whoever wants to hear of it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from apexproof.radiograph import ReadingFault
from apexproof.store import tallies
from apexproof.store.dossiers import Dossier
from apexproof.store.jobs import Clock, Ring
from apexproof.store.tallies import Tally
from apexproof.store.verifications import made_since
from apexproof.webhooks import Moved, announce

_NONE = "none"


def moved(dossier: Dossier, outcome: str | None, verification: int | None) -> Moved:
    """That a claim that stood as its dossier says has this outcome now."""
    return Moved(
        organisation=dossier.organisation,
        claim=dossier.number,
        before=dossier.outcome,
        outcome=outcome,
        verification=verification,
    )


def judged(session: Session, claim_id: int, one: Moved, *, came: datetime, clock: Clock) -> list[Ring]:
    """Follow up a judgement of a claim, the last of which was received when it `came`."""
    if made_since(session, claim_id, came) == [(one.verification, clock.now)]:  # the first, and made just now
        tallies.add(session, Tally.VERDICT, one.outcome or _NONE, seconds=(clock.now - came).total_seconds())
    return changed(session, [one], clock)


def changed(session: Session, claims: Iterable[Moved], clock: Clock) -> list[Ring]:
    """Follow up the outcomes that an organisation's claims have now, where they are others than before."""
    others = [one for one in claims if one.outcome != one.before]
    counts = Counter((one.before or _NONE, one.outcome or _NONE) for one in others)
    for (before, after), number in sorted(counts.items()):
        tallies.add(session, Tally.OUTCOME_CHANGE, before, after, number=number)
    return announce(session, others, clock)


def read(session: Session, faults: Iterable[ReadingFault]) -> None:
    """Count what could not be read in a file, each kind of fault once."""
    for fault in sorted({fault.fault for fault in faults}):
        tallies.add(session, Tally.READING_FAULT, fault)
