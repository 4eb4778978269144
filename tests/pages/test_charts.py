"""Charts are to scale, and say every number in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.charts import BAR_WIDTH, LINE_HEIGHT, LINE_WIDTH, bars, line

NAMES = st.text(min_size=1, max_size=5)
COUNTED = st.lists(st.tuples(NAMES, st.integers(0, 10**6), st.none()), max_size=20)
SHARES = st.lists(
    st.integers(0, 500).flatmap(lambda of: st.tuples(NAMES, st.integers(0, of), st.just(of))), max_size=14
)


@given(counted=COUNTED)
def test_bars_are_as_long_as_their_numbers(counted: list[tuple[str, int, None]]) -> None:
    drawn = bars(counted, most=10)
    assert len(drawn.bars) + drawn.rest == len(counted)
    longest = max((number for _, number, _ in counted), default=0)
    for bar in drawn.bars:
        assert bar.length == pytest.approx(BAR_WIDTH * bar.number / longest if longest else 0)
        assert f"{bar.name}: {bar.number:,}" in drawn.words or not longest


@given(shares=SHARES)
def test_a_line_runs_through_every_month_that_has_a_number_and_breaks_where_there_is_none(
    shares: list[tuple[str, int, int]],
) -> None:
    drawn = line(shares)
    assert [point.of for point in drawn.points] == [of for _, _, of in shares]
    for point, (_, some, of) in zip(drawn.points, shares, strict=True):
        assert 0 <= point.x <= LINE_WIDTH
        if of:
            assert point.y == pytest.approx(LINE_HEIGHT * (1 - some / of))
            assert f"% of {of:,}" in drawn.words
        else:
            assert point.y is None
    runs = "".join("x" if of else " " for _, _, of in shares).split()
    assert [len(piece.split()) for piece in drawn.pieces] == [len(run) for run in runs if len(run) > 1]
