"""A process that gives way, in a session of its own or in that of others, as the kernel says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

OWN_GROUP = Path("/proc/self/autogroup")
PROGRAM = """
import json, os, sys
from pathlib import Path
from apexproof.priority import give_way
give_way(3)
give_way(4)
group = Path(sys.argv[1])
print(json.dumps([os.nice(0), group.read_text() if group.exists() else ""]))
"""


def given_way(*, leading: bool) -> tuple[int, str]:
    command = [sys.executable, "-c", PROGRAM, str(OWN_GROUP)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, start_new_session=leading)  # noqa: S603 - our own program
    niceness, group = json.loads(said.stdout)
    return niceness, group


def test_whoever_leads_a_session_gives_way_with_all_of_it() -> None:
    niceness, group = given_way(leading=True)
    assert niceness == os.nice(0) + 7
    assert not OWN_GROUP.exists() or group.endswith(f" nice {niceness}\n")


def test_a_session_that_others_lead_is_left_alone() -> None:
    before = OWN_GROUP.read_text() if OWN_GROUP.exists() else ""
    niceness, group = given_way(leading=False)
    assert niceness == os.nice(0) + 7
    assert group == before
