"""The tooth chart: every tooth once, the claimed one marked, and disagreement told in words too."""

from __future__ import annotations

from hypothesis import given

from apexproof.formats.verification_json import ClaimVerificationDocument
from apexproof.observation import Strength
from apexproof.tooth import NumberingSystem, parse_tooth
from api.pages.tooth_chart import tooth_chart
from tests.builders import attached, either, picture_of, said, teeth, universal
from tests.pages.documents import DOCUMENTS, document


def test_all_fifty_two_teeth_stand_once_and_as_one_looks_at_the_patient() -> None:
    places = tooth_chart(None, []).places
    assert len({place.label for place in places}) == 52
    where = {place.label: (place.row, place.column) for place in places}
    assert (where["1"], where["16"], where["32"], where["17"]) == ((0, 0), (0, 15), (3, 0), (3, 15))
    for place in places:  # the midline lies between columns 7 and 8
        tooth = parse_tooth(place.label, NumberingSystem.UNIVERSAL)
        assert (tooth.right, tooth.maxillary) == (place.column < 8, place.row < 2)


def test_the_claimed_tooth_is_marked_and_the_shown_one_has_its_letter() -> None:
    shown = document(attached(picture_of("9")))
    chart = tooth_chart(shown["lines"][0]["tooth"], shown["files"])
    marked = {place.label: place for place in chart.places if place.is_claimed or place.shown_by}
    assert (marked["8"].is_claimed, marked["8"].shown_by, marked["9"].shown_by) == (True, "", "A")
    assert chart.in_words == "The claim is for tooth 8. Picture A (pa8.dcm) shows tooth 9."


def test_sources_that_disagree_are_told_by_a_sign_and_in_words() -> None:
    words = (said(teeth("8"), strength=Strength.CODED), said(teeth("9"), strength=Strength.DECLARED))
    shown = document(attached(picture_of("8", teeth=words)))
    chart = tooth_chart(shown["lines"][0]["tooth"], shown["files"])
    (nine,) = (place for place in chart.places if place.label == "9")
    assert (nine.shown_by, nine.disputed_by) == ("", "A")
    assert chart.in_words.endswith("shows tooth 8, though another word names tooth 9.")


def test_a_number_that_can_be_read_in_two_ways_marks_both_teeth() -> None:
    words = (said(either("11", universal("11"), universal("8"))),)
    shown = document(attached(picture_of("8", teeth=words)))
    chart = tooth_chart(shown["lines"][0]["tooth"], shown["files"])
    assert {place.label for place in chart.places if place.disputed_by} == {"8", "11"}
    assert chart.in_words.endswith("shows no tooth that is known; what is said may mean tooth 8, 11.")


def test_pictures_of_which_the_same_is_said_are_named_together() -> None:
    files = [attached(picture_of("8"), name=f"{n:02d}.dcm") for n in range(40)]
    shown = document(*files, attached(picture_of("9"), name="other.dcm"))
    chart = tooth_chart(shown["lines"][0]["tooth"], shown["files"])
    assert "Pictures A to AN show tooth 8. Picture AO (other.dcm) shows tooth 9." in chart.in_words


@given(shown=DOCUMENTS)
def test_any_claim_has_a_chart_with_one_claimed_tooth_at_most(shown: ClaimVerificationDocument) -> None:
    for line in shown["lines"]:
        chart = tooth_chart(line["tooth"], shown["files"])
        assert len(chart.places) == 52
        assert sum(place.is_claimed for place in chart.places) <= 1
        assert len(chart.shown) == sum(len(file["radiographs"]) for file in shown["files"])
