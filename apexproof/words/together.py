"""Several mentions of teeth in one place, as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import NumberingSystem

_MOST_COMBINATIONS = 16


def together(statements: Sequence[TeethStatement]) -> TeethStatement:
    """Several mentions in one place as one statement: all these teeth. Readings in two systems at once are left out."""
    combinations = [statement.readings for statement in statements]
    size = 1
    for readings in combinations:
        size *= len(readings)
    if size > _MOST_COMBINATIONS:
        # All first readings, all second ones: the same choice throughout is the likely one.
        widest = max(len(readings) for readings in combinations)
        chosen = [[readings[min(n, len(readings) - 1)] for readings in combinations] for n in range(widest)]
    else:
        chosen = [list(combination) for combination in product(*combinations)]
    consistent = [combination for combination in chosen if len(_systems(combination)) <= 1] or chosen
    joined = dict.fromkeys(_joined(combination) for combination in consistent)
    return TeethStatement(written=", ".join(s.written for s in statements), readings=tuple(joined))


def _systems(readings: Sequence[TeethReading]) -> set[NumberingSystem]:
    return {reading.system for reading in readings if reading.system is not None}


def _joined(readings: Sequence[TeethReading]) -> TeethReading:
    systems = _systems(readings)
    teeth = dict.fromkeys(tooth for reading in readings for tooth in reading.teeth)
    return TeethReading(system=systems.pop() if len(systems) == 1 else None, teeth=tuple(teeth))
