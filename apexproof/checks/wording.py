"""Wording: how the nouns read in a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apexproof.claim import EarlierService, ServiceLine
from apexproof.radiograph import PatientStatement, TeethStatement
from apexproof.tooth import Tooth
from apexproof.view import View, ViewStatement


def listed(words: Iterable[str]) -> str:
    """Words in a row, as in `a, b and c`."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def at_most(words: Sequence[str], most: int = 5) -> str:
    """Words in a row, cut short with the number of those left out."""
    if len(words) <= most:
        return listed(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"


def days_in_words(days: int) -> str:
    """A number of days, as in `1 day`."""
    return "1 day" if days == 1 else f"{days} days"


def view_in_words(statement: ViewStatement) -> str:
    """The views that a statement leaves possible, as in `periapical or bitewing`; with how sure the pixels are."""
    if statement.probabilities is not None:
        view, share = statement.probabilities.shares[0]
        likeliest = f"{view.label} with a probability of {share:.0%}"
        return likeliest if len(statement.possible) == 1 else f"undecided, most likely {likeliest}"
    if statement.colourfulness is not None:
        return f"colour of {statement.colourfulness:.3f} beyond one tint"
    if len(statement.possible) == 1:
        return next(iter(statement.possible)).label
    return " or ".join(view.label for view in View if view in statement.possible)


def tooth_list(teeth: Iterable[Tooth]) -> str:
    """Teeth in a row, as in `#8 (FDI 11), #9 (FDI 21)`."""
    return ", ".join(map(str, teeth))


def teeth_in_words(statement: TeethStatement) -> str:
    """What was written and how it can be read, as in `'11': #11 (FDI 23) or #8 (FDI 11)`."""
    if statement.settled is not None:
        return tooth_list(statement.settled)
    readings = " or ".join(tooth_list(reading.teeth) for reading in statement.readings)
    return f"'{statement.written}': {readings or 'no tooth'}"


def patient_in_words(statement: PatientStatement) -> str:
    """Who a picture is said to be of, as in `Quill, Marigold, born 2017-03-03`."""
    parts = (
        str(statement.name) if statement.name else "",
        f"born {' or '.join(map(str, statement.possible_births))}" if statement.possible_births else "",
        f"chart number {statement.chart_number}" if statement.chart_number else "",
    )
    return ", ".join(part for part in parts if part) or "nobody named"


def visit_in_words(line: ServiceLine) -> str:
    """When the visit was, as in `2026-02-03 09:30` or `2026-02-03 to 2026-02-10`."""
    if line.first_day is None:
        return "no date"
    if line.last_day != line.first_day:
        return f"{line.first_day} to {line.last_day}"
    return f"{line.first_day} {line.start_time:%H:%M}" if line.start_time else line.first_day.isoformat()


def service_in_words(service: EarlierService) -> str:
    """An earlier service, as in `D3351 on 2026-01-05, claim C-1`."""
    words = service.procedure
    if service.service_date is not None:
        words += f" on {service.service_date}"
    return f"{words}, claim {service.claim_number}" if service.claim_number else words
