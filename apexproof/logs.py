"""Logs: what happens, told in fixed words, a line each: JSON where a program reads it, coloured words on a terminal.

No line can hold patient data. An event is one of `Event`; a field is one of `Fields`, and its value must look as that
field's values do; anything else is refused and only named. Claims, files and jobs are told by the numbers of their
rows, never by what their sender calls them. Of an error its kind and its place are told, never its message, which may
quote a file; of what a library logs, the fixed text without the values in it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import PurePath
from types import TracebackType
from typing import TextIO, TypedDict, Unpack

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import EventDict, WrappedLogger


class Event(StrEnum):
    """All that is ever told."""

    STARTED = "started"
    ENDING = "ending"
    BROKE_DOWN = "broke_down"
    """An error that nobody expected, and the end of whatever it was in."""
    PART_STARTED_AGAIN = "part_started_again"
    REQUEST = "request"
    FAULT = "fault"
    """A request was answered with 500."""
    DATABASE_FAILED = "database_failed"
    BROKER_AWAY = "broker_away"
    FILES_AWAY = "files_away"
    JOB_DONE = "job_done"
    JOB_FAILED = "job_failed"
    JOB_POSTPONED = "job_postponed"
    """What it needs is away; that counts as no try."""
    JOB_SET_ASIDE = "job_set_aside"
    JUDGING_FAILED = "judging_failed"
    """What was read is kept, and judging is promised as a job of its own."""
    LEASE_NOT_EXTENDED = "lease_not_extended"
    RUNG_AGAIN = "rung_again"
    LIBRARY = "library"
    """What a library logs."""
    LIBRARY_FAILED = "library_failed"
    """What a library logs as an error."""


class Fields(TypedDict, total=False):
    """All that is ever told of an event."""

    part: str
    child: str
    version: str
    request: str
    method: str
    route: str
    status: int
    seconds: float
    job: int
    work: str
    attempt: int
    claim: int
    attachment: int
    delivery: int
    jobs: int
    error: str
    where: list[str]
    logger: str
    said: str


_LEVELS = {
    Event.BROKE_DOWN: "error",
    Event.FAULT: "error",
    Event.LIBRARY_FAILED: "error",
    Event.DATABASE_FAILED: "error",
    Event.JOB_SET_ASIDE: "error",
    Event.JOB_FAILED: "warning",
    Event.JUDGING_FAILED: "warning",
    Event.LEASE_NOT_EXTENDED: "warning",
    Event.BROKER_AWAY: "warning",
    Event.FILES_AWAY: "warning",
    Event.PART_STARTED_AGAIN: "warning",
    Event.RUNG_AGAIN: "warning",
    Event.LIBRARY: "warning",
}
"""How much an event matters; what is not here is told as `info`."""

_HEX_ID = r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WORD, _PLACE = r"[A-Za-z_][A-Za-z0-9_.]{0,59}", r"[\w./<>-]{1,120}:\d{1,6} [\w<>]{1,60}"
_TEXTS = {
    "part": _WORD,
    "child": _WORD,
    "version": r"[0-9][0-9A-Za-z.+]{0,29}",
    "request": rf"{_HEX_ID}|[0-7][0-9a-hjkmnp-tv-z]{{25}}",
    "method": r"[A-Z]{1,10}",
    "route": r"/[A-Za-z0-9_{}:/.-]{0,120}|\(none\)",
    "work": _WORD,
    "error": _WORD,
    "where": _PLACE,
    "logger": _WORD,
    "said": r"(?s).{1,300}",
}
_SAFE = {name: re.compile(pattern, re.IGNORECASE if name == "request" else 0) for name, pattern in _TEXTS.items()}
_BY_STRUCTLOG = frozenset({"event", "level", "time"})
_NAME = re.compile(r"[a-z_]{1,30}")
# Their messages are constants of their programs, with the values apart from them; others' may be put together.
_FIXED_TEXTS = ("celery", "kombu", "uvicorn")
_FRAMES_MOST = 20


def configure_logs(part: str, stream: TextIO) -> None:
    """Tell what happens in this process, and in those it forks, on `stream`; what libraries log among it."""
    tell_on(stream, part)
    logging.basicConfig(handlers=[Libraries()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _broke_down
    threading.excepthook = lambda said: _broke_down(said.exc_type, said.exc_value, said.exc_traceback)


def tell_on(stream: TextIO, part: str) -> None:
    """Let `tell` write on `stream`: JSON lines, words on a terminal."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if stream.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ, sort_keys=False)
    lines = _Lines(stream.fileno())
    structlog.configure(
        processors=[
            lambda _logger, _method, said: {"part": part, **said},
            merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            only_known_fields,
            renderer,
        ],
        wrapper_class=structlog.BoundLogger,
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )


