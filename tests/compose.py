"""Compose: docker-compose.yml as docker compose itself understands it; no engine is needed for that."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECRETS = tuple(re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
STATED = {name: f"synthetic{name.lower()}" for name in SECRETS}


def config(*words: str, stated: dict[str, str] = STATED) -> subprocess.CompletedProcess[str]:
    """What docker compose makes of the file."""
    program = str(Path(sys.executable).with_name("docker-compose"))
    command = [program, "--file", str(ROOT / "docker-compose.yml"), "config", *words]
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", **stated}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool


@cache
def services() -> dict[str, Any]:
    """The services, with everything filled in."""
    found: dict[str, Any] = json.loads(config("--format", "json").stdout)["services"]
    return found


def plain(written: str) -> str:
    """A command as its container sees it: compose shows every $ as it must be written, twice."""
    return written.replace("$$", "$")
