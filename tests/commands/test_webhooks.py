"""`apexproof webhooks`: what could not be delivered is shown with its reason, and tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apexproof.cli import main
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.jobs import set_aside
from apexproof.store.schema import migrate
from apexproof.webhooks import Moved, announce, open_webhook
from tests.store.rows import NOON, OURS, at


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory with one delivery that was given up."""
    database = Database(Settings(data_dir=tmp_path).database)
    migrate(database)
    with database.writing() as session:
        open_webhook(session, OURS, "https://receiver.example/hook", reachable=(), now=NOON)
        moved = Moved(organisation=OURS, claim="C-1", before=None, outcome="verified", verification=1)
        (ring,) = announce(session, [moved], at(0))
        set_aside(session, ring.job, reason="it answered 500", now=NOON)
    database.close()
    return tmp_path


def asked(data_dir: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["webhooks", *words], env={"APEXPROOF_DATA_DIR": str(data_dir)})


def test_what_was_given_up_is_listed_and_replayed_once(data_dir: Path) -> None:
    listed = asked(data_dir, "dead").output
    assert listed.startswith(f"1  {OURS}  wh_")
    assert listed.endswith("2026-02-12 12:00  it answered 500\n")
    assert asked(data_dir, "replay", "1").exit_code == 0
    assert asked(data_dir, "dead").output == ""
    again = asked(data_dir, "replay", "1", "7")
    assert (again.exit_code, again.output) == (1, "Error: Not dead, or not there: 1, 7.\n")
