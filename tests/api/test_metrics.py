"""Metrics: what is counted, and that nobody is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from apexproof.store.jobs import Work, promise
from apexproof.store.tallies import Tally, add
from tests.api.listening import Listening, listening
from tests.service.caller import Caller
from tests.store.rows import at, new_claim

KEY = "for-the-scraper-alone"


def samples(caller: Caller) -> dict[str, float]:
    """Everything that is shown: name and labels, with the value."""
    answer = caller.ask("GET", "/metrics")
    assert answer.status == 200
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """An API of its own: what the database says is remembered for some seconds."""
    with listening(tmp_path_factory.mktemp("d")) as running:
        yield running


def test_jobs_and_counts_come_out_of_the_database(fresh: Listening) -> None:
    with fresh.database.writing() as session:
        promise(session, Work.VERIFY, of=new_claim(session), clock=at(0))
        add(session, Tally.VERDICT, "verified", seconds=0.7)
        add(session, Tally.VERDICT, "verified", seconds=7000.0)
        add(session, Tally.OUTCOME_CHANGE, "none", "verified")
        add(session, Tally.JOB_FAILURE, "read", "SandboxBroken")
        add(session, Tally.READING_FAULT, "crashed")
        add(session, Tally.READING_FAULT, "truncated")
    shown = samples(fresh.caller())
    verify = "[('state', 'queued'), ('work', 'verify')]"
    assert shown[f"apexproof_jobs{verify}"] == 1
    assert shown[f"apexproof_oldest_job_seconds{verify}"] > 0
    buckets = {
        bound: shown[f"apexproof_verdict_seconds_bucket[('le', '{bound}'), ('outcome', 'verified')]"]
        for bound in ("0.5", "1.0", "3600.0", "+Inf")
    }
    assert buckets == {"0.5": 0, "1.0": 1, "3600.0": 1, "+Inf": 2}
    assert shown["apexproof_verdict_seconds_sum[('outcome', 'verified')]"] == 7000.7
    assert shown["apexproof_outcome_changes_total[('after', 'verified'), ('before', 'none')]"] == 1
    assert shown["apexproof_job_failures_total[('error', 'SandboxBroken'), ('work', 'read')]"] == 1
    assert shown["apexproof_reading_faults_total[('fault', 'truncated')]"] == 1
    assert [name for name in shown if name.startswith("apexproof_reader_breakdowns")] == [
        "apexproof_reader_breakdowns_total[('fault', 'crashed')]"
    ]


def test_requests_are_counted_by_the_template_of_their_route_and_name_nobody(api: Listening) -> None:
    caller = api.caller("marigold-dental-of-springfield")
    assert caller.claim("QUILL-2017-03-03").status == 404
    assert caller.ask("GET", "/quill/marigold").status == 404
    shown = samples(caller)
    routes = "apexproof_http_requests_total[('method', 'GET'), ('route', '{}'), ('status', '404')]"
    assert shown[routes.format("/v1/claims/{number:path}")] == 1
    assert shown[routes.format("(none)")] == 1
    assert not re.search("quill|marigold|springfield", str(shown), re.IGNORECASE)


def test_behind_a_proxy_they_are_shown_to_nobody_without_a_key(api: Listening) -> None:
    answer = api.caller().ask("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (answer.status, answer.json["type"]) == (401, "urn:apexproof:problem:not-authenticated")


def test_with_a_key_they_are_shown_to_whoever_sends_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening(tmp_path_factory.mktemp("d"), metrics_key=KEY) as api:
        sent = (None, f"{KEY}x", KEY)
        answers = [Caller(address=api.address, key=key).ask("GET", "/metrics").status for key in sent]
    assert answers == [401, 401, 200]
