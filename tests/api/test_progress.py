"""Progress: what happens to a claim is told as it happens, and the stream ends when there is nothing more to tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3

from apexproof.store.jobs import JobState, Work, promise
from apexproof.store.tables import ClaimRow, JobRow
from tests.api.listening import Listening
from tests.service.caller import PATIENCE_SECONDS, Caller
from tests.store.rows import at, new_attachment, new_claim


def reading(api: Listening, organisation: str) -> None:
    """Let there be a claim C-1 that is being read."""
    with api.database.writing() as session:
        claim = new_claim(session, organisation=organisation)
        new_attachment(session, organisation=organisation).claim_id = claim.id
        promise(session, Work.VERIFY, of=claim, clock=at(0))


def check(api: Listening, organisation: str, outcome: str = "verified") -> None:
    """Let it be checked."""
    with api.database.writing() as session:
        for job in session.query(JobRow).where(JobRow.organisation == organisation):
            job.state = JobState.DONE
        claim = session.query(ClaimRow).where(ClaimRow.organisation == organisation).one()
        claim.outcome, claim.verification = outcome, 1


@contextmanager
def following(caller: Caller, last: str = "", number: str = "C-1") -> Iterator[urllib3.BaseHTTPResponse]:
    """The stream of a claim."""
    said = {"Authorization": f"Bearer {caller.key}", "Last-Event-ID": last}
    with urllib3.PoolManager() as pool:
        address = f"{caller.address}/v1/claims/{number}/events"
        answer = pool.request(
            "GET", address, headers=said, preload_content=False, retries=False, timeout=PATIENCE_SECONDS
        )
        try:
            yield answer
        finally:
            answer.close()


def events(answer: urllib3.BaseHTTPResponse) -> Iterator[dict[str, Any]]:
    """The events of a stream until it ends, with the id of each."""
    said: dict[str, Any] = {}
    pending = b""
    for octets in answer.stream(1):
        pending += octets
        if not pending.endswith(b"\n"):
            continue
        name, _, value = pending.decode().rstrip("\n").partition(": ")
        pending = b""
        if name == "data":
            said |= json.loads(value)
        elif name == "id":
            said["id"] = value
        elif not name and said:
            yield said
            said = {}


def test_a_claim_is_followed_until_it_is_checked(api: Listening) -> None:
    reading(api, "following")
    with following(api.caller("following")) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = events(answer)
        first = next(told)
        assert (first["state"], first["files"], first["files_read"], first["outcome"]) == ("reading", 1, 0, None)
        check(api, "following")
        (last,) = told
    assert (last["state"], last["outcome"]) == ("checked", "verified")
    assert last["verification"] == "/v1/claims/C-1/verifications/1"


def test_whoever_was_cut_off_hears_only_what_is_new(api: Listening) -> None:
    reading(api, "cut-off")
    caller = api.caller("cut-off")
    with following(caller) as answer:
        seen = next(events(answer))["id"]
    check(api, "cut-off", "contradicted")
    with following(caller, seen) as answer:
        (only,) = events(answer)
    assert only["outcome"] == "contradicted"
    with following(caller, only["id"]) as answer:
        assert answer.status == 204  # what tells a browser not to come again


def test_a_claim_of_somebody_else_is_not_there(api: Listening) -> None:
    reading(api, "private")
    with following(api.caller("curious")) as theirs, following(api.caller("private"), number="absent") as absent:
        assert (theirs.status, absent.status) == (404, 404)


def test_a_key_has_only_so_many_streams_and_gets_them_back(api: Listening) -> None:
    reading(api, "greedy")
    caller = api.caller("greedy")
    streams = [following(caller) for _ in range(10)]
    opened = [stream.__enter__() for stream in streams]
    assert [answer.status for answer in opened] == [200] * 10
    with following(caller) as refused:
        assert (refused.status, refused.headers["Retry-After"]) == (429, "10")
    check(api, "greedy")
    for answer in opened:
        assert list(events(answer))[-1]["state"] == "checked"
    with following(caller) as again:
        assert again.status == 200
