"""What is dropped into a folder is verified once and whole, whenever the watching program is killed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apexproof.cli import main
from apexproof.policy import load_policy
from apexproof.watching import FolderBusy, Watch
from fixtures.case import CASES
from tests.formats.x12.interchanges import interchange, one_claim
from tests.service.served import until

FHIR = CASES.parent / "fhir"
GOOD, BAD = CASES / "verified-coded-dicom", CASES / "taken-after-the-visit"


def drop(inbox: Path, case: Path, name: str = "claim.json") -> None:
    """Drop a claim and its files beside it."""
    inbox.mkdir(exist_ok=True)
    for file in (case / "files").iterdir():
        shutil.copy(file, inbox / file.name)
    shutil.copy(case / "claim.json", inbox / name)


def once(inbox: Path, out: Path, *options: str) -> Result:
    command = ["watch", str(inbox), str(out), "--once", "--settle", "0", "--format", "json", *options]
    return CliRunner().invoke(main, command)


def outcome(out: Path, name: str) -> str:
    (claim,) = json.loads((out / f"{name}.json").read_text())["claims"]
    said: str = claim["outcome"]
    return said


def named(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def has_results(out: Path, number: int) -> bool:
    return out.is_dir() and len(named(out)) >= number


def watching(inbox: Path, out: Path, clock: list[float], **changes: float) -> Watch:
    said = {"settle": 5.0, "patience": 60.0, **changes}
    return Watch(
        inbox=inbox,
        out=out,
        policy=load_policy("payer"),
        forms=["json"],
        settle=said["settle"],
        patience=said["patience"],
        clock=lambda: clock[0],
    )


def test_a_claim_with_its_files_is_verified_and_moved_away(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    drop(inbox, GOOD)
    result = once(inbox, out)
    assert result.exit_code == 0, result.output
    assert "claim.json: 1 verified" in result.stderr
    assert "1 files with 1 claims: 1 files verified, 0 failed." in result.stderr
    assert named(out) == ["claim.json.json"]
    assert outcome(out, "claim.json") == "verified"
    assert named(inbox) == ["done", "failed"]
    assert named(inbox / "done" / "claim.json") == ["claim.json", "pa8.dcm"]


def test_a_folder_is_one_case_and_the_same_name_again_is_kept_apart(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    drop(inbox, GOOD)
    for case in (GOOD, BAD):
        once(inbox, out)
        shutil.copytree(case, inbox / "case")
        (inbox / "case" / "expected.json").unlink()
        result = once(inbox, out)
    assert result.exit_code == 1
    assert (outcome(out, "case"), outcome(out, "case-2")) == ("verified", "contradicted")


def test_what_cannot_be_used_fails_with_its_reason_and_stops_nothing(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    drop(inbox, GOOD, "b.json")
    (inbox / "a.json").write_text("{broken")
    (inbox / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    result = once(inbox, out)
    assert result.exit_code == 1
    assert "it is not JSON" in (out / "a.json.error.txt").read_text()
    assert named(inbox / "failed") == ["a.json"]
    assert outcome(out, "b.json") == "verified"
    assert "left where they are: holiday.jpg" in result.stderr


def test_an_interchange_is_verified_claim_by_claim(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    (inbox / "batch.837").write_bytes(interchange(one_claim()))
    assert once(inbox, out, "--format", "csv").exit_code == 1
    assert named(out) == ["batch.837.csv", "batch.837.json"]
    assert outcome(out, "batch.837") == "missing_evidence"


def test_a_fhir_claim_that_holds_its_film_waits_for_nothing_beside_it(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    (film,) = (GOOD / "files").iterdir()
    claim = json.loads((FHIR / "claim.json").read_bytes())
    held = {"title": "pa8.dcm", "data": base64.b64encode(film.read_bytes()).decode()}
    claim["supportingInfo"] = [
        {"sequence": 1, "category": {"coding": [{"code": "attachment"}]}, "valueAttachment": held}
    ]
    inbox.mkdir()
    (inbox / "claim.json").write_text(json.dumps(claim))
    assert once(inbox, out).exit_code == 0
    assert outcome(out, "claim.json") == "verified"


def test_nothing_is_taken_before_it_has_settled(tmp_path: Path) -> None:
    inbox, out, clock = tmp_path / "in", tmp_path / "out", [100.0]
    drop(inbox, GOOD)
    watch = watching(inbox, out, clock)
    with watch.held():
        assert list(watch.look()) == []
        clock[0] += 4
        (inbox / "pa8.dcm").write_bytes((inbox / "pa8.dcm").read_bytes()[:1000])
        assert list(watch.look()) == []
        clock[0] += 2  # the claim has settled, its film has not
        assert list(watch.look()) == []
        shutil.copy(GOOD / "files" / "pa8.dcm", inbox / "pa8.dcm")
        clock[0] += 5
        assert list(watch.look()) == []
        clock[0] += 5
        assert [str(one) for one in watch.look()] == ["claim.json: 1 verified"]


def test_a_claim_waits_for_the_files_that_it_names_and_not_for_ever(tmp_path: Path) -> None:
    inbox, out, clock = tmp_path / "in", tmp_path / "out", [100.0]
    drop(inbox, GOOD)
    (inbox / "pa8.dcm").rename(tmp_path / "pa8.dcm")
    watch = watching(inbox, out, clock)
    with watch.held():
        for seconds in (0, 10, 45):
            clock[0] += seconds
            assert list(watch.look()) == []
        clock[0] += 10
        assert [str(one) for one in watch.look()] == ["claim.json: 1 missing evidence"]


def test_what_is_half_written_by_its_name_is_left_alone(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    drop(inbox, GOOD, "claim.json.part")
    (inbox / "pa8.dcm").unlink()
    (inbox / "empty.json").touch()
    assert once(inbox, out).exit_code == 0
    assert named(out) == []
    assert "claim.json.part" in named(inbox)


def test_a_folder_has_one_watcher(tmp_path: Path) -> None:
    first, second = (watching(tmp_path, tmp_path / "out", [0.0]) for _ in range(2))
    with first.held(), pytest.raises(FolderBusy), second.held():
        pass


@pytest.mark.parametrize("moved", [[], ["claim.json"], ["claim.json", "pa8.dcm"]])
def test_who_was_killed_while_taking_goes_on_where_it_was(tmp_path: Path, moved: list[str]) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    drop(inbox, GOOD)
    place = inbox / ".work" / "claim.json"
    place.mkdir(parents=True)
    (place / ".taking").touch()
    for name in moved:
        (inbox / name).rename(place / name)
    assert once(inbox, out).exit_code == 0
    assert named(out) == ["claim.json.json"]
    assert named(inbox / "done" / "claim.json") == ["claim.json", "pa8.dcm"]


def test_killed_again_and_again_it_still_gives_each_result_once(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    for number in range(4):
        shutil.copytree(GOOD, inbox / f"case-{number}")
        (inbox / f"case-{number}" / "expected.json").unlink()
    command = [str(Path(sys.executable).with_name("apexproof")), "watch", str(inbox), str(out), "--settle", "0"]
    for kills in range(1, 4):
        process = subprocess.Popen([*command, "--format", "json"], stderr=subprocess.DEVNULL)  # noqa: S603 - our own program
        until(partial(has_results, out, kills), "no result comes")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert once(inbox, out).exit_code == 0
    assert named(out) == [f"case-{number}.json" for number in range(4)]
    assert named(inbox / "done") == [f"case-{number}" for number in range(4)]
    assert {outcome(out, f"case-{number}") for number in range(4)} == {"verified"}


def test_ctrl_c_ends_it_with_a_summary(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("apexproof")), "watch", str(tmp_path), str(tmp_path / "out")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ)  # noqa: S603 - our own program
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Watching ")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert time.monotonic() - began < 30
    assert "0 files with 0 claims" in process.stderr.read()
    process.stderr.close()


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "watch.md").read_text(encoding="utf-8")
    _, _, shown = page.partition("```console\n$ apexproof ")
    command, *lines = shown.partition("```")[0].splitlines()
    drop(tmp_path / "IN", GOOD)
    places = {"IN": str(tmp_path / "IN"), "OUT": str(tmp_path / "OUT")}
    result = CliRunner().invoke(main, [places.get(word, word) for word in command.split()])
    assert result.stderr.splitlines() == lines
    assert named(tmp_path / "OUT") == ["claim.json.json", "claim.json.pdf"]
