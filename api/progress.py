"""Progress: what happens to a claim, as it happens (server-sent events)."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Annotated, Protocol

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from sqlalchemy.exc import DBAPIError

from apexproof.errors import ApexproofError
from apexproof.review import PIXELS
from apexproof.store.attachments import attachments_of, read_already
from apexproof.store.jobs import states_of_claims
from apexproof.verification import Outcome
from api.claims import find_claim
from api.documents import Answer, ClaimState, verification_address
from api.premises import Here, Premises
from api.problems import NotFound, TooManyStreams, documented
from api.security import Reader

router = APIRouter(tags=["claims"])
_OF_A_KEY, _OF_ALL = 10, 200
_FIRST_STEP, _LONGEST_STEP, _SLOWER = 0.2, 2.0, 1.3
_HEARTBEAT = 15.0
_AT_MOST = 600.0  # then the caller comes again, and its key is asked for again
_COME_AGAIN_MILLISECONDS = 1000
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter keeps nginx from holding them back


class Progress(Answer):
    """Where a claim stands: what each event of the stream says."""

    state: ClaimState
    revision: int
    files: int
    files_read: int
    outcome: Outcome | None
    verification: str | None

    @property
    def event_id(self) -> str:
        """What a caller who was cut off says it saw last."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of itself."""
        return self.state is not ClaimState.READING


_EXAMPLE = (
    'event: progress\ndata: {"state":"checked","revision":1,"files":1,"files_read":1,"outcome":"verified",'
    '"verification":"/v1/claims/SYN-0001/verifications/1"}\nid: 823f22c51eafe669\n\n'
)


class Streams:
    """The streams of this process, so that none of its callers takes them all."""

    def __init__(self) -> None:
        self._of_key: Counter[str] = Counter()
        self.ending = False

    def open(self, key: str) -> None:
        """Begin one.

        Raises:
            TooManyStreams: there are enough.
        """
        if self._of_key[key] >= _OF_A_KEY or self._of_key.total() >= _OF_ALL:
            raise TooManyStreams("Too many streams of events are open; end one, or ask for the claim itself.")
        self._of_key[key] += 1

    def close(self, key: str) -> None:
        """End one."""
        self._of_key[key] -= 1
        if not self._of_key[key]:
            del self._of_key[key]

    def end(self) -> None:
        """Let all of them end soon: the process is told to stop."""
        self.ending = True


@router.get(
    "/v1/claims/{number:path}/events",
    summary="Follow a claim",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A stream of events named `progress`; it ends when the claim is checked",
            "content": {"text/event-stream": {"schema": {"type": "string", "examples": [_EXAMPLE]}}},
        },
        204: {"description": "What was seen last still holds and is final: do not come again"},
        **documented(NotFound, TooManyStreams),
    },
)
async def follow(
    number: str,
    request: Request,
    here: Here,
    caller: Reader,
    last_event_id: Annotated[str, Header(max_length=64, description="the id of the event that was seen last")] = "",
) -> Response:
    """Where the claim stands now, and again whenever that changes, until it is checked or was set aside.

    Comments keep the connection alive. A caller who was cut off sends `Last-Event-ID`, as browsers do of themselves.
    """
    return await stream(request, caller.key, lambda: _progress(here, caller.organisation, number), last_event_id)


class Standing(Protocol):
    """What can be followed."""

    @property
    def event_id(self) -> str:
        """What a caller who was cut off says it saw last."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of itself."""

    def model_dump_json(self) -> str:
        """What the event says."""


async def stream(request: Request, key: str, look: Callable[[], Standing], last_event_id: str) -> Response:
    """A stream of what is seen whenever one looks, each time that it changed.

    Raises:
        TooManyStreams: the key, or all together, have enough of them.
    """
    streams: Streams = request.app.state.streams
    stands = await run_in_threadpool(look)
    if stands.is_final and stands.event_id == last_event_id:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    streams.open(key)
    return _Stream(streams, key, _events(streams, look, last_event_id))


class _Stream(StreamingResponse):
    """A stream that gives its place back however it ends, even when it never began."""

    def __init__(self, streams: Streams, key: str, events: AsyncIterator[bytes]) -> None:
        self._streams, self._key = streams, key
        super().__init__(events, media_type="text/event-stream", headers=_HEADERS)

    async def __call__(self, *sent: object) -> None:
        try:
            await super().__call__(*sent)  # type: ignore[arg-type]  # scope, receive and send, passed on
        finally:
            self._streams.close(self._key)


async def _events(streams: Streams, look: Callable[[], Standing], seen: str) -> AsyncIterator[bytes]:
    """The events: the database is asked often after something changed, and less and less often while nothing does."""
    yield f"retry: {_COME_AGAIN_MILLISECONDS}\n\n".encode()
    began = heard = time.monotonic()
    step = _FIRST_STEP
    while not streams.ending and time.monotonic() - began < _AT_MOST:
        try:
            stands = await run_in_threadpool(look)
        except (ApexproofError, DBAPIError):  # the caller comes again, and is told why
            return
        if stands.event_id != seen:
            yield format_sse_event(data_str=stands.model_dump_json(), event="progress", id=stands.event_id)
            seen, heard, step = stands.event_id, time.monotonic(), _FIRST_STEP
        elif time.monotonic() - heard >= _HEARTBEAT:
            yield KEEPALIVE_COMMENT
            heard = time.monotonic()
        if stands.is_final:
            return
        await asyncio.sleep(step)
        step = min(step * _SLOWER, _LONGEST_STEP)


def _progress(here: Premises, organisation: str, number: str) -> Progress:
    with here.database.looking() as session:
        row = find_claim(session, organisation, number)
        hashes = [file.sha256 for file in attachments_of(session, row)]
        read = read_already(session, organisation, hashes, version=PIXELS)
        jobs = states_of_claims(session, [row.id])[row.id]
    return Progress(
        state=ClaimState.of(row, jobs),
        revision=row.revision,
        files=len(hashes),
        files_read=len(read),
        outcome=Outcome(row.outcome) if row.outcome else None,
        verification=verification_address(number, row.verification) if row.verification else None,
    )
