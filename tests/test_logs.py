"""Logs: fixed words, nothing of a patient, JSON on a pipe and words on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.logs import Event, Fields, only_known_fields, request_id

SECRET = "Quill, Marigold born 2017-03-03"  # noqa: S105 - nobody's
BREAKS = f"""
import logging, sys, threading, warnings
from apexproof.logs import Event, about, configure_logs, tell
configure_logs("api", sys.stderr)
with about(request="0123456789abcdef0123456789abcdef"):
    tell(Event.JOB_DONE, job=7, work="read", seconds=0.5)
tell(Event.JOB_DONE, job=8, work={SECRET!r})
try:
    raise ValueError({SECRET!r})
except ValueError:
    logging.getLogger("celery.worker").exception("Task %s failed", {SECRET!r})
    logging.getLogger("somebody").exception({SECRET!r})
warnings.warn({SECRET!r})
thread = threading.Thread(target=lambda: int({SECRET!r}))
thread.start()
thread.join()
raise RuntimeError({SECRET!r})
"""
ANYTHING = st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text()), st.binary())


def _run() -> list[dict[str, object]]:
    ended = subprocess.run([sys.executable, "-c", BREAKS], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert ended.stdout == ""
    assert SECRET not in ended.stderr
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_on_a_pipe_each_line_is_json_and_none_holds_what_an_error_or_a_library_says() -> None:
    lines = _run()
    assert [line["event"] for line in lines] == [
        "job_done",
        "job_done",
        "library_failed",
        "library_failed",
        "library",
        "broke_down",
        "broke_down",
    ]
    assert {line["part"] for line in lines} == {"api"}
    assert lines[0].items() >= {"job": 7, "work": "read", "request": "0123456789abcdef0123456789abcdef"}.items()
    assert lines[1]["refused"] == ["work"]
    assert (lines[2]["said"], lines[2]["error"]) == ("Task %s failed", "ValueError")
    assert "said" not in lines[3]
    assert [line["error"] for line in lines[-2:]] == ["ValueError", "RuntimeError"]
    assert str(lines[-1]["where"]).endswith("<module>']")


def test_work_goes_on_when_nobody_reads_the_logs_any_more() -> None:
    program = "import os\n" + BREAKS.partition("try:")[0] + "os.write(1, b'worked')"
    reads, writes = os.pipe()
    os.close(reads)
    ended = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=writes, check=False)  # noqa: S603 - ours
    os.close(writes)
    assert (ended.returncode, ended.stdout) == (0, b"worked")


def test_on_a_terminal_it_is_words() -> None:
    ours, theirs = pty.openpty()
    program = "\n".join(BREAKS.splitlines()[:7])
    subprocess.run([sys.executable, "-c", program], stderr=theirs, check=True, env={**os.environ, "NO_COLOR": "1"})  # noqa: S603 - ours
    said = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert re.search(r"\[info\s*\] job_done .*job=7.* work=read", said)


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(Fields.__annotations__)), st.text()), ANYTHING))
def test_whatever_is_said_only_known_fields_with_values_of_their_kind_pass(said: dict[str, object]) -> None:
    told = only_known_fields(None, "info", {**said, "event": "request"})
    for name, value in told.items():
        if name == "refused":
            assert all(re.fullmatch("[a-z_]{1,30}", str(one)) for one in value)  # type: ignore[attr-defined]  # a list
        elif name == "said":  # texts of libraries, which `Libraries` alone lets pass
            continue
        elif isinstance(value, str):
            assert " " not in value
            assert "," not in value
    assert told["event"] == Event.REQUEST


def test_an_event_that_is_none_of_ours_is_not_told_by_its_words() -> None:
    assert SECRET not in str(only_known_fields(None, "info", {"event": SECRET}))


@pytest.mark.parametrize(
    "stated", [str(uuid.UUID(int=7)), "0123456789ABCDEF0123456789abcdef", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]
)
def test_a_well_formed_request_id_is_taken(stated: str) -> None:
    assert request_id(stated) == stated


@given(st.one_of(st.none(), st.text(), st.sampled_from(["Quill-Marigold", "2017-03-03", "123456789012", "x" * 32])))
def test_any_other_request_id_is_replaced(stated: str | None) -> None:
    made = request_id(stated)
    assert made != stated
    assert re.fullmatch("[0-9a-f]{32}", made)
