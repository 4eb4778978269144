"""Which teeth a text mentions, in every way to read it, and what it mentions besides that is no tooth."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.radiograph import TeethStatement
from apexproof.tooth import Tooth
from apexproof.words.teeth import find_teeth

# Readings as FDI numbers, `s` for a supernumerary tooth; two readings where two systems or dentitions have the words.
MENTIONS: dict[str, tuple[str, ...]] = {
    "#8": ("11",),
    "# 8": ("11",),
    "(#8)": ("11",),
    "#8's apex": ("11",),
    "tooth 8": ("11",),
    "tooth 8.": ("11",),
    "Tooth #8": ("11",),
    "tooth-8": ("11",),
    "tooth no. 8": ("11",),
    "Tooth Number: 8": ("11",),
    "tooth 08": ("11",),
    "T#26": ("42", "26"),
    "teeth 7-10": ("12 11 21 22",),
    "teeth 7 to 10": ("12 11 21 22",),
    "teeth 10-7": ("22 21 11 12",),
    "#8-#10": ("11 21 22",),
    "#8, 9": ("11 21",),
    "#7,#8 and #9": ("12 11 21",),
    "teeth #s 8, 9 & 10": ("11 21 22",),
    "teeth 8/9": ("11 21",),
    "teeth 8, 9, 8": ("11 21",),
    "teeth 3, A, J, 14": ("16 55 65 26",),
    "#A-#C": ("55 54 53",),
    "tooth A": ("55",),
    "tooth K extracted": ("75",),
    "#K": ("75",),
    "primary tooth T": ("85",),
    "tooth 58": ("11s",),
    "#AS": ("55s",),
    "tooth 51": ("18s", "51"),
    "primary tooth 51": ("51",),
    "supernumerary tooth 58": ("11s",),
    "#11": ("23", "11"),
    "tooth 32": ("48", "32"),
    "#11, 12": ("23 24", "11 12"),
    "#11, 8": ("23 11",),
    "tooth 11, 41": ("11 41",),
    "#12-22": ("24 25 26 27 28 38 37 36 35 34 33", "12 11 21 22"),
    "tooth 33": ("33",),
    "tooth 1.1": ("11",),
    "tooth 2.5": ("25",),
    "11 (FDI)": ("11",),
    "tooth 11 (FDI)": ("11",),
    "tooth 11 [ISO 3950]": ("11",),
    "tooth (FDI) 11": ("11",),
    "11 FDI": ("11",),
    "11, 21 (FDI)": ("11 21",),
    "FDI 11": ("11",),
    "FDI: 1.1": ("11",),
    "FDI 12-22": ("12 11 21 22",),
    "ISO 11": ("11",),
    "ISO 3950: 11": ("11",),
    "universal 8": ("11",),
    "universal 11": ("23",),
    "8 (universal)": ("11",),
    "ADA #8": ("11",),
    "UR1": ("11",),
    "UR 1": ("11",),
    "UL A": ("61",),
    "LR6": ("46",),
    "LR E": ("85",),
    "URE": ("55",),
    "UR1, 2": ("11 12",),
    "UR1-3": ("11 12 13",),
    "UR2-UL2": ("12 11 21 22",),
    "1┘": ("11",),
    "└1": ("21",),
    "1┐": ("41",),
    "┌1": ("31",),
    "A┘": ("51",),
    "max. right central incisor": ("11", "51"),
    "maxillary left first molar": ("26", "64"),
    "upper right central": ("11", "51"),
    "lower left 1st molar": ("36", "74"),
    "right maxillary lateral incisor": ("12", "52"),
    "mand rt 2nd premolar": ("45",),
    "mandibular right second bicuspid": ("45",),
    "upper left cuspid": ("23", "63"),
    "UR central incisor": ("11", "51"),
    "upper right third molar": ("18",),
    "permanent maxillary right first molar": ("16",),
    "upper right permanent first molar": ("16",),
    "primary mandibular left second molar": ("75",),
    "baby maxillary right canine": ("53",),
    "PA #8": ("11",),
    "#8 PA": ("11",),
    "#30 MO composite": ("46",),
    "next to #8": ("11",),
    "#8, 2 carps lidocaine": ("11",),
    "#8, 9 y/o male": ("11",),
    "#8 and 2 canals": ("11",),
    "#8 cone beam": ("11",),
}
NO_TOOTH = (
    "8",
    "08",
    "2026-02-01",
    "PA 8mm",
    "visit 2 of 3",
    "visit #2",
    "#10 file",
    "#15 K-file",
    "#8 K file",
    "size #40 K-file",
    "#10, #15, #20 K-files",
    "MAF #30",
    "instrumented to WL with #40",
    "enlarged to #30",
    "#80 GP",
    "#25/.04",
    "#25/04",
    "#15 blade",
    "#4 round bur",
    "#2 film",
    "ISO size 40",
    "ISO 25 file",
    "8 y/o",
    "D3351",
    "12:30",
    "Rx #",
    "Rx #8",
    "chart #12",
    "NEA#12345678",
    "NEA# 12",
    "(555) 010-4567",
    "#555-0100",
    "tooth #8-10-2026",
    "extracted tooth 8/9/2026",
    "broke tooth 2 weeks ago",
    "tooth 8 weeks post trauma",
    "tooth 3 mm open",
    "tooth 2.9",
    "tooth 99",
    "tooth 2026",
    "FDI 9",
    "FDI 11-31",
    "FDI 15-45",
    "#8-#Q",
    "baby lower left third molar",
    "maxillary right third premolar",
    "tooth c open apex",
    "tooth s pain",
    "tooth s/p trauma",
    "tooth w/ decay",
    "a tooth I saw",
    "the tooth a dentist treated",
    "Smile Dental LLC",
    "pain UL 2 weeks",
    "20 mg, 1.8 ml",
    "toothache 8",
)
BARE: dict[str, tuple[str, ...]] = {
    "8": ("11",),
    "7,8,9": ("12 11 21",),
    "11": ("23", "11"),
    "07 08": ("12 11",),
    "8 9 10 11": ("11 21 22 23",),
    "12,14,08": ("24 26 11",),
    "8-10": ("11 21 22",),
    "8;9": ("11 21",),
    "8\\9": ("11 21",),
    "UR1": ("11",),
    "A": ("55",),
    "A,B": ("55 54",),
    "55": ("14s", "55"),
    "1.1": ("11",),
    "8 (universal)": ("11",),
    "11 (FDI)": ("11",),
    "Teeth: 8": ("11",),
    "#8": ("11",),
}


def _fdi(statement: TeethStatement) -> tuple[str, ...]:
    return tuple(
        " ".join(f"{tooth.fdi}{'s' * tooth.supernumerary}" for tooth in reading.teeth) for reading in statement.readings
    )


def _read(text: str, *, bare_numbers: bool = False) -> list[tuple[str, ...]]:
    return [_fdi(statement) for statement in find_teeth(text, bare_numbers=bare_numbers)]


@pytest.mark.parametrize(("text", "readings"), MENTIONS.items())
def test_text_mentions(text: str, readings: tuple[str, ...]) -> None:
    assert _read(text) == [readings]


@pytest.mark.parametrize("text", NO_TOOTH)
def test_text_mentions_no_tooth(text: str) -> None:
    assert _read(text) == []


@pytest.mark.parametrize(("text", "readings"), BARE.items())
def test_an_attribute_that_holds_teeth_is_read_without_a_sign(text: str, readings: tuple[str, ...]) -> None:
    assert _read(text, bare_numbers=True) == [readings]


@pytest.mark.parametrize("text", ["", "none", "tooth", "2026-02-01", "01/02/2026", "0", "99", "1234"])
def test_an_attribute_that_holds_teeth_may_hold_none(text: str) -> None:
    assert _read(text, bare_numbers=True) == []


@pytest.mark.parametrize("text", [*MENTIONS, *NO_TOOTH])
def test_case_changes_nothing(text: str) -> None:
    assert _read(text.upper()) == _read(text.lower()) == _read(text)


@pytest.mark.parametrize("text", [*MENTIONS, *NO_TOOTH])
def test_unrelated_sentences_around_it_change_nothing(text: str) -> None:
    assert _read(f"Seen today on recall. {text}\nParent informed; will call.") == _read(text)


def test_a_number_of_universal_only_is_settled_and_one_of_both_systems_is_not() -> None:
    (eight,) = find_teeth("#8", bare_numbers=False)
    (eleven,) = find_teeth("#11", bare_numbers=False)
    assert eight.settled == (Tooth(fdi=11),)
    assert eleven.settled is None


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("#11 (FDI 23)", [("23",), ("23",)]),
        ("tooth 16, upper right first molar", [("16",), ("16",)]),
        ("#8, maxillary right central incisor", [("11",), ("11",)]),
        ("#11 and FDI 23", [("23", "11"), ("23",)]),
    ],
)
def test_mentions_side_by_side_settle_each_other(text: str, readings: list[tuple[str, ...]]) -> None:
    assert _read(text) == readings


def test_a_list_that_no_system_reads_is_read_one_by_one() -> None:
    assert _read("teeth 8, 41") == [("11",), ("41",)]
    assert _read("#8, #99") == [("11",)]


def test_written_holds_the_mention_and_nothing_around_it() -> None:
    text = "Quill, Marigold, 555-0100: teeth 7-10 and FDI 36 (see UR1)."
    assert [statement.written for statement in find_teeth(text, bare_numbers=False)] == ["teeth 7-10", "FDI 36", "UR1"]


def test_only_the_first_twenty_thousand_characters_are_read() -> None:
    assert _read("x " * 10_000 + "#8") == []


@pytest.mark.parametrize("unit", ["#", "#8,", "tooth ", "8-", "UR", "FDI ", "upper right ", "11, ", "1┘", "  ", "no. "])
def test_repetition_does_not_run_away(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    for bare_numbers in (False, True):
        assert find_teeth(text, bare_numbers=bare_numbers) == find_teeth(text[:20_000], bare_numbers=bare_numbers)


@settings(max_examples=150)
@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read(text: str, bare_numbers: bool) -> None:  # noqa: FBT001 - hypothesis passes it by position
    for statement in find_teeth(text, bare_numbers=bare_numbers):
        assert statement.written in text
        assert statement.readings


@settings(max_examples=150)
@given(st.text(alphabet="#0123456789ABELRUT ,-/.()tohfdiundg┘└", max_size=60))
def test_readings_never_repeat_a_tooth(text: str) -> None:
    for statement in find_teeth(text, bare_numbers=True):
        for reading in statement.readings:
            assert len(set(reading.teeth)) == len(reading.teeth) > 0


@settings(max_examples=100)
@given(st.sampled_from([*MENTIONS]), st.sampled_from([*MENTIONS]))
def test_two_sentences_mention_what_each_mentions(one: str, other: str) -> None:
    assert _read(f"{one}.\n\nThen {other}.") == _read(one) + _read(other)
