"""`apexproof replay`: an auditor makes kept verifications again, and is told of each that is not the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from apexproof.cli import main
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.schema import migrate
from apexproof.store.tables import VerificationRow
from tests.builders import picture_of
from tests.organisation import Organisation


@pytest.fixture
def practice(tmp_path: Path) -> Organisation:
    """One with a data directory, and two claims that were judged."""
    database = Database(Settings(data_dir=tmp_path).database)
    migrate(database)
    practice = Organisation(database=database)
    for number in ("C-1", "C-2"):
        practice.claims(number)
        practice.attaches(number, number, picture_of())
    practice.works()
    return practice


def asked(data_dir: Path, *words: str) -> Result:
    words = ("replay", "--organisation", "marigold-dental", *words)
    return CliRunner().invoke(main, words, env={"APEXPROOF_DATA_DIR": str(data_dir)})


def test_all_claims_are_gone_through_and_counted(practice: Organisation, tmp_path: Path) -> None:
    made = sum(len(practice.verifications(number)) for number in ("C-1", "C-2"))
    answer = asked(tmp_path)
    assert answer.exit_code == 0
    counted = f"{made} verifications: {made} the same to the byte, 0 differ, 0 could not be replayed.\n"
    assert answer.output == counted


def test_what_differs_is_named_and_ends_with_a_status_of_its_own(practice: Organisation, tmp_path: Path) -> None:
    with practice.database.writing() as session:
        session.execute(update(VerificationRow).where(VerificationRow.number == 1).values(document='{"files":[]}'))
    answer = asked(tmp_path, "C-1", "--verification", "1")
    assert answer.exit_code == 1
    assert answer.output.startswith("C-1, verification 1: ")


def test_files_that_are_gone_are_named(practice: Organisation, tmp_path: Path) -> None:
    answer = asked(tmp_path, "C-1", "--read")
    assert answer.exit_code == 1
    assert "is gone" in answer.output
    assert practice.outcome("C-1") == "verified"


def test_a_number_that_is_not_there_is_said(practice: Organisation, tmp_path: Path) -> None:
    answer = asked(tmp_path, "C-7")
    assert (answer.exit_code, answer.output) == (1, f"Error: The organisation '{practice.name}' has no claim 'C-7'.\n")
