"""What a claim is made of."""

from __future__ import annotations

from datetime import date

import pytest

from apexproof.claim import ServiceLine

DAY, DAY_AFTER = date(2026, 2, 3), date(2026, 2, 4)


@pytest.mark.parametrize(("first", "last"), [(DAY, None), (None, DAY), (DAY_AFTER, DAY)])
def test_days_of_a_service_that_are_no_period_are_refused(first: date | None, last: date | None) -> None:
    with pytest.raises(ValueError, match="a service"):
        ServiceLine(number=1, procedure="D3351", first_day=first, last_day=last)


@pytest.mark.parametrize(("first", "last"), [(None, None), (DAY, DAY), (DAY, DAY_AFTER)])
def test_a_service_has_a_period_a_day_or_no_date(first: date | None, last: date | None) -> None:
    line = ServiceLine(number=1, procedure="D3351", first_day=first, last_day=last)
    assert (line.first_day, line.last_day) == (first, last)
