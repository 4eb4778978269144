"""What the service tells: webhooks, events and metrics of a real run, and logs in which nobody can be recognised."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from apexproof.webhooks import sign
from fixtures.case import CASES
from tests.receiver import Receiver, receiving
from tests.service.caller import PATIENCE_SECONDS, Answer, Caller
from tests.service.served import served

TOLD = ("verified-coded-dicom", "hostile-file-beside-a-good-one", "another-patient")
UPLOAD = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    with receiving() as running:
        yield running


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Run]:
    """A service after a busy hour in small: claims and files, good and bad, and a receiver that fails at first."""
    with served(tmp_path_factory.mktemp("d"), webhook_networks="127.0.0.1/32", sweep_seconds="0.5") as service:
        caller = service.caller()
        told = _busy(caller, receiver)
        _until_all_is_delivered(caller, told.webhook["id"])
        told.shown = caller.ask("GET", "/metrics").body.decode()
        service.end()
        told.logs, told.key = service.logs, str(caller.key)
        told.logs += (service.data_dir / "broker" / "valkey.log").read_text().splitlines()
        told.json_lines = [json.loads(line) for line in service.logs]
        yield told


class Run:
    """What was sent, and what was told."""

    def __init__(self, webhook: dict[str, Any], claims: list[dict[str, Any]], events: Answer) -> None:
        self.webhook, self.claims, self.events = webhook, claims, events
        self.key, self.shown = "", ""
        self.logs: list[str] = []
        self.json_lines: list[dict[str, Any]] = []


def _busy(caller: Caller, receiver: Receiver) -> Run:
    receiver.fails = 1
    body = json.dumps({"address": receiver.address()}).encode()
    webhook = caller.ask("POST", "/v1/webhooks", body=body, headers={"Content-Type": "application/json"}).json
    claims = []
    for name in TOLD:
        claim = json.loads((CASES / name / "claim.json").read_bytes()) | {"claim_number": f"QUILL-{name}"}
        claims.append(claim)
        assert caller.send_claim(claim).status == 201
        for file in sorted((CASES / name / "files").iterdir()):
            caller.ask(
                "POST",
                f"/v1/claims/QUILL-{name}/attachments?file_name=marigold-quill-{file.name}",
                body=file.read_bytes(),
                headers={"Content-Type": "application/octet-stream", "X-Request-ID": UPLOAD},
            )
    patient = claims[0]["patient"]
    caller.send_claim({**claims[0], "patient": {**patient, "birth_date": "Marigold"}})
    caller.send_claim(b'{"patient": "Quill, Marigold"')
    caller.ask("GET", "/v1/claims/Quill-Marigold?payer=MEMBER-0107", headers={"X-Request-ID": "Quill-Marigold"})
    caller.ask("GET", "/v1/claims?visited_from=Quill")
    caller.ask("GET", "/Quill/Marigold")
    events = caller.ask("GET", f"/v1/claims/QUILL-{TOLD[0]}/events")
    for claim in claims:
        caller.checked(claim["claim_number"])
    return Run(webhook, claims, events)


def _until_all_is_delivered(caller: Caller, webhook: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        deliveries = caller.ask("GET", f"/v1/webhooks/{webhook}/deliveries").json["deliveries"]
        if all(one["state"] == "delivered" for one in deliveries):
            return
        time.sleep(0.05)
    raise TimeoutError(f"not all was delivered: {deliveries}")


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON is anything
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


def test_nobody_and_no_claim_can_be_recognised_in_the_logs(run: Run) -> None:
    said = "\n".join(run.logs).casefold()
    public = {"D3351", "universal", "periapical", "8"}
    private = {word for claim in run.claims for word in _words(claim)} - public
    private |= {part for word in private for part in word.replace(",", " ").split() if len(part) > 5}
    private |= {"Quill", "Marigold", "MEMBER-0107", "marigold-quill", run.key, run.webhook["secret"], "127.0.0.1/hook"}
    assert [word for word in sorted(private) if word.casefold() in said] == []


def test_every_line_is_json_of_known_events_with_a_time(run: Run) -> None:
    assert {"started", "request", "job_done", "job_failed", "ending"} <= {line["event"] for line in run.json_lines}
    assert {line["part"] for line in run.json_lines} >= {"serve", "api", "worker", "schedule"}
    assert all({"time", "level"} <= line.keys() and "refused" not in line for line in run.json_lines)


def test_the_id_of_a_request_is_told_with_all_the_work_that_it_makes(run: Run) -> None:
    mine = [line for line in run.json_lines if line.get("request") == UPLOAD]
    assert {line["part"] for line in mine} == {"api", "worker"}
    assert {line["work"] for line in mine if line["event"] == "job_done"} >= {"read", "deliver"}


def test_outcomes_are_told_signed_to_a_receiver_that_failed_at_first(run: Run, receiver: Receiver) -> None:
    taken = {came.headers["webhook-id"]: came for came in receiver.came}
    told = [json.loads(came.body)["data"] for came in taken.values()]
    assert {one["claim"] for one in told} == {claim["claim_number"] for claim in run.claims}
    for came in receiver.came:
        at, signature = int(came.headers["webhook-timestamp"]), came.headers["webhook-signature"]
        assert signature == sign(run.webhook["secret"], came.headers["webhook-id"], at, came.body)
        assert "Quill," not in came.body
        assert "2017" not in came.body
    assert len(receiver.came) > len(taken)


def test_a_claim_is_followed_to_its_outcome(run: Run) -> None:
    told = [json.loads(line[6:]) for line in run.events.body.decode().splitlines() if line.startswith("data: ")]
    assert (told[-1]["state"], told[-1]["outcome"]) == ("checked", "verified")


def test_metrics_show_verdicts_and_failures_and_name_nobody(run: Run) -> None:
    assert 'apexproof_verdict_seconds_count{outcome="verified"}' in run.shown
    assert 'apexproof_job_failures_total{error="DeliveryFailed",work="deliver"}' in run.shown
    assert not [word for word in ("quill", "marigold", '"main"', "lantern") if word in run.shown.casefold()]
