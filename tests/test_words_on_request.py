"""When the words in the pictures are read: only when asked for, or when a required question is open without them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from apexproof.claim import AttachedFile, History
from apexproof.cli import main
from apexproof.exposure import DateOrder, ExposureInterval
from apexproof.formats.native import parse_claims
from apexproof.intake import check_in_depth
from apexproof.observation import Observation, Strength
from apexproof.policy import BurnedInWords, Policy, load_policy
from apexproof.radiograph import BirthReadings, FileReading, PatientStatement, Radiograph
from apexproof.verification import Outcome

CASES = Path(__file__).parent.parent / "fixtures" / "cases"
SNIP = CASES / "words-in-the-picture-prove-it"
CODED = CASES / "verified-coded-dicom"


def apexproof(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_an_open_question_is_answered_by_the_words() -> None:
    assert apexproof("verify", SNIP / "claim.json", SNIP / "files").exit_code == 0


def test_without_the_words_the_question_stays_open() -> None:
    result = apexproof("verify", SNIP / "claim.json", SNIP / "files", "--words", "never", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["claims"][0]["outcome"] == "needs_review"


def test_inspect_shows_the_words_with_their_place() -> None:
    result = apexproof("inspect", SNIP / "files", "--words")
    assert "words in the picture at" in result.output
    assert "words in the picture at" not in apexproof("inspect", SNIP / "files").output


def test_headers_alone_have_no_words() -> None:
    result = apexproof("inspect", SNIP / "files", "--words", "--headers")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


class Asked:
    """Gives each file the same deeper reading, and remembers what it was asked for."""

    def __init__(self, *radiographs: Radiograph) -> None:
        self.radiographs = radiographs
        self.names: list[str] = []

    def __call__(self, files: Sequence[AttachedFile]) -> list[FileReading]:
        self.names += [file.name for file in files]
        return [replace(file.reading, radiographs=self.radiographs) for file in files]


def check(asked: Asked, words: BurnedInWords, *, policy: Policy | None = None) -> Outcome:
    """The outcome of the claim with one picture of which nothing is known."""
    reading = FileReading(sha256="a" * 64, size=1, kind="jpeg", radiographs=(Radiograph(),))
    claims = parse_claims((SNIP / "claim.json").read_bytes(), origin="claim.json")
    checked = check_in_depth(
        claims,
        [AttachedFile(name="pa8.jpg", reading=reading)],
        History(),
        policy or load_policy(),
        words=words,
        read_words=asked,
    )
    return checked.verifications[0].outcome


def test_a_picture_that_leaves_questions_open_is_read_again() -> None:
    asked = Asked(Radiograph())
    check(asked, BurnedInWords.WHEN_OPEN)
    assert asked.names == ["pa8.jpg"]


def test_never_is_never() -> None:
    asked = Asked(Radiograph())
    check(asked, BurnedInWords.NEVER)
    assert asked.names == []


def test_a_verified_claim_waits_for_no_words() -> None:
    result = apexproof("verify", CODED / "claim.json", CODED / "files", "--words", "auto", "--format", "json")
    assert result.exit_code == 0
    assert (
        result.stdout
        == apexproof("verify", CODED / "claim.json", CODED / "files", "--words", "never", "--format", "json").stdout
    )


def test_a_deeper_reading_that_lost_a_picture_is_not_taken() -> None:
    with_picture = check(Asked(Radiograph()), BurnedInWords.WHEN_OPEN)
    assert check(Asked(), BurnedInWords.WHEN_OPEN) is with_picture


@pytest.mark.parametrize(
    ("order", "day", "birthday"),
    [
        (DateOrder.MONTH_FIRST, date(2026, 2, 1), date(2017, 4, 3)),
        (DateOrder.DAY_FIRST, date(2026, 1, 2), date(2017, 3, 4)),
        (DateOrder.UNKNOWN, None, None),
    ],
)
def test_the_policy_says_which_number_is_the_month(order: DateOrder, day: date | None, birthday: date | None) -> None:
    one, other = ExposureInterval.on_day(date(2026, 2, 1)), ExposureInterval.on_day(date(2026, 1, 2))
    both = ExposureInterval(
        earliest=datetime.combine(date(2026, 1, 2), time.min),
        latest=datetime.combine(date(2026, 2, 1), time.max),
        month_first=one,
        day_first=other,
    )
    said = Observation(value=both, source="words in the picture at 1,2-3,4", strength=Strength.BURNED_IN)
    born = PatientStatement(birth_readings=BirthReadings(month_first=date(2017, 4, 3), day_first=date(2017, 3, 4)))
    birth = Observation(value=born, source="words in the picture at 1,9-3,12", strength=Strength.BURNED_IN)
    policy = load_policy()
    policy = policy.model_copy(update={"words": policy.words.model_copy(update={"dates": order})})
    claims = parse_claims((SNIP / "claim.json").read_bytes(), origin="claim.json")
    reading = FileReading(
        sha256="a" * 64, size=1, kind="jpeg", radiographs=(Radiograph(exposure=(said,), patient=(birth,)),)
    )
    checked = check_in_depth(
        claims,
        [AttachedFile(name="pa8.jpg", reading=reading)],
        History(),
        policy,
        words=BurnedInWords.NEVER,
        read_words=Asked(),
    )
    picture = checked.verifications[0].files[0].reading.radiographs[0]
    (seen,) = picture.exposure
    assert seen.value is not None
    assert seen.value.one_day == day
    assert ("as the policy says" in seen.source) is (day is not None)
    of_patient = picture.patient[0]
    assert of_patient.value is not None
    assert of_patient.value.birth_date == birthday
    assert ("as the policy says" in of_patient.source) is (birthday is not None)
    if birthday is not None:  # the other reading stays in the evidence
        left = {date(2017, 4, 3), date(2017, 3, 4)} - {birthday}
        assert str(left.pop()) in str(of_patient.note)


def test_an_audit_reads_the_words_whatever_is_known() -> None:
    assert load_policy("strict").words.burned_in is BurnedInWords.ALWAYS
    assert load_policy("strict").words.dates is DateOrder.UNKNOWN
    assert load_policy("payer").words.burned_in is BurnedInWords.WHEN_OPEN
