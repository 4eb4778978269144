"""Parameters: what several routes take in their addresses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from apexproof.errors import ApexproofError

PLAIN = r"^[^\x00-\x1f\x7f]+$"
"""No control characters: no number or name has one, and PostgreSQL takes no zero byte."""
NUMBER_MOST = 80
LARGEST_NUMBER = 2**31 - 1
"""What every column of whole numbers holds, on PostgreSQL, too."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(rf"{_DAY.pattern}[Tt]")


class ParameterUnknown(ApexproofError):
    """The address states a parameter that is none of its route's: a filter that is mistyped filters nothing."""

    def __init__(self, known: list[str]) -> None:
        """Name those that there are; what was sent may be anything."""
        there_are = f"it takes {', '.join(known)}" if known else "it takes none"
        super().__init__(f"The address has a parameter that is not known here; {there_are}.")


async def only_known(request: Request) -> None:
    """Refuse parameters in the address that the OpenAPI document does not name.

    Raises:
        ParameterUnknown: there is one.
    """
    if request.query_params:
        operation = request.app.openapi()["paths"][request.scope["route"].path_format][request.method.lower()]
        known = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
        if not request.query_params.keys() <= set(known):
            raise ParameterUnknown(known)


def _written_as_day(written: object) -> object:
    """Let a day through that is written as one; pydantic takes a bare number for seconds since 1970."""
    if not (written is None or (isinstance(written, str) and _DAY.fullmatch(written))):
        raise ValueError("must be a date like 2026-02-10")
    return written


def _written_as_moment(written: object) -> object:
    """Let a moment through that is written as one; pydantic takes a bare number for seconds since 1970."""
    if not (written is None or (isinstance(written, str) and _MOMENT.match(written))):
        raise ValueError("must be a moment like 2026-02-10T14:30:00Z")
    return written


def _known_to_utc(moment: datetime) -> datetime:
    """Let a moment through that has a place in UTC: an offset may carry it out of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999") from None


LEFT_EMPTY = BeforeValidator(lambda said: said or None)
"""A form sends what was left empty as an empty word. It stands outside of what is demanded of a word."""
Day = Annotated[date, BeforeValidator(_written_as_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_moment), AfterValidator(_known_to_utc)]
ClaimNumber = Annotated[str, Path(min_length=1, max_length=NUMBER_MOST, pattern=PLAIN, description="as the claim says")]
