"""`apexproof inbox`: what waits for a person is listed without their patients, and joined or dismissed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from apexproof.cli import main
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.tables import AuditRow
from tests.api.dicomweb_body import film, store
from tests.api.listening import listening

CLAIM = {
    "claim_number": "C-1",
    "patient": {"name": {"family": "Larkspur"}},
    "lines": [{"line": 1, "procedure": "D3351"}],
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a claim, and two images that wait."""
    folder = tmp_path_factory.mktemp("d")
    with listening(folder) as api:
        caller = api.caller("main")
        assert caller.send_claim(CLAIM).status == 201
        assert (
            store(caller, *(film(PatientName="Quill^Seen", SOPInstanceUID=f"2.25.{n}") for n in (1, 2))).status == 200
        )
    return folder


def asked(data_dir: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["inbox", *words], env={"APEXPROOF_DATA_DIR": str(data_dir)})


def test_what_waits_is_listed_joined_and_dismissed_once(data_dir: Path) -> None:
    listed = asked(data_dir, "list").output
    assert [line.split()[0] for line in listed.splitlines()] == ["1", "2"]
    assert listed.splitlines()[0].endswith("STOW-RS  no_claim  2.25.1")
    assert "Quill" not in listed
    assert asked(data_dir, "join", "1", "C-9").output == "Error: There is no claim of this number.\n"
    assert asked(data_dir, "join", "1", "C-1").exit_code == 0
    assert asked(data_dir, "dismiss", "2", "--organisation", "theirs").exit_code == 1
    assert asked(data_dir, "dismiss", "2").exit_code == 0
    assert asked(data_dir, "list").output == ""
    again = asked(data_dir, "dismiss", "1")
    assert (again.exit_code, again.output) == (1, "Error: Nothing of this number waits in the inbox.\n")
    database = Database(Settings(data_dir=data_dir).database)
    with database.looking() as session:
        done = session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("apexproof inbox"))).all()
    database.close()
    assert sorted(done) == ["apexproof inbox dismiss", "apexproof inbox join"]
