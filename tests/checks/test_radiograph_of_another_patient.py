"""APX501."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from apexproof.checks.case import Answer, Result
from apexproof.checks.radiograph_of_another_patient import radiograph_of_another_patient
from apexproof.observation import Observation, Strength
from apexproof.person import PersonName
from apexproof.radiograph import BirthReadings, PatientStatement
from tests.builders import MARIGOLD, claim, judged, picture_of, said
from tests.checks.exhibits import ask

BORN = MARIGOLD.birth_date
ROWAN = PersonName(family="Thistle", given="Rowan")
SENDER = said(PatientStatement(name=MARIGOLD.name, birth_date=BORN), source="claim", strength=Strength.DECLARED)


def of(*observations: Observation[PatientStatement], policy: str = "payer") -> Answer:
    return ask(radiograph_of_another_patient, picture_of(patient=observations), policy=policy)


def named(name: PersonName | None, born: date | None = None, chart: str | None = None) -> Answer:
    return of(said(PatientStatement(name=name, birth_date=born, chart_number=chart)), SENDER)


@pytest.mark.parametrize("born", [date(2015, 1, 1), None])
def test_another_name_contradicts(born: date | None) -> None:
    alone = of(said(PatientStatement(name=ROWAN, birth_date=born)))
    answer = named(ROWAN, born)
    assert (radiograph_of_another_patient.id, judged(answer), judged(alone)) == ("APX501", Result.FAIL, Result.FAIL)
    assert str(answer.measured).startswith("Thistle, Rowan")
    assert str(answer.limit).startswith("Quill, Marigold, born 2017-03-03")


@pytest.mark.parametrize("written", ["QUILL^MARIGOLD", "Quill^Marigold^Anne", "Marigold Quill", "Quíll, Marigold"])
@pytest.mark.parametrize("born", [BORN, None])
def test_the_same_name_however_written_passes(written: str, born: date | None) -> None:
    assert judged(named(PersonName.parse(written), born)) is Result.PASS


@pytest.mark.parametrize(
    ("name", "born", "chart", "words"),
    [
        (MARIGOLD.name, date(2015, 1, 1), None, "the name agrees and the birth date does not"),
        (ROWAN, BORN, None, "the birth date agrees and the name does not"),
        (ROWAN, None, "1001", "the chart number agrees and the name does not"),
        (ROWAN, date(2015, 1, 1), "1001", "the chart number agrees and the name does not"),
        (None, date(2015, 1, 1), None, "the birth date does not agree"),
    ],
)
def test_half_an_agreement_is_left_to_a_person(
    name: PersonName | None, born: date | None, chart: str | None, words: str
) -> None:
    answer = named(name, born, chart)
    assert judged(answer) is Result.UNSURE
    assert answer.message == f"film-0.dcm: {words} (DICOM attribute)."


def test_exchanged_day_and_month_are_said_to_be_that() -> None:
    patient = replace(MARIGOLD, birth_date=date(2017, 4, 12))
    exchanged = {date(2017, 12, 4): True, date(2017, 12, 5): False, date(2016, 12, 4): False, date(2017, 11, 4): False}
    for born, said_so in exchanged.items():
        picture = picture_of(patient=(said(PatientStatement(name=MARIGOLD.name, birth_date=born)),))
        answer = ask(radiograph_of_another_patient, picture, of=claim(patient=patient))
        assert judged(answer) is Result.UNSURE
        assert ("day and month are exchanged" in answer.message) is said_so


def test_a_birth_date_left_open_contradicts_only_when_neither_order_agrees() -> None:
    open_date = BirthReadings(month_first=date(2017, 4, 12), day_first=date(2017, 12, 4))
    picture = picture_of(patient=(said(PatientStatement(name=MARIGOLD.name, birth_readings=open_date)),))
    either = ask(
        radiograph_of_another_patient, picture, of=claim(patient=replace(MARIGOLD, birth_date=date(2017, 4, 12)))
    )
    assert judged(either) is Result.PASS
    neither = ask(
        radiograph_of_another_patient, picture, of=claim(patient=replace(MARIGOLD, birth_date=date(2015, 1, 1)))
    )
    assert judged(neither) is Result.UNSURE
    assert neither.message == "film-0.dcm: the name agrees and the birth date does not (DICOM attribute)."


def test_chart_number_names_the_patient_and_another_one_says_nothing() -> None:
    for born, result in ((None, Result.PASS), (BORN, Result.PASS), (date(2015, 1, 1), Result.UNSURE)):
        assert judged(named(None, born, "1001")) is result
    answer = named(None, None, "2002")
    assert judged(answer) is Result.UNSURE
    assert answer.message == ("film-0.dcm is of the claim's patient only by claim, which this policy does not rely on.")
    assert judged(named(MARIGOLD.name, BORN, "2002")) is Result.PASS


def test_half_an_agreement_outweighs_the_word_of_the_sender() -> None:
    doubtful = said(PatientStatement(name=MARIGOLD.name, birth_date=date(2015, 1, 1)))
    assert judged(of(doubtful, SENDER, policy="practice")) is Result.UNSURE
    whole = said(PatientStatement(name=MARIGOLD.name, birth_date=BORN))
    answer = of(whole, doubtful)
    assert judged(answer) is Result.UNSURE  # as strong as what it doubts
    assert answer.measured is not None
    assert "2015-01-01" in str(answer.measured)


def test_word_of_the_sender_alone_is_for_the_practice() -> None:
    assert judged(of(SENDER)) is Result.UNSURE
    assert judged(of(SENDER, policy="practice")) is Result.PASS


def test_two_patients_on_one_picture_are_left_to_a_person() -> None:
    other = said(PatientStatement(name=ROWAN), source="words in the picture", strength=Strength.BURNED_IN)
    answer = of(said(PatientStatement(name=MARIGOLD.name)), other)
    assert judged(answer) is Result.UNSURE
    assert "words in the picture" in answer.message
    assert answer.measured == str(ROWAN)  # what is to be compared, and not what agrees


def test_anonymous_picture_is_left_to_a_person() -> None:
    answer = of(said(None, note="anonymised"))
    assert (judged(answer), answer.message) == (Result.UNSURE, "Nothing on film-0.dcm says whose it is.")


def test_law_taking_the_birth_date_away_never_makes_another_patient_this_one() -> None:
    for born in (BORN, date(2015, 1, 1), None):
        assert judged(named(ROWAN, born)) is not Result.PASS
