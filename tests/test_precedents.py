"""What an organisation's other claims say bears on a claim, as soon as it is known and no longer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from apexproof.precedents import past_as_kept
from apexproof.radiograph import Fingerprint, Radiograph
from apexproof.store.claims import claim_by_number
from apexproof.store.database import Database
from apexproof.store.histories import NO_PAST
from tests.builders import fingerprint, nearly, picture_of, said, unlike
from tests.organisation import BASIL, MARIGOLD, Organisation, line

LATER, EARLIER = "2026-03-03", "2025-11-03"


@pytest.fixture
def practice(database: Database) -> Organisation:
    """One with nothing yet."""
    return Organisation(database=database)


def film(digit: str = "a") -> Radiograph:
    return picture_of(fingerprint=(said(fingerprint(digit)),))


def proved(
    practice: Organisation, number: str, *lines: dict[str, object], digit: str | None = None, **more: object
) -> None:
    """A claim with a radiograph of its own."""
    practice.claims(number, *lines, **more)
    practice.attaches(number, f"film of {number}", film(digit or number[-1]))


def test_second_initial_visit_is_contradicted_and_the_first_one_stays(practice: Organisation) -> None:
    proved(practice, "C-1")
    practice.works()
    proved(practice, "C-2", line(day=LATER))
    practice.works()
    assert (practice.outcome("C-1"), practice.outcome("C-2")) == ("verified", "contradicted")
    assert "C-1" in practice.found("C-2", "APX701")[0]["message"]
    assert practice.verifications("C-1") == ["verified"]


def test_an_earlier_visit_that_comes_later_turns_the_answer_of_the_first(practice: Organisation) -> None:
    proved(practice, "C-1")
    practice.works()
    assert practice.outcome("C-1") == "verified"
    proved(practice, "C-2", line(day=EARLIER))
    practice.works()
    assert practice.outcome("C-1") == "contradicted"
    assert practice.found("C-2", "APX701")[0]["result"] == "pass"


def test_of_two_visits_of_one_day_the_claim_that_came_first_is_the_first(practice: Organisation) -> None:
    proved(practice, "C-1")
    proved(practice, "C-2")
    practice.works()
    assert (practice.outcome("C-1"), practice.outcome("C-2")) == ("verified", "contradicted")


def test_judging_ends_and_adds_nothing_when_nothing_bears_otherwise(practice: Organisation) -> None:
    for digit in "12345":
        proved(practice, f"C-{digit}", line(day=f"2026-02-0{digit}"))
    practice.works()
    assert practice.works() == 0
    before = {number: len(practice.verifications(f"C-{number}")) for number in "12345"}
    practice.claims("C-5", line(day="2026-02-05"), narrative="Tooth #8: open apex.")
    practice.works()
    after = {number: len(practice.verifications(f"C-{number}")) for number in "12345"}
    assert after == before | {"5": before["5"] + 1}


def test_a_corrected_claim_gives_the_other_its_answer_back(practice: Organisation) -> None:
    proved(practice, "C-1")
    proved(practice, "C-2", line(day=EARLIER))
    practice.works()
    assert practice.outcome("C-1") == "contradicted"
    practice.claims("C-2", line(on="9", day=EARLIER))
    practice.works()
    assert practice.outcome("C-1") == "verified"
    practice.claims("C-2", line(day=EARLIER), patient=BASIL)
    practice.works()
    assert practice.outcome("C-1") == "verified"


def test_visit_out_of_order_and_conflicting_procedure_are_seen_across_claims(practice: Organisation) -> None:
    proved(practice, "C-1")
    practice.claims("C-2", line("D3352", day=EARLIER))
    practice.claims("C-3", line("D3310", day=EARLIER))
    practice.works()
    assert [practice.found("C-1", check)[0]["result"] for check in ("APX702", "APX703")] == ["fail", "fail"]


def test_predetermination_was_not_billed_and_its_film_may_come_again(practice: Organisation) -> None:
    proved(practice, "P-1", line(day=None), kind="predetermination", digit="a")
    proved(practice, "C-2", digit="a")
    practice.works()
    assert (practice.outcome("P-1"), practice.outcome("C-2")) == ("verified", "verified")
    assert practice.found("C-2", "APX602")[0]["result"] == "unsure"


@pytest.mark.parametrize(
    ("patient", "result"),
    [
        (BASIL, "pass"),
        (MARIGOLD | {"name": {"family": "Quill", "given": "Basil"}}, "pass"),
        (MARIGOLD | {"birth_date": "2016-03-03"}, "pass"),
        (MARIGOLD | {"name": {"family": "QUILL", "given": "Marigold", "middle": "A"}}, "fail"),
        ({"name": MARIGOLD["name"], "member_id": "M-100"}, "fail"),
        ({"name": MARIGOLD["name"]}, "pass"),
        (MARIGOLD | {"member_id": "M-101"}, "unsure"),
    ],
)
def test_one_patient_is_told_by_name_and_birth_or_name_and_member(
    practice: Organisation, patient: dict[str, object], result: str
) -> None:
    proved(practice, "C-1", line(day=EARLIER), patient=patient, payer={"id": "PAYER"})
    proved(practice, "C-2", payer={"id": "PAYER"})
    practice.works()
    assert practice.found("C-2", "APX701")[0]["result"] == result


def test_another_organisation_bears_on_nothing(database: Database) -> None:
    ours, theirs = Organisation(database=database), Organisation(database=database, name="other-dental")
    proved(theirs, "C-1", line(day=EARLIER), digit="a")
    proved(ours, "C-2", digit="a")
    ours.readings |= theirs.readings
    ours.works()
    assert ours.outcome("C-2") == "verified"
    assert ours.standing("C-2").history_digest == NO_PAST.digest


def test_the_same_file_of_two_patients_contradicts_both(practice: Organisation) -> None:
    practice.claims("C-1", patient=BASIL)
    practice.attaches("C-1", "film", film())
    practice.works()
    practice.claims("C-2")
    practice.attaches("C-2", "film", film())
    practice.works()
    assert [practice.found(number, "APX601")[0]["result"] for number in ("C-1", "C-2")] == ["fail", "fail"]


def test_a_film_that_was_changed_a_little_is_found_again(practice: Organisation) -> None:
    changed = Fingerprint(pixel_sha256="f" * 64, perceptual=nearly(unlike("a"), cells=4))
    practice.claims("C-1", patient=BASIL)
    practice.attaches("C-1", "film", film("a"))
    practice.attaches("C-1", "another film", film("b"))
    practice.works()
    practice.claims("C-2")
    practice.attaches("C-2", "film, sent again", replace(film(), fingerprint=(said(changed),)))
    practice.works()
    (found,) = practice.found("C-2", "APX601")
    assert (found["result"], len(found["evidence"])) == ("unsure", 1)
    assert "C-2" in practice.standing("C-1").document


def test_what_was_judged_against_is_told_again_from_what_is_kept(practice: Organisation) -> None:
    proved(practice, "C-1", line(day=EARLIER), digit="a")
    proved(practice, "C-2", digit="a")
    practice.works()
    stood = practice.standing("C-2")
    practice.claims("C-1", line(on="9", day=EARLIER), patient=BASIL)
    practice.works()
    with practice.database.looking() as session:
        row = claim_by_number(session, practice.name, "C-2")
        assert row is not None
        past = past_as_kept(session, practice.name, row.id, stood.history_digest)
    assert past.digest == stood.history_digest
    assert [service.claim_number for service in past.history.services] == ["C-1"]
    assert practice.standing("C-2").history_digest != stood.history_digest


def test_a_file_that_comes_with_very_many_claims_lets_only_some_be_judged_again(practice: Organisation) -> None:
    for number in range(30):
        practice.claims(f"C-{number}", patient=BASIL | {"birth_date": f"2016-06-{number + 1:02}"})
        practice.attaches(f"C-{number}", "logo", film())
    practice.works(most=1000)
    practice.claims("C-99")
    practice.attaches("C-99", "logo", film())
    assert practice.works() <= 4
    assert len(practice.found("C-99", "APX601")[0]["evidence"]) == 20
