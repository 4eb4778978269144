"""The command line answers people and scripts: text or JSON, an exit status, one sentence when it cannot."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from apexproof.cli import Door, main
from fixtures import hostile

CASES = Path(__file__).parent.parent / "fixtures" / "cases"
GOOD = CASES / "verified-coded-dicom"
BAD = CASES / "taken-after-the-visit"
SCHEMAS = Path(__file__).parent.parent / "docs" / "schema"


def apexproof(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


def test_a_verified_claim_exits_with_0_and_names_the_image_that_carries_it() -> None:
    result = apexproof("verify", GOOD / "claim.json", GOOD / "files")
    assert result.exit_code == 0
    assert "Carried by pa8.dcm" in result.output
    assert result.stderr == ""


def test_a_claim_that_is_not_verified_exits_with_1_and_says_what_to_do() -> None:
    result = apexproof("verify", BAD / "claim.json", BAD / "files")
    assert result.exit_code == 1
    assert "What stands in the way" in result.output
    assert "✗ APX401" in result.output
    assert "→ " in result.output


def test_json_is_of_the_published_schema_and_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = apexproof("verify", BAD / "claim.json", BAD / "files", "--format", "json")
    second = apexproof(
        "verify", BAD / "claim.json", BAD / "files", "--format", "json", "--output", tmp_path / "out.json"
    )
    assert second.stdout == ""
    assert first.stdout_bytes == (tmp_path / "out.json").read_bytes()
    document = json.loads(first.stdout)
    assert not list(schema("verification").iter_errors(document))
    (claim,) = document["claims"]
    (line,) = claim["lines"]
    assert (claim["outcome"], line["proof"], line["procedure"]) == ("contradicted", None, "D3351")
    assert {finding["check"] for finding in line["findings"] if finding["result"] == "fail"} >= {"APX401"}


def test_the_claim_may_come_from_standard_input() -> None:
    result = apexproof("verify", "-", GOOD / "files", stdin=(GOOD / "claim.json").read_bytes())
    assert result.exit_code == 0


def test_without_files_the_attachments_beside_the_claim_are_taken(tmp_path: Path) -> None:
    for file in (GOOD / "claim.json", *(GOOD / "files").iterdir()):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert apexproof("verify", tmp_path / "claim.json").exit_code == 0


def test_the_claim_in_the_folder_is_no_attachment(tmp_path: Path) -> None:
    for file in (GOOD / "claim.json", *(GOOD / "files").iterdir()):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    result = apexproof("verify", tmp_path / "claim.json", tmp_path, "--format", "json")
    assert [file["file"] for file in json.loads(result.stdout)["claims"][0]["files"]] == ["pa8.dcm"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verify", "nowhere.json"], "There is no file 'nowhere.json'; name one that is there"),
        (["verify", str(CASES)], "cannot be read"),
        (
            ["verify", str(GOOD / "claim.json"), "nowhere.dcm"],
            "There is no file or folder 'nowhere.dcm'; name those of",
        ),
        (["verify", str(GOOD / "files" / "pa8.dcm")], "This claim cannot be used:"),
        (["verify", str(GOOD / "claim.json"), "--policy", "generous"], "the policies are payer, practice, strict"),
        (["verify", str(GOOD / "claim.json"), "--history", str(GOOD / "claim.json")], "This history cannot be used:"),
        (["verify", str(GOOD / "claim.json"), "--output", "/nowhere/out.json"], "cannot be written"),
        (["checks", "APX999"], "There is no check 'APX999'"),
        (["inspect", "nowhere.dcm"], "There is no file or folder 'nowhere.dcm'; name those of"),
        (["policies", "generous"], "the policies are payer, practice, strict"),
    ],
    ids=lambda value: " ".join(Path(word).name for word in value) if isinstance(value, list) else "",
)
def test_unusable_input_exits_with_2_and_one_sentence_on_stderr(arguments: list[str], sentence: str) -> None:
    result = apexproof(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("apexproof: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_answer_that_cannot_be_finished_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "out.json").mkdir()
    result = apexproof("inspect", GOOD / "files", "--format", "json", "--output", tmp_path / "out.json" / "x" / "y")
    assert result.exit_code == 2
    assert list((tmp_path / "out.json").iterdir()) == []


def test_inspect_shows_every_observation_with_source_and_strength() -> None:
    result = apexproof("inspect", GOOD / "files", "--format", "json")
    document = json.loads(result.stdout)
    assert not list(schema("inspection").iter_errors(document))
    (file,) = document["files"]
    (picture,) = file["radiographs"]
    assert (file["file"], file["kind"], picture["view"]["value"]) == ("pa8.dcm", "dicom", "periapical")
    assert picture["teeth"]["value"] == [{"universal": "8", "fdi": "11"}]
    assert {"source", "strength", "value", "note"} == set(picture["exposure"]["observations"][0])
    assert "tooth" not in apexproof("inspect", GOOD / "files").stderr


def test_headers_alone_are_read_without_measures_of_the_pixels() -> None:
    document = json.loads(apexproof("inspect", GOOD / "files", "--headers", "--format", "json").stdout)
    (picture,) = document["files"][0]["radiographs"]
    assert picture["legibility"] == picture["fingerprint"] == {"value": None, "observations": []}
    assert picture["teeth"]["value"] == [{"universal": "8", "fdi": "11"}]


def test_checks_and_policies_explain_themselves() -> None:
    assert "APX401" in apexproof("checks").output
    assert "## Why it matters" in apexproof("checks", "apx401").output
    assert "needs_times" in apexproof("policies", "payer").output
    assert all(name in apexproof("policies").output for name in ("payer", "practice", "strict"))


def test_a_policy_of_ones_own_states_only_what_it_changes(tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('extends = "payer"\nname = "own"\n[checks]\nAPX401 = "advisory"\n', encoding="utf-8")
    result = apexproof("verify", BAD / "claim.json", BAD / "files", "--policy", policy)
    assert result.exit_code == 0
    assert "policy own" in result.output


def test_a_name_that_steers_a_terminal_is_shown_harmless(tmp_path: Path) -> None:
    hostile = tmp_path / "\x1b[31m[bold]pa8\u202e.dcm"
    hostile.write_bytes((GOOD / "files" / "pa8.dcm").read_bytes())
    output = apexproof("inspect", tmp_path).output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[bold]pa8" in output


def test_name_that_is_no_text_is_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"p\xffa.dcm")).write_bytes((GOOD / "files" / "pa8.dcm").read_bytes())
    document = json.loads(apexproof("inspect", tmp_path, "--format", "json").stdout)
    assert [file["file"] for file in document["files"]] == ["p\N{REPLACEMENT CHARACTER}a.dcm"]


def run(*arguments: str | Path, **surroundings: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "apexproof.cli", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **surroundings})  # noqa: S603 - our own program


def test_terminal_without_our_signs_shows_a_mark_and_json_is_utf8_everywhere() -> None:
    text = run("verify", BAD / "claim.json", BAD / "files", PYTHONIOENCODING="ascii")
    assert (text.returncode, text.stderr) == (1, b"")
    assert b"? APX401" in text.stdout
    asked = ("verify", BAD / "claim.json", BAD / "files", "--format", "json")
    assert run(*asked, PYTHONIOENCODING="ascii").stdout == run(*asked, PYTHONIOENCODING="utf-8").stdout != b""


def test_an_answer_for_which_there_is_no_room_is_no_answer() -> None:
    command = [sys.executable, "-m", "apexproof.cli", "verify", str(GOOD / "claim.json"), "--format", "json"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own program
    assert (ended.returncode, ended.stderr) == (
        2,
        b"apexproof: The answer cannot be written: No space left on device.\n",
    )


def test_a_fault_of_ours_never_ends_like_an_answer() -> None:
    door = Door()

    @door.command()
    def breaking() -> None:
        raise LookupError

    result = CliRunner().invoke(door, ["breaking"])
    assert result.exit_code == 70
    assert "fault of apexproof" in result.stderr


def test_stopping_it_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "slow.pdf").write_bytes(hostile.pdf_of_nested_forms())
    command = [sys.executable, "-m", "apexproof.cli", "verify", str(GOOD / "claim.json"), str(tmp_path)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background it is ignored
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603 - our own program
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        out, complaint = running.communicate(timeout=20)
    assert (running.returncode, out) == (130, b"")
    assert complaint == b"apexproof: Stopped before the end; nothing was written.\n"


def test_help_shows_examples() -> None:
    for command in ((), ("verify",), ("inspect",), ("checks",), ("policies",)):
        assert "Examples:" in apexproof(*command, "--help").output


def test_a_progress_bar_shows_on_a_terminal_and_not_in_a_pipe() -> None:
    command = [sys.executable, "-m", "apexproof.cli", "inspect", str(GOOD / "files")]
    piped = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program
    assert piped.stderr == b""
    terminal, end = pty.openpty()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=end, check=True)  # noqa: S603 - our own program
    os.close(end)
    assert b"Reading" in os.read(terminal, 65536)
    os.close(terminal)
