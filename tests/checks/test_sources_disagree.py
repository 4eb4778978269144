"""APX901."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apexproof.checks.case import Result
from apexproof.checks.sources_disagree import sources_disagree
from apexproof.exposure import ExposureInterval
from apexproof.observation import Strength
from apexproof.person import PersonName
from apexproof.radiograph import PatientStatement, TeethStatement
from apexproof.view import View
from tests.builders import MARIGOLD, at, by, judged, picture_of, said, teeth, views
from tests.checks.exhibits import ask

SOUND = picture_of()


def typed(value: Any) -> Any:  # noqa: ANN401 - an observation of any aspect
    return said(value, source="claim", strength=Strength.DECLARED)


@pytest.mark.parametrize(
    ("aspect", "word", "value"),
    [
        ("view", "view", views(View.PANORAMIC)),
        ("teeth", "tooth", teeth("9")),
        ("exposure", "date", at("2026-01-15")),
        ("patient", "patient", PatientStatement(name=PersonName(family="Thistle", given="Rowan"))),
        ("patient", "patient", PatientStatement(name=MARIGOLD.name, birth_date=date(2015, 1, 1))),
    ],
)
def test_typed_word_against_the_file_is_pointed_out(aspect: str, word: str, value: object) -> None:
    changes: dict[str, Any] = {aspect: (*getattr(SOUND, aspect), typed(value))}
    answer = ask(sources_disagree, picture_of(**changes))
    assert (sources_disagree.id, judged(answer)) == ("APX901", Result.UNSURE)
    assert (answer.measured, answer.limit) == (1, 0)
    assert f"its {word} (DICOM attribute against claim)" in answer.message
    assert [piece.strength for piece in answer.evidence][-1] is Strength.DECLARED


def test_agreeing_sources_pass() -> None:
    picture = picture_of(
        view=(*SOUND.view, typed(views(View.PERIAPICAL, View.BITEWING)), typed(views(View.UNKNOWN))),
        teeth=(*SOUND.teeth, typed(teeth("7", "8"))),
        exposure=(*SOUND.exposure, typed(at("2026-02-02")), said(by("2026-02-09"))),
        patient=(*SOUND.patient, typed(PatientStatement(chart_number="2002"))),
    )
    assert judged(ask(sources_disagree, picture)) is Result.PASS


def test_study_date_is_not_held_against_a_real_date() -> None:
    guess = said(at("2026-01-15"), strength=Strength.BOUND)
    assert judged(ask(sources_disagree, picture_of(exposure=(*SOUND.exposure, guess)))) is Result.PASS


def test_bound_before_the_stated_date_is_pointed_out() -> None:
    for strength in (Strength.ATTRIBUTE, Strength.BOUND):
        bound = said(by("2026-01-15"), strength=strength)
        assert judged(ask(sources_disagree, picture_of(exposure=(*SOUND.exposure, bound)))) is Result.UNSURE


def test_bound_within_the_stated_moment_agrees() -> None:
    moment = SOUND.exposure[0].value
    assert moment is not None
    for until, result in ((moment.earliest, Result.PASS), (at("2026-02-02 09:29").latest, Result.UNSURE)):
        bound = said(ExposureInterval(earliest=None, latest=until))
        assert judged(ask(sources_disagree, picture_of(exposure=(*SOUND.exposure, bound)))) is result


def test_silence_disagrees_with_nothing() -> None:
    empty = picture_of(view=(), teeth=(), exposure=(said(None, note="19000101"),), patient=())
    assert judged(ask(sources_disagree, empty)) is Result.PASS


def test_size_of_the_film_and_the_pixels_disagree_whoever_agrees_with_both() -> None:
    """The class of the object leaves all intra-oral views possible."""
    of_class = said(views(View.PERIAPICAL, View.BITEWING, View.OCCLUSAL), strength=Strength.CODED)
    pixels, size = said(views(View.PERIAPICAL), source="pixels"), said(views(View.OCCLUSAL), source="size")
    answer = ask(sources_disagree, picture_of(view=(of_class, pixels, size)))
    assert judged(answer) is Result.UNSURE
    assert "its view (pixels against size)" in answer.message


def test_pixels_that_name_no_view_hide_no_disagreement() -> None:
    pixels, size = said(views(*View), source="pixels"), said(views(View.OCCLUSAL), source="size")
    answer = ask(sources_disagree, picture_of(view=(pixels, size, typed(views(View.PERIAPICAL)))))
    assert "its view (size against claim)" in answer.message


def test_law_another_agreeing_source_never_hides_the_disagreement() -> None:
    disagreeing = (*SOUND.teeth, typed(teeth("9")))
    for more in ((), (typed(teeth("8")),), (said(teeth("8", "7")),)):
        assert judged(ask(sources_disagree, picture_of(teeth=(*disagreeing, *more)))) is Result.UNSURE


def test_a_tooth_that_cannot_be_read_disagrees_with_none() -> None:
    unreadable = typed(TeethStatement(written="#99", readings=()))
    for stated in ((*SOUND.teeth, unreadable), (unreadable, *SOUND.teeth)):
        assert judged(ask(sources_disagree, picture_of(teeth=stated))) is Result.PASS
