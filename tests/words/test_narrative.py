"""What notes say about an apexification: affirmed, denied, doubted or not said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.narrative import Mention, Narrative, Statement
from apexproof.tooth import Tooth
from apexproof.words.narrative import read_narrative

AFFIRMED, DENIED, DOUBTFUL, ABSENT = Mention.AFFIRMED, Mention.DENIED, Mention.DOUBTFUL, Mention.ABSENT

OPEN_APEX = {
    "open apex": AFFIRMED,
    "Radiograph shows immature root with wide open apex.": AFFIRMED,
    "wide-open apices noted": AFFIRMED,
    "open and immature apex": AFFIRMED,
    "open, immature apex": AFFIRMED,
    "blunderbuss apex": AFFIRMED,
    "divergent apical walls, open apical foramen": AFFIRMED,
    "incompletely formed root": AFFIRMED,
    "incomplete root formation": AFFIRMED,
    "root formation incomplete": AFFIRMED,
    "root development is incomplete": AFFIRMED,
    "immature permanent tooth with necrotic pulp": AFFIRMED,
    "immature maxillary right central incisor": AFFIRMED,
    "immature #8": AFFIRMED,
    "immature apx": AFFIRMED,
    "apex: open": AFFIRMED,
    "apex of tooth #8 is open": AFFIRMED,
    "the apices remain wide open": AFFIRMED,
    "root end not closed": AFFIRMED,
    "apex not closed": AFFIRMED,
    "apex is not fully formed": AFFIRMED,
    "apex has not yet closed": AFFIRMED,
    "apex hasn't closed": AFFIRMED,
    "apex did not close": AFFIRMED,
    "apices aren\u2019t closed": AFFIRMED,
    "lack of apical closure": AFFIRMED,
    "no apical closure": AFFIRMED,
    "apical closure is not complete": AFFIRMED,
    "incomplete apical closure": AFFIRMED,
    "apex incompletely closed": AFFIRMED,
    "no closed apex": AFFIRMED,
    "open apex, no swelling": AFFIRMED,
    "no swelling, open apex noted": AFFIRMED,
    "no swelling but open apex": AFFIRMED,
    "No pain. Open apex.": AFFIRMED,
    "no complications, open apex": AFFIRMED,
    "Tooth No. 8 open apex": AFFIRMED,
    "does not respond to cold; open apex": AFFIRMED,
    "not only an open apex but thin walls": AFFIRMED,
    "open apex, calcium hydroxide to induce apical closure": AFFIRMED,
    "open apex. Will continue until apex is closed.": AFFIRMED,
    "open apex will be treated until the apex closes": AFFIRMED,
    "apex closed": DENIED,
    "closed apex": DENIED,
    "Apex is closed on #8": DENIED,
    "apices are closed": DENIED,
    "mature apex": DENIED,
    "mature permanent tooth": DENIED,
    "no open apex": DENIED,
    "No evidence of open apex": DENIED,
    "without open apex": DENIED,
    "no signs of an open or immature apex": DENIED,
    "no caries, fracture or open apex": DENIED,
    "not an open apex": DENIED,
    "apex is not open": DENIED,
    "apex not open": DENIED,
    "does not have an open apex": DENIED,
    "open apex ruled out": DENIED,
    "open apex was not seen": DENIED,
    "open apex absent": DENIED,
    "negative for open apex": DENIED,
    "no hx. of open apex": DENIED,
    "complete root formation": DENIED,
    "fully formed root": DENIED,
    "root is fully formed": DENIED,
    "root development complete": DENIED,
    "apical closure is complete": DENIED,
    "not immature tooth": DENIED,
    "Never completed root formation": AFFIRMED,
    "Tooth is not mature": AFFIRMED,
    "tooth #8 is immature": AFFIRMED,
    "apex > 1mm open": AFFIRMED,
    "cannot perform RCT as apex is not closed": AFFIRMED,
    "no apical pathology, apices are not mature": AFFIRMED,
    "without evidence of root closure": AFFIRMED,
    "PA reveals no caries with open apex": AFFIRMED,
    "root canal not possible because apex open": AFFIRMED,
    "possible open apex": DOUBTFUL,
    "?open apex": DOUBTFUL,
    "open apex?": DOUBTFUL,
    "r/o open apex": DOUBTFUL,
    "cannot rule out open apex": DOUBTFUL,
    "suspected immature apex": DOUBTFUL,
    "may have open apex": DOUBTFUL,
    "open apex unclear": DOUBTFUL,
    "#9 apex closed; #8 open apex": DOUBTFUL,
    "unsure whether apex is open": DOUBTFUL,
    "": ABSENT,
    "Pulp chamber opened, apex locator used": ABSENT,
    "root canal completed": ABSENT,
    "apexification to induce closure": ABSENT,
    "goal is a closed apex": ABSENT,
    "instrumentation to apex of #8 completed": ABSENT,
    "WL to apex and complete debridement": ABSENT,
    "filled to the apex, tooth closed with Cavit": ABSENT,
    "closed the access": ABSENT,
    "continue until apex is closed": ABSENT,
    "opened access to apex": ABSENT,
    "premature contact": ABSENT,
    "the root is close to the sinus": ABSENT,
}
CAUSE = {
    "history of trauma": AFFIRMED,
    "hx of trama at age 7": AFFIRMED,
    "fell off bike": AFFIRMED,
    "avulsed and replanted": AFFIRMED,
    "lateral luxation": AFFIRMED,
    "complicated crown fracture": AFFIRMED,
    "deep caries": AFFIRMED,
    "pulp necrosis": AFFIRMED,
    "necrotic pulp": AFFIRMED,
    "pulp exposure": AFFIRMED,
    "dens evaginatus": AFFIRMED,
    "non-vital tooth": AFFIRMED,
    "no caries. Trauma two weeks ago": AFFIRMED,
    "necrosis likely due to trauma": AFFIRMED,
    "tooth is not responsive due to trauma": AFFIRMED,
    "no caries, trauma, or fracture": DENIED,
    "no history of trauma": DENIED,
    "denies trauma": DENIED,
    "Pt. denies any trauma": DENIED,
    "non-carious": DENIED,
    "caries free": DENIED,
    "trauma was ruled out": DENIED,
    "possible trauma": DOUBTFUL,
    "trauma history unknown": DOUBTFUL,
    "patient of record": ABSENT,
}
CANAL_ACCESS = {
    "accessed the canal": AFFIRMED,
    "access opening made": AFFIRMED,
    "pulp chamber opened": AFFIRMED,
    "opened the pulp chamber": AFFIRMED,
    "canal debrided and irrigated with NaOCl": AFFIRMED,
    "WL 18 mm": AFFIRMED,
    "working length determined": AFFIRMED,
    "pulp extirpated": AFFIRMED,
    "pulpectomy": AFFIRMED,
    "instrumented to #80": AFFIRMED,
    "accessed without complications": AFFIRMED,
    "no pain and canal accessed": AFFIRMED,
    "canal not accessed": DENIED,
    "pulp chamber was not opened": DENIED,
    "unable to access canal": DENIED,
    "access was not gained": DENIED,
    "lacks access to care": ABSENT,
}
MEDICAMENT = {
    "calcium hydroxide placed": AFFIRMED,
    "Ca(OH)2 placed": AFFIRMED,
    "CaOH paste": AFFIRMED,
    "caoh2": AFFIRMED,
    "Vitapex": AFFIRMED,
    "UltraCal XS": AFFIRMED,
    "MTA apical plug": AFFIRMED,
    "Biodentine barrier": AFFIRMED,
    "triple antibiotic paste": AFFIRMED,
    "TAP placed": AFFIRMED,
    "bio-ceramic putty": AFFIRMED,
    "no medicament placed": DENIED,
    "calcium hydroxide was not placed": DENIED,
    "without calcium hydroxide or MTA": DENIED,
    "did not place MTA": DENIED,
    "have not placed medicament": DENIED,
    "tap water": ABSENT,
}
PLAN = {
    "return in 3 months": AFFIRMED,
    "RTC 4 wks": AFFIRMED,
    "recall": AFFIRMED,
    "follow-up in 3 months": AFFIRMED,
    "medicament will be replaced every 3 months": AFFIRMED,
    "D3352 next visit": AFFIRMED,
    "apexification to be completed": AFFIRMED,
    "interim medicament change": AFFIRMED,
    "no follow-up planned": DENIED,
    "no recall needed": DENIED,
    "canal dried": ABSENT,
}
LATER_STAGE = {
    "second visit of apexification": AFFIRMED,
    "Patient returned for 2nd visit": AFFIRMED,
    "visit 2 of 3": AFFIRMED,
    "medicament changed": AFFIRMED,
    "replaced the calcium hydroxide": AFFIRMED,
    "Ca(OH)2 was removed": AFFIRMED,
    "final visit": AFFIRMED,
    "apexification completed today": AFFIRMED,
    "apexafication was completed": AFFIRMED,
    "obturated with gutta percha": AFFIRMED,
    "apical barrier formed": AFFIRMED,
    "not the final visit": DENIED,
    "medicament was not changed": DENIED,
    "apexification is not completed": DENIED,
    "apexification to be completed": ABSENT,
    "will return for second visit": ABSENT,
    "second visit in 3 months": ABSENT,
    "medicament will be replaced every 3 months": ABSENT,
    "obturation at next visit": ABSENT,
    "completed apexification initial visit": ABSENT,
    "first visit of apexification completed": ABSENT,
    "visit 2/3/2026": ABSENT,
    "apical barrier placed": ABSENT,
    "seen for a second opinion": ABSENT,
}
PHRASES = [
    (question, phrase, mention)
    for question, phrases in {
        "open_apex": OPEN_APEX,
        "cause": CAUSE,
        "canal_access": CANAL_ACCESS,
        "medicament": MEDICAMENT,
        "plan": PLAN,
        "later_stage": LATER_STAGE,
    }.items()
    for phrase, mention in phrases.items()
]
WHOLE = (
    "8 y/o male fell off his bike and fractured tooth #8. No response to cold. PA shows an immature root with wide "
    "open apex. Dx: pulp necrosis secondary to trauma. Accessed, working length, irrigated with NaOCl, canal dried. "
    "Calcium hydroxide (UltraCal) placed. Patient to return in 3 months for medicament change; apexification until "
    "the apex is closed."
)


def _answer(narrative: Narrative, question: str) -> Statement:
    answer = getattr(narrative, question)
    assert isinstance(answer, Statement)
    return answer


@pytest.mark.parametrize(("question", "phrase", "mention"), PHRASES)
def test_phrase_says(question: str, phrase: str, mention: Mention) -> None:
    assert _answer(read_narrative(phrase), question).mention is mention


@pytest.mark.parametrize(("question", "phrase", "mention"), PHRASES)
def test_case_changes_nothing(question: str, phrase: str, mention: Mention) -> None:
    assert _answer(read_narrative(phrase.upper()), question).mention is mention


@pytest.mark.parametrize(("question", "phrase", "mention"), PHRASES)
def test_unrelated_sentences_around_it_change_nothing(question: str, phrase: str, mention: Mention) -> None:
    wrapped = f"Medical history reviewed, vitals taken.\n{phrase}\nParent was pleased. Copay collected."
    assert _answer(read_narrative(wrapped), question).mention is mention


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("open_apex", "open apex"),
        ("open_apex", "immature root"),
        ("open_apex", "incomplete root formation"),
        ("cause", "trauma"),
        ("cause", "caries"),
        ("cause", "fracture"),
        ("canal_access", "access opening"),
        ("canal_access", "pulpectomy"),
        ("medicament", "calcium hydroxide"),
        ("medicament", "MTA"),
        ("plan", "follow-up"),
        ("later_stage", "obturation"),
    ],
)
@pytest.mark.parametrize("negation", ["No ", "Without ", "no evidence of ", "No sign of any ", "negative for "])
def test_a_negation_in_front_denies_what_was_affirmed(question: str, phrase: str, negation: str) -> None:
    assert _answer(read_narrative(phrase), question).mention is AFFIRMED
    assert _answer(read_narrative(negation + phrase), question).mention is DENIED


def test_a_whole_narrative_answers_every_question() -> None:
    narrative = read_narrative(WHOLE)
    assert not narrative.is_empty
    assert [_answer(narrative, q).mention for q in ("open_apex", "cause", "canal_access", "medicament", "plan")] == [
        AFFIRMED
    ] * 5
    assert narrative.later_stage.mention is ABSENT
    assert [statement.settled for statement in narrative.teeth] == [(Tooth(fdi=11),)]


def test_quotes_are_the_words_as_written_with_what_denies_them() -> None:
    assert read_narrative("There is NO evidence of Open Apex here.").open_apex.quotes == ("NO evidence of Open Apex",)
    assert read_narrative("Trauma was ruled out").cause.quotes == ("Trauma was ruled out",)
    assert read_narrative("fell, then fractured; no caries").cause.quotes == ("fell", "fractured")


def test_two_opposite_statements_are_both_quoted() -> None:
    answer = read_narrative("open apex. Apex is closed.").open_apex
    assert answer.quotes == ("open apex", "Apex is closed")


@pytest.mark.parametrize("text", ["", " \n\t", "--- ..."])
def test_a_narrative_without_a_word_is_empty(text: str) -> None:
    assert read_narrative(text) == Narrative(is_empty=True)


def test_only_the_first_twenty_thousand_characters_are_read() -> None:
    assert read_narrative("x " * 10_000 + "open apex").open_apex.mention is ABSENT


@pytest.mark.parametrize(
    "unit",
    [
        "no ",
        "open apex ",
        "no open apex ",
        "apex is not ",
        "not seem ",
        "apex ",
        "root ",
        "immature and ",
        "? ",
        "\u0130",
    ],
)
def test_repetition_does_not_run_away(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert read_narrative(text) == read_narrative(text[:20_000])


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    narrative = read_narrative(text)
    for statement in (narrative.open_apex, narrative.cause, narrative.plan, narrative.later_stage):
        assert (statement.mention is ABSENT) == (not statement.quotes)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([phrase for _, phrase, _ in PHRASES]), max_size=8),
    st.sampled_from([". ", " ", ", ", "; ", "\n"]),
)
def test_quotes_stand_in_the_text_in_whatever_order_phrases_come(phrases: list[str], joint: str) -> None:
    text = joint.join(phrases).replace("\u2019", "'")
    narrative = read_narrative(text)
    for question in ("open_apex", "cause", "canal_access", "medicament", "plan", "later_stage"):
        assert all(quote in text for quote in _answer(narrative, question).quotes)
    assert narrative == read_narrative(text)
