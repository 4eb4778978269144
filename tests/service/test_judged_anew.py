"""What a running service does with claims that it keeps: judges them anew, reports on them, and makes reports."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apexproof.store.database import Database
from fixtures.case import CASES
from tests.service.caller import PATIENCE_SECONDS, Answer, Caller
from tests.service.in_process import caller_of
from tests.service.served import Served, served

POLICY = 'extends = "payer"\nname = "march"\nversion = "1"\n[timing]\nmax_age_days = 1\n'
BASIL = {"name": {"family": "Fernsby", "given": "Basil"}, "birth_date": "2013-06-01"}
_STEP = 0.05


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for the tests of this file, with one claim in order and one that is not."""
    with served(tmp_path_factory.mktemp("d"), sweep_seconds="0.5") as running:
        caller = running.caller()
        for number, case in (("GOOD", "verified-coded-dicom"), ("BARE", "nothing-attached")):
            document = json.loads((CASES / case / "claim.json").read_bytes())
            patient = BASIL if number == "BARE" else document["patient"]  # no two visits of one patient
            caller.send_claim({**document, "claim_number": number, "patient": patient})
            if number == "GOOD":
                caller.send_file(number, next((CASES / case / "files").iterdir()))
            caller.checked(number)
        yield running


@pytest.fixture
def caller(service: Served) -> Caller:
    """Somebody with its first key."""
    return service.caller()


def send(caller: Caller, path: str, **said: Any) -> Answer:  # noqa: ANN401 - JSON is anything
    return caller.ask("POST", path, body=json.dumps(said).encode(), headers={"Content-Type": "application/json"})


def ended(ask: Callable[[], Any], state: str) -> Any:  # noqa: ANN401 - JSON is anything
    """What is answered when it has that state."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := ask())["state"] != state:
        if time.monotonic() > until:
            raise TimeoutError(f"it is {found}")
        time.sleep(_STEP)
    return found


def test_a_run_is_followed_to_its_end_and_says_what_it_changed(caller: Caller) -> None:
    dry = send(caller, "/v1/reprocessing", why="what if?", policy_toml=POLICY, dry_run=True)
    assert (dry.status, dry.headers["Location"]) == (202, dry.json["address"])
    ended(lambda: caller.ask("GET", dry.json["address"]).json, "done")
    assert caller.claim("GOOD").json["outcome"] == "verified"

    begun = send(caller, "/v1/reprocessing", why="rules of March", policy_toml=POLICY, claims={"outcome": "verified"})
    run = ended(lambda: caller.ask("GET", begun.json["address"]).json, "done")
    assert run["progress"] == {"total": 1, "done": 1, "changed": 1, "failed": 0, "waiting": 0}
    assert run["moves"] == [{"before": "verified", "after": "missing_evidence", "claims": 1}]
    (change,) = caller.ask("GET", run["changes"]).json["changes"]
    assert (change["number"], change["arisen"], change["cleared"]) == ("GOOD", ["APX402"], [])
    assert caller.ask("GET", change["verification"]).json["policy"]["name"] == "march"
    assert caller.claim("GOOD").json["outcome"] == "missing_evidence"
    assert caller.ask("GET", run["failures"]).json["failures"] == []
    assert [one["id"] for one in caller.ask("GET", "/v1/reprocessing?limit=1").json["runs"]] == [run["id"]]

    late = caller.ask("POST", f"{run['address']}/pause")
    assert (late.status, late.json["type"]) == (409, "urn:apexproof:problem:run-ended")
    back = send(caller, "/v1/reprocessing", why="back again", policy="payer", claims={"numbers": ["GOOD", "BARE"]})
    ended(lambda: caller.ask("GET", back.json["address"]).json, "done")
    assert caller.claim("GOOD").json["outcome"] == "verified"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"why": "x", "policy": "/etc/hostname"}, "policy-unusable"),
        ({"why": "x", "policy_toml": "name ="}, "policy-unusable"),
        ({"why": "x", "policy": "payer", "policy_toml": POLICY}, "policy-unusable"),
        ({"why": "x", "claims": {"numbers": ["GOOD", "absent"]}}, "list-unusable"),
        ({"why": " "}, "parameter-unusable"),
        ({"why": "x", "claim": {}}, "parameter-unusable"),
    ],
)
def test_a_run_that_cannot_be_is_refused_with_the_reason(caller: Caller, asked: dict[str, Any], name: str) -> None:
    answer = send(caller, "/v1/reprocessing", **asked)
    assert (answer.status, answer.json["type"]) == (422, f"urn:apexproof:problem:{name}")
    assert answer.json["detail"]


@pytest.mark.parametrize(
    ("accept", "media_type", "begins"),
    [
        ("*/*", "application/json", b'{"report":"missing-evidence"'),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("text/csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfclaim,outcome"),
        ("application/pdf;q=0.9, application/json;q=0.1", "application/pdf", b"%PDF-"),
    ],
)
def test_the_report_comes_in_the_form_that_the_caller_accepts(
    caller: Caller, accept: str, media_type: str, begins: bytes
) -> None:
    answer = caller.ask("GET", "/v1/reports/missing-evidence", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.body.startswith(begins)


def test_a_report_says_what_to_send_for_which_claim(caller: Caller) -> None:
    report = caller.ask("GET", "/v1/reports/missing-evidence?check=APX101").json
    assert [claim["number"] for claim in report["claims"]] == ["BARE"]
    assert report["claims"][0]["missing"][0]["send"].startswith("Attach")
    assert caller.ask("GET", "/v1/reports/summary").json["claims"] == 2
    unacceptable = caller.ask("GET", "/v1/reports/summary", headers={"Accept": "image/png"})
    assert (unacceptable.status, unacceptable.json["type"]) == (406, "urn:apexproof:problem:not-acceptable")


def test_a_scheduled_report_is_made_kept_and_fetched(caller: Caller) -> None:
    schedule = send(caller, "/v1/reports/schedules", report="missing-evidence", format="csv", every="day")
    assert schedule.status == 201

    def newest() -> Any:  # noqa: ANN401 - JSON is anything
        reports = caller.ask("GET", "/v1/reports").json["reports"]
        return reports[0] if reports else {"state": "not promised yet"}

    report = ended(newest, "made")
    assert report["schedule"] == schedule.json["id"]
    content = caller.ask("GET", report["content"])
    assert (len(content.body), content.headers["X-Content-Type-Options"]) == (report["size"], "nosniff")
    assert b"BARE" in content.body
    assert caller.ask("DELETE", f"/v1/reports/schedules/{schedule.json['id']}").status == 204
    assert caller.ask("GET", "/v1/reports/schedules").json["schedules"] == []
    assert newest()["id"] == report["id"]


def test_another_organisation_sees_no_run_and_no_report(service: Served, caller: Caller) -> None:
    run = send(caller, "/v1/reprocessing", why="to be seen by nobody else", dry_run=True).json["address"]
    database = Database(f"sqlite:///{service.data_dir / 'apexproof.db'}")
    other = caller_of(service.address, database, "elsewhere")
    database.close()
    for method, path in (("GET", ""), ("GET", "/changes"), ("GET", "/failures")):
        theirs, absent = other.ask(method, run + path), other.ask(method, f"/v1/reprocessing/999{path}")
        assert (theirs.status, theirs.body) == (absent.status, absent.body)
        assert theirs.status == 404
    assert other.ask("GET", "/v1/reprocessing").json["runs"] == []
    assert other.ask("GET", "/v1/reports/missing-evidence").json["totals"]["claims"] == 0