def tell(event: Event, **fields: Unpack[Fields]) -> None:
    """Tell what happened; a program that did not configure its logs (a command) tells nothing."""
    if structlog.is_configured():
        getattr(structlog.get_logger(), _LEVELS.get(event, "info"))(event.value, **fields)


@contextmanager
def about(**fields: Unpack[Fields]) -> Iterator[None]:
    """Let everything that is told in this block say what it is about."""
    with bound_contextvars(**fields):
        yield


def current_request() -> str | None:
    """The id of the request for which this is being done."""
    request: str | None = get_contextvars().get("request")
    return request


def request_id(stated: str | None) -> str:
    """The id of a request: the one that its sender states, when it is a UUID, a ULID or 32 hex digits, else a new one.

    Freer ones are not taken: somebody might put a name or a member number there, and ids are logged.
    """
    return stated if stated is not None and _SAFE["request"].fullmatch(stated) else uuid.uuid4().hex


def where(error: BaseException) -> list[str]:
    """Where an error happened: the last frames, the innermost last, without any value in them."""
    frames = [
        f"{'/'.join(PurePath(frame.f_code.co_filename).parts[-2:])}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return frames[-_FRAMES_MOST:]


def only_known_fields(logger: WrappedLogger, method: str, said: EventDict) -> Mapping[str, object]:
    """Pass on what an event may say; what it may not is left out, and its name told as `refused`."""
    del logger, method
    known = {name: value for name, value in said.items() if name in _BY_STRUCTLOG or _is_safe(name, value)}
    if said.get("event") not in set(Event):
        known["event"] = Event.LIBRARY.value
    refused = sorted(name for name in said.keys() - known.keys())
    if refused:
        known["refused"] = [name for name in refused if _NAME.fullmatch(name)]
    return {name: known[name] for name in ("time", "level", "event") if name in known} | known


def _is_safe(name: str, value: object) -> bool:
    if name not in Fields.__annotations__:
        return False
    if name not in _SAFE:
        return isinstance(value, int | float)
    if isinstance(value, list) and name == "where":
        return all(isinstance(one, str) and _SAFE[name].fullmatch(one) for one in value)
    return isinstance(value, str) and name != "where" and bool(_SAFE[name].fullmatch(value))


class _Lines:
    """Writes a line in one call: lines of several processes on one pipe stay whole, and no lock outlives a fork."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def info(self, line: str) -> None:
        with suppress(OSError):  # whoever read the logs is gone: no work fails for that
            os.write(self._descriptor, f"{line}\n".encode())

    warning = error = info


class Libraries(logging.Handler):
    """Tells what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell that it was logged and where; what it says only when that is known to be a constant."""
        fields: Fields = {"logger": record.name}
        if record.name.partition(".")[0] in _FIXED_TEXTS and isinstance(record.msg, str) and record.msg.strip():
            fields["said"] = record.msg.strip()[:300]
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields["error"] = type(error).__name__
        place = f"{'/'.join(PurePath(record.pathname).parts[-2:])}:{record.lineno} {record.funcName}"
        fields["where"] = where(error) if error is not None else [place]
        tell(Event.LIBRARY_FAILED if record.levelno >= logging.ERROR else Event.LIBRARY, **fields)


def _broke_down(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    del trace
    tell(Event.BROKE_DOWN, error=kind.__name__, where=where(error) if error is not None else [])
