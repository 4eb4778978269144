"""Open claims to write reports of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from apexproof.formats.reports.heading import Heading
from apexproof.report import Counted, Missing, OpenClaim, Selection, Totals
from apexproof.verification import Outcome

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADING = Heading(organisation="marigold-dental", as_of=NOON, selection=Selection(payer="PAYER-1"))
MESSAGE, REMEDY = "pa8.dcm was taken after the visit.", "Attach the image that was taken before."


def open_claim(number: str = "C-1", *missing: Missing, days: int = 10) -> OpenClaim:
    """A claim that waits."""
    return OpenClaim(
        number=number,
        outcome=Outcome.CONTRADICTED,
        since=NOON - timedelta(days=days, hours=1),
        received_at=NOON - timedelta(days=days, hours=2),
        payer="PAYER-1",
        provider="1234567893",
        visit=date(2026, 2, 10),
        missing=missing or (Missing(check="APX401", message=MESSAGE, send=REMEDY),),
    )


def totals(claims: int = 1) -> Totals:
    """So many claims, all of one payer."""
    return Totals(
        claims=claims,
        not_judged_yet=2,
        by_outcome=(Counted(of="contradicted", claims=claims),),
        by_check=(Counted(of="APX401", claims=claims),),
        by_payer=(Counted(of="PAYER-1", claims=claims),),
        by_provider=(Counted(of=None, claims=claims),),
        by_age=(Counted(of="7 to 29 days", claims=claims),),
    )
