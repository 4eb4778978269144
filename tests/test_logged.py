"""Nobody is named in any log of this suite (`conftest` looks them through at its end); here: that it would show."""

from __future__ import annotations

import json
import logging

import pytest

from apexproof.logs import Event, tell
from fixtures.dicom_files import Sitter
from tests.logged import everybody, keep, kept, named_in

SITTER = Sitter()


@pytest.mark.parametrize(
    "said", [SITTER.name, SITTER.name.upper(), "Quill, Marigold", "marigold", SITTER.chart_number, "member-0107"]
)
def test_whoever_the_suite_is_about_is_found_in_a_line(said: str) -> None:
    line = json.dumps({"event": "request", "route": f"/v1/claims/{said}"})
    assert named_in(f"{line}\n{json.dumps({'event': 'started'})}") == [line]


def test_a_name_within_another_word_is_nobodys() -> None:
    assert not everybody().search('{"where": ["tests/squilling.py:1 marigolds"]}')


def test_what_this_process_and_others_tell_is_kept_and_what_is_no_field_is_not() -> None:
    tell(Event.JOB_DONE, job=335, work=SITTER.name)
    logging.getLogger("somebody").error("lost %s", SITTER.name)
    keep(['{"event": "of another program"}\n'])
    first, second, third = (json.loads(line) for line in kept().splitlines()[-3:])
    assert (first["job"], first["refused"]) == (335, ["work"])
    assert (second["event"], second["logger"]) == ("library_failed", "somebody")
    assert third == {"event": "of another program"}
