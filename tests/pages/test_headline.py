"""The headline: any verification has one sentence, and the usual faults are told as a person would tell them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given

from apexproof.claim import EarlierService, History
from apexproof.exposure import ExposureInterval
from apexproof.formats.verification_json import ClaimVerificationDocument
from apexproof.observation import Observation
from apexproof.verification import Outcome
from apexproof.view import View
from api.pages.headline import BEGINNINGS, headline, obstacles, told
from tests.builders import VISIT, at, attached, claim, picture_of, said, service, universal, views
from tests.pages.documents import DOCUMENTS, document


def taken(days: int) -> tuple[Observation[ExposureInterval], ...]:
    """Exposed so many days after the visit."""
    return (said(at(f"{VISIT + timedelta(days=days)} 09:30")),)


def test_the_example_of_every_front_desk() -> None:
    picture = picture_of("8", exposure=taken(3))
    assert headline(document(attached(picture))) == (
        "Not ready: the only periapical of tooth 8 was taken 3 days after the visit."
    )


def test_one_that_carries_the_claim_says_how_long_before_the_visit() -> None:
    assert headline(document(attached(picture_of("8", exposure=taken(-14))))) == (
        "Ready to send: the periapical of tooth 8, taken 14 days before the visit, carries the claim."
    )


def test_nothing_attached_is_said_so() -> None:
    assert headline(document()) == "Not ready: no file came with the claim."


def test_a_picture_of_another_kind_is_named() -> None:
    assert headline(document(attached(picture_of("8", view=(said(views(View.BITEWING)),))))) == (
        "Not ready: the only picture is a bitewing, and tooth 8 needs a periapical."
    )


def test_another_tooth_is_named_in_the_claims_own_numbers() -> None:
    wrong = attached(picture_of("9"))
    assert headline(document(wrong)) == "Not ready: the only periapical shows tooth 9, not tooth 8."


def test_teeth_and_days_of_a_message_are_said_as_the_claim_counts_and_a_person_speaks() -> None:
    earlier = EarlierService(
        procedure="D3351", tooth=universal("8"), service_date=date(2025, 10, 6), claim_number="C-9"
    )
    billed = document(attached(picture_of("8")), history=History(services=(earlier,)))
    assert headline(billed) == (
        "Not ready: the initial visit of tooth 8 was billed before: D3351 on 6 Oct 2025, claim C-9."
    )


def test_where_nobody_says_how_a_claim_counts_its_teeth_both_numbers_stand() -> None:
    message = "pa9.dcm shows #9 (FDI 21) (DICOM Primary Anatomic Structure Sequence (0008,2228)), taken 2026-02-09."
    assert told(message) == "pa9.dcm shows tooth 9 (FDI 21), taken 9 Feb 2026."


def test_a_claim_without_a_first_visit_has_nothing_to_check() -> None:
    assert headline(document(of=claim(service("D3352", "8")))).startswith("Nothing to check:")


@given(shown=DOCUMENTS)
def test_any_verification_has_one_sentence_that_begins_with_its_outcome(shown: ClaimVerificationDocument) -> None:
    sentence = headline(shown)
    assert sentence.startswith(f"{BEGINNINGS[shown['outcome']]}: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 600


@given(shown=DOCUMENTS)
def test_what_is_ready_has_nothing_in_its_way_and_nothing_else_is_called_so(shown: ClaimVerificationDocument) -> None:
    in_the_way = [finding for line in shown["lines"] for finding in obstacles(line)]
    assert headline(shown).startswith("Ready") == (shown["outcome"] is Outcome.VERIFIED)
    if shown["outcome"] is Outcome.VERIFIED:
        assert in_the_way == []
