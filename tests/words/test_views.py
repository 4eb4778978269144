"""Which views a text names, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.view import View
from apexproof.words.views import find_views, view_of_image_type

NAMED = {
    View.PERIAPICAL: (
        "PA",
        "periapical",
        "peri-apical",
        "Peri apical",
        "PA #8",
        "PA8",
        "PA-8",
        "PA_8",
        "PAX",
        "PAs",
        "2 PAs",
        "2PA",
        "P.A. of tooth 8",
        "PA: upper left",
        "PA lateral incisor",
        "IOPA",
        "endo PA pre-op",
        "periapical radiograph",
        "Intra-oral periapical image of #9",
        "XRay - Periapical",
        "non-diagnostic PA",
        "no pathology on PA",
        "PA shows periapical radiolucency",
        "PA, not a bitewing",
        "not a bitewing but a periapical",
        "No BW, PA only",
        "D0220",
        "d0230",
        "D0707",
    ),
    View.BITEWING: (
        "BW",
        "BWX",
        "BWs",
        "4BW",
        "4 BWX",
        "bitewing",
        "bite-wing",
        "Bite Wings",
        "D0270",
        "D0272",
        "D0273",
        "D0274",
        "D0277",
    ),
    View.PANORAMIC: (
        "pano",
        "PANORAMIC",
        "panorex",
        "OPG",
        "orthopantomogram",
        "pan x-ray",
        "pano shows periapical lesion",
        "D0330",
    ),
    View.CEPHALOMETRIC: ("ceph", "cephalometric", "lateral ceph", "PA ceph", "PA cephalogram", "D0340"),
    View.OCCLUSAL: ("occlusal", "occlusal film", "maxillary occlusal radiograph", "D0240"),
    View.FULL_MOUTH_SERIES: (
        "FMX",
        "full mouth series",
        "full-mouth x-rays",
        "Full_Mouth_Series",
        "complete series",
        "D0210",
    ),
    View.CBCT: ("CBCT", "cone beam", "cone-beam CT", "D0364", "D0367", "D0368"),
    View.PHOTOGRAPH: ("photo", "intraoral photo", "clinical photograph", "occlusal photo", "D0350"),
}
NOT_NAMED = (
    "",
    "hello",
    "D3351",
    "chest PA",
    "PA chest",
    "PA and lateral",
    "PA/LAT",
    "PA & lateral",
    "skull PA",
    "PA projection",
    "AP/PA",
    "Philadelphia, PA 19104",
    "Delta Dental of PA",
    "Jane Quill, PA-C",
    "Quill DDS, PA",
    "PA number 12",
    "PA #123456",
    "no periapical",
    "not a bitewing",
    "isn't a periapical",
    "no bitewing or periapical",
    "without pano",
    "need PA of #8",
    "please request PA",
    "instead of a pano",
    "PA not taken",
    "PA was not available",
    "BW missing",
    "periapical radiolucency at #8",
    "periapical abscess",
    "occlusal caries",
    "occlusal adjustment",
    "cephalexin 500 mg",
    "photostimulable phosphor",
    "BW 20 kg",
    "spa",
    "Japan",
)
SEVERAL = {
    "PA and BW": {View.PERIAPICAL, View.BITEWING},
    "Pano, PA, BW": {View.PANORAMIC, View.PERIAPICAL, View.BITEWING},
    "PA. Bitewing": {View.PERIAPICAL, View.BITEWING},
    "D0220 D0330": {View.PERIAPICAL, View.PANORAMIC},
    "FMX with photo": {View.FULL_MOUTH_SERIES, View.PHOTOGRAPH},
}
CASES: list[tuple[str, set[View]]] = [
    *((text, {view}) for view, texts in NAMED.items() for text in texts),
    *((text, set()) for text in NOT_NAMED),
    *SEVERAL.items(),
]


def _views(text: str) -> set[View]:
    statement = find_views(text)
    return set(statement.possible) if statement else set()


@pytest.mark.parametrize(("text", "views"), CASES)
def test_text_names(text: str, views: set[View]) -> None:
    assert _views(text) == views


@pytest.mark.parametrize(("text", "views"), CASES)
def test_case_changes_nothing(text: str, views: set[View]) -> None:
    assert _views(text.upper()) == _views(text.lower()) == views


@pytest.mark.parametrize(("text", "views"), CASES)
def test_unrelated_sentences_around_it_change_nothing(text: str, views: set[View]) -> None:
    assert _views(f"Seen on Monday. {text}\nParent informed.") == views


@pytest.mark.parametrize("view", NAMED)
def test_a_negation_in_front_takes_the_view_away(view: View) -> None:
    name = NAMED[view][0]
    assert _views(name) == {view}
    assert _views(f"No {name}") == _views(f"not a {name}") == _views(f"{name} not taken") == set()


def test_one_named_view_is_settled_and_several_are_not() -> None:
    one, several = find_views("PA"), find_views("PA and BW")
    assert one is not None
    assert several is not None
    assert (one.view, several.view) == (View.PERIAPICAL, View.UNKNOWN)


def test_a_sender_declares_a_view_by_its_name_a_word_or_a_code() -> None:
    for view in View:
        assert view_of_image_type(view.value) is view_of_image_type(view.label.upper()) is view
    assert view_of_image_type("BWX") is View.BITEWING
    assert view_of_image_type("D0220") is View.PERIAPICAL


@pytest.mark.parametrize("words", ["", "X-ray", "PA and BW", "no PA"])
def test_a_sender_who_names_no_one_view_declares_none(words: str) -> None:
    assert view_of_image_type(words) is None


def test_only_the_first_twenty_thousand_characters_are_read() -> None:
    assert _views("x " * 10_000 + "PA") == set()


@pytest.mark.parametrize("unit", ["PA ", "no ", "pa", "full mouth ", "d0220", "x-", "_"])
def test_repetition_does_not_run_away(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert find_views(text) == find_views(text[:20_000])


@settings(max_examples=150)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    statement = find_views(text)
    assert statement is None or statement.possible
    assert view_of_image_type(text) is None or isinstance(view_of_image_type(text), View)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(CASES), max_size=5))
def test_sentences_name_what_each_of_them_names(cases: list[tuple[str, set[View]]]) -> None:
    assert _views("\n".join(f"{text}. " for text, _ in cases)) == set().union(*(views for _, views in cases))
