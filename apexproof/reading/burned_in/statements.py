"""What the words of a page say of the radiograph, each as an observation with its place.

What was not read for sure is shown and not used. So is a letter for a milk tooth that a digit is easily taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from msgspec.structs import replace

from apexproof.exposure import DateOrder, ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.radiograph import BirthReadings, PatientStatement, TeethReading, TeethStatement
from apexproof.reading.burned_in.dates import WrittenDate
from apexproof.reading.burned_in.labels import Label
from apexproof.reading.burned_in.line import Box
from apexproof.reading.burned_in.names import find_name
from apexproof.reading.burned_in.page import Dated, Page
from apexproof.reading.burned_in.rows import Row
from apexproof.tooth import Tooth
from apexproof.view import View, ViewStatement
from apexproof.words.teeth import find_teeth
from apexproof.words.views import find_views

T = TypeVar("T")
_UNSURE = "it was not read for sure"
_EXCHANGED = "day and month may be exchanged"
_MIRRORED = "the words are mirrored, so the picture may show the teeth of the other side; export it again unmirrored"
_LIKE_DIGITS = frozenset(
    "ABDGIJLOQST"
)  # milk teeth: 4 is read as A, 8 as B, 0 as D, O or Q, 6 as G, 1 as I, J or L, 5 as S, 7 as T
# What may stand before a `#` that numbers a tooth: nothing, a date (blanked), another line, a view, a tooth. Scanners
# of other kinds write `IM #2` and `SE #3`.
_NUMBERS_TEETH = re.compile(
    r"(?i)(?:^|\s{2}|(?<![a-z])(?:pa|bwx?|bitewing|peri-?apical|x-?ray|for|of|and|r|l|tooth|teeth)|[\d&,;:|/-])\s?[:,|-]?\s?$"
)
_TORN = re.compile(r"\d \d")  # `1 4`: two teeth, or one
_DENTAL = re.compile(r"(?i)periapical|iopa|dental|tooth|teeth|incisor|molar|canine|apex")
_SHORT, _SHORT_SURE = 3, 0.95  # letters of a row below which grain may look like it, and how sure they must be
_SIDES = {"R": "right", "RIGHT": "right", "L": "left", "LEFT": "left"}
# Quadrants and positions of ISO 3950 on either side of the patient: permanent teeth, then milk teeth.
_OF_SIDE = {"right": (((1, 4), 8), ((5, 8), 5)), "left": (((2, 3), 8), ((6, 7), 5))}


def exposure_of(page: Page) -> Iterator[Observation[ExposureInterval]]:
    """When the picture was taken, as far as dates in it say: labelled, bounded, or bare and the only one."""
    exposed = [dated for dated in page.dates if dated.label is Label.EXPOSED]
    for dated in exposed:
        yield _interval(dated)
    if not exposed:
        yield from _bare(page)
    for dated in page.dates:
        if dated.label is Label.LATER:
            yield _interval(dated, bound=True, note="the day on which it was exported, printed or saved")


def _bare(page: Page) -> Iterator[Observation[ExposureInterval]]:
    births = {dated.written.days for dated in page.dates if dated.label is Label.BORN}
    bare = [dated for dated in page.dates if dated.label is Label.NONE and dated.written.days not in births]
    sure = [dated for dated in bare if dated.sure]
    yield from (_interval(dated) for dated in bare if not dated.sure)
    if len({dated.written.days for dated in sure}) == 1:
        yield _interval(max(sure, key=lambda dated: dated.written.times is not None))
    elif sure:
        # One may be a birth date or the day of the export: whichever was the exposure, it was not after the last.
        last = max(sure, key=lambda dated: max(day for _, day in dated.written.days))
        yield _interval(last, bound=True, note="several dates stand in the picture, and nothing says which is which")


def _interval(dated: Dated, *, bound: bool = False, note: str | None = None) -> Observation[ExposureInterval]:
    if not dated.sure:
        return _observed(None, dated.box, note=_UNSURE)
    interval = dated.written.interval()
    if dated.written.day is None:
        note = _EXCHANGED + (f"; {note}" if note else "")
    return _observed(interval.as_upper_bound() if bound else interval, dated.box, note=note)


def patient_of(page: Page) -> Iterator[Observation[PatientStatement]]:
    """Name and birth date: in one statement when each stands there once, else each for itself."""
    names = [(row, found) for row in page.rows if (found := find_name(row.text)) is not None]
    births = [dated for dated in page.dates if dated.label is Label.BORN]
    good = [(row, found) for row, found in names if row.sure(found.start, found.end)]
    born = [(dated, said) for dated in births if (said := _born(dated.written, page)) is not None and dated.sure]
    if len(good) == 1 and len(born) == 1:
        (row, found), (dated, said) = good[0], born[0]
        yield _of_patient(replace(said, name=found.name), row.box(found.start, found.end), dated.box)
    else:
        for row, found in good:
            yield _observed(PatientStatement(name=found.name), row.box(found.start, found.end))
        for dated, said in born:
            yield _of_patient(said, dated.box)
    for row, found in names:
        if not row.sure(found.start, found.end):
            yield _observed(None, row.box(found.start, found.end), note=_UNSURE)
    for dated in births:
        if not dated.sure:
            yield _observed(None, dated.box, note=_UNSURE)
        elif _born(dated.written, page) is None:
            yield _observed(None, dated.box, note="a birth date whose century is not certain")


def _of_patient(statement: PatientStatement, *boxes: Box) -> Observation[PatientStatement]:
    return _observed(statement, *boxes, note=_EXCHANGED if statement.birth_readings else None)


def _born(written: WrittenDate, page: Page) -> PatientStatement | None:
    """The birth date in every order in which it lies before the picture was taken, as far as that is known.

    A short year is of this century when the picture was taken after it, and else not certain.
    """
    others = [d.written.interval().latest for d in page.dates if d.sure and d.label is not Label.BORN]
    latest = max((moment.date() for moment in others if moment), default=None)
    if written.short_year and latest is None:
        return None
    days = {order: day for order, day in written.days if latest is None or day <= latest}
    if len(set(days.values())) == 1:
        return PatientStatement(birth_date=next(iter(days.values())))
    month_first, day_first = days.get(DateOrder.MONTH_FIRST), days.get(DateOrder.DAY_FIRST)
    if month_first is None or day_first is None:
        return None
    return PatientStatement(birth_readings=BirthReadings(month_first=month_first, day_first=day_first))


def views_of(page: Page) -> Iterator[Observation[ViewStatement]]:
    """The views that are named. `PA` alone is also the posteroanterior view of a chest, and then a guess."""
    dental = any(_DENTAL.search(row.text) or find_teeth(row.text, bare_numbers=False) for row in page.rows)
    for row in page.rows:
        words = _without_dates(row, page)
        statement = find_views(words)
        if statement is None:
            continue
        box = row.box(0, len(row.text))
        long_enough = len(words.strip()) > _SHORT or min(row.sureness) >= _SHORT_SURE
        if find_views(_sure_words(row, words)) != statement or not long_enough:
            yield _observed(None, box, note=_UNSURE)
        elif statement.view is View.PERIAPICAL and not dental:
            note = "PA may be another view than periapical, and no other word in the picture is of teeth"
            yield Observation(value=statement, source=_where(box), strength=Strength.BOUND, note=note)
        else:
            yield _observed(statement, box)


def teeth_of(page: Page) -> Iterator[Observation[TeethStatement]]:
    """The teeth that are named, each statement with its place, then the marker of a side."""
    for row in page.rows:
        words = _without_dates(row, page)
        reached = 0
        for statement in find_teeth(words, bare_numbers=False):
            start = max(0, words.find(statement.written, reached))
            reached = start + len(statement.written)
            box = row.box(start, reached)
            if page.direction.mirrored:
                yield _observed(None, box, note=_MIRRORED)
            elif statement.written.startswith("#") and not _NUMBERS_TEETH.search(words[:start]):
                yield _observed(None, box, note="the number sign may stand for something else than a tooth")
            elif not row.sure(start, reached) or _like_a_digit(statement) or _TORN.search(statement.written):
                yield _observed(None, box, note=_UNSURE)
            else:
                yield _observed(statement, box)
    if not page.direction.mirrored:
        yield from _markers(page)


def _markers(page: Page) -> Iterator[Observation[TeethStatement]]:
    """R or L alone: the patient's side. One letter is little, so it is no more than a guess."""
    sides = {
        row.text.strip(): row for row in page.rows if row.text.strip() in _SIDES and min(row.sureness) > _SHORT_SURE
    }
    if len({_SIDES[word] for word in sides}) != 1:
        return
    word, row = next(iter(sides.items()))
    readings = tuple(
        TeethReading(
            system=None, teeth=tuple(Tooth(fdi=q * 10 + place) for q in quadrants for place in range(1, most + 1))
        )
        for quadrants, most in _OF_SIDE[_SIDES[word]]
    )
    statement = TeethStatement(written=word, readings=readings)
    where = _where(row.box(0, len(row.text)))
    yield Observation(value=statement, source=where, strength=Strength.BOUND, note="the marker of a side")


def _like_a_digit(statement: TeethStatement) -> bool:
    written = statement.written.upper().replace("TEETH", "").replace("TOOTH", "").strip(" #:")
    return len(written) == 1 and written in _LIKE_DIGITS


def _without_dates(row: Row, page: Page) -> str:
    """The text of a row with its dates blanked, so that no part of one is taken for a tooth."""
    text = row.text
    for dated in page.dates:
        if dated.row is row:
            start, end = dated.written.start, dated.written.end
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _sure_words(row: Row, text: str) -> str:
    """The text with words blanked that have a doubtful letter."""
    letters = list(text)
    start = 0
    for word in text.split(" "):
        end = start + len(word)
        if not row.sure(start, end):
            letters[start:end] = "?" * (end - start)
        start = end + 1
    return "".join(letters)


def _observed(value: T | None, *boxes: Box, note: str | None = None) -> Observation[T]:
    return Observation(value=value, source=_where(*boxes), strength=Strength.BURNED_IN, note=note)


def _where(*boxes: Box) -> str:
    places = dict.fromkeys(str(box) for box in boxes)
    return f"words in the picture at {' and '.join(places)}"
