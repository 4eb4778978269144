"""Senders: claims go out with their files when they are due, whatever the service does; who is refused comes again."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from tests.service.accepted import Accepted
from tests.service.caller import Answer, Caller

TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED})
REFUSED = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})
_STEP = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A request that was answered: when it began, in seconds since the first, how long it took, and its status."""

    at: float
    seconds: float
    status: int
    is_file: bool


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: str = field(compare=False)
    left: list[Path | None] = field(compare=False)
    """What is still to be sent: the claim itself, which is None, and its files."""


class Senders:
    """So many at once; what they sent is in `sendings`, what of it was taken in `accepted`."""

    def __init__(self, caller: Caller, accepted: Accepted, *, at_once: int) -> None:
        self.sendings: list[Sending] = []
        self._caller, self._accepted, self._at_once = caller, accepted, at_once
        self._began = 0.0
        self._due: list[_Due] = []
        self._open = 0
        self._busy = threading.Lock()

    def send(self, files: Mapping[str, Sequence[Path]], due: Iterable[float]) -> None:
        """Send each claim when it is due, in seconds from now; end when all were taken."""
        self._began = time.monotonic()
        pairs = zip(due, files.items(), strict=False)
        self._due = [_Due(at, number, [None, *paths]) for at, (number, paths) in pairs]
        heapq.heapify(self._due)
        self._open = len(self._due)
        with ThreadPoolExecutor(self._at_once) as pool:
            for sender in [pool.submit(self._send_on) for _ in range(self._at_once)]:
                sender.result()

    def _send_on(self) -> None:
        while self._open:
            with self._busy:
                one = heapq.heappop(self._due) if self._due and self._due[0].at <= self._now() else None
            if one is None:
                time.sleep(_STEP)
            else:
                self._send_rest(one)

    def _send_rest(self, one: _Due) -> None:
        """Send what is left of a claim; what is refused is due again when its answer says."""
        while one.left:
            began = self._now()
            answer = self._ask(one.number, one.left[0])
            sending = Sending(
                at=began, seconds=self._now() - began, status=answer.status, is_file=one.left[0] is not None
            )
            with self._busy:
                self.sendings.append(sending)
            if answer.status in REFUSED:
                one.at = self._now() + float(answer.headers["Retry-After"])
                with self._busy:
                    heapq.heappush(self._due, one)
                return
            assert answer.status in TAKEN, f"{answer.status} {answer.body[:200]!r}"
            one.left = one.left[1:]
        with self._busy:
            self._open -= 1

    def _ask(self, number: str, path: Path | None) -> Answer:
        if path is None:
            return self._accepted.send_document(self._caller, number)
        return self._accepted.send_path(self._caller, number, path)

    def _now(self) -> float:
        return time.monotonic() - self._began
