"""The calibration plot, as an SVG that any browser shows."""

from __future__ import annotations

_SIDE, _MARGIN = 320, 40
_LEAST = 0.2  # nothing is less likely than one of nine views by much


def calibration_plot(rows: list[tuple[float, float, float]]) -> str:
    """Confidence against truth: a dot for each bin, its area the share of pictures, and the line of perfection."""
    total = sum(weight for _, _, weight in rows)
    dots = "".join(
        f'<circle cx="{_x(confidence):.1f}" cy="{_y(right):.1f}" r="{3 + 22 * (weight / total) ** 0.5:.1f}"/>'
        for confidence, right, weight in rows
    )
    ticks = "".join(
        f'<text x="{_x(tick):.0f}" y="{_SIDE + _MARGIN + 16}" text-anchor="middle">{tick:.1f}</text>'
        f'<text x="{_MARGIN - 6}" y="{_y(tick) + 4:.0f}" text-anchor="end">{tick:.1f}</text>'
        for tick in (0.2, 0.4, 0.6, 0.8, 1.0)
    )
    size = _SIDE + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 10}" font-family="sans-serif"'
        ' font-size="11">'
        f'<rect width="{size}" height="{size + 10}" fill="#fff"/>'
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>'
        f'<line x1="{_x(_LEAST):.0f}" y1="{_y(_LEAST):.0f}" x2="{_x(1):.0f}" y2="{_y(1):.0f}" stroke="#888"/>'
        f'<g fill="#2563eb" fill-opacity="0.55">{dots}</g>{ticks}'
        f'<text x="{size / 2}" y="{size + 4}" text-anchor="middle">probability of the likeliest view</text>'
        f'<text x="{size / 2}" y="24" text-anchor="middle">how often it was right</text></svg>\n'
    )


def _x(share: float) -> float:
    return _MARGIN + (share - _LEAST) / (1 - _LEAST) * _SIDE


def _y(share: float) -> float:
    return _MARGIN + _SIDE - (share - _LEAST) / (1 - _LEAST) * _SIDE
