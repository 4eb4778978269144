"""Documented: requests that a page of docs/ shows and their answers, read off it and sent to a running service."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from tests.service.caller import PATIENCE_SECONDS, Answer, Caller

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
_ADDRESS = "http://127.0.0.1:8351"
_STEP = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A command of the page, and what stands below it."""

    words: tuple[str, ...]
    status: int
    body: Any

    def sent_by(self, caller: Caller) -> Answer:
        """Send it; a question is asked again until its answer is the one of the page, for work takes its time."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = _send(self.words, caller)
            as_shown = answer.status == self.status and matches(self.body, answer.json)
            if as_shown or "--data-binary" in self.words or "-F" in self.words or time.monotonic() > until:
                return answer
            time.sleep(_STEP)


def exchanges(page: str = PAGE) -> Iterator[Exchange]:
    """All that the page shows, in its order."""
    for block in re.findall(r"```console\n\$ curl (.*?)```", page, re.DOTALL):
        command, status, body = block.split("\n", 2)
        yield Exchange(words=tuple(shlex.split(command)), status=int(status), body=json.loads(body))


def matches(shown: Any, said: Any) -> bool:  # noqa: ANN401 - JSON is anything
    """Whether an answer is what is shown, but for what is left out."""
    if shown == LEFT_OUT:
        return True
    if isinstance(shown, dict) and isinstance(said, dict):
        named = shown.keys() - {LEFT_OUT}
        alike = named <= said.keys() if LEFT_OUT in shown else named == said.keys()
        return alike and all(matches(shown[key], said[key]) for key in named)
    if isinstance(shown, list) and isinstance(said, list):
        return len(shown) == len(said) and all(matches(*pair) for pair in zip(shown, said, strict=True))
    return bool(shown == said)


def _send(words: tuple[str, ...], caller: Caller) -> Answer:
    """Do what curl does with these words; only those that the page uses are known."""
    *options, address = words
    headers: dict[str, str] = {}
    body: bytes | None = None
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-H":
            name, _, said = value.partition(": ")
            headers[name] = said.replace("$KEY", caller.key or "")
        elif option == "--data-binary":
            body = (ROOT / value.removeprefix("@")).read_bytes()
        elif option == "-F":
            name, _, place = value.partition("=@")
            field = {name: (Path(place).name, (ROOT / place).read_bytes(), "application/octet-stream")}
            body, headers["Content-Type"] = urllib3.encode_multipart_formdata(field)
        else:
            raise ValueError(f"docs/api.md uses curl {option}, which its test does not know")
    stranger = Caller(address=caller.address, key=None)
    return stranger.ask("GET" if body is None else "POST", address.removeprefix(_ADDRESS), body=body, headers=headers)
