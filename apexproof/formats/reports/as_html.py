"""Reports as one HTML page that needs nothing else: to be read on a screen, by a screen reader, and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from apexproof.formats.reports.heading import Heading
from apexproof.report import OpenClaim, Summary, Totals

_AT_ONCE = 40  # pieces of the page that are sent together


def missing_evidence_html(
    heading: Heading, claims: Iterable[OpenClaim], totals: Callable[[], Totals]
) -> Iterator[bytes]:
    """Write the report; the totals are asked for when all claims are written."""
    return _written(_template("missing_evidence.html"), heading=heading, claims=claims, totals=totals)


def summary_html(heading: Heading, summary: Summary) -> Iterator[bytes]:
    """Write the summary."""
    return _written(_template("summary.html"), heading=heading, summary=summary)


def _written(template: Template, **said: object) -> Iterator[bytes]:
    stream = template.stream(**said)
    stream.enable_buffering(_AT_ONCE)
    for piece in stream:
        yield piece.encode()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("apexproof.formats.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
