"""Asked: every route of the API, each with what is sent to it and what it is asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from apexproof.store.jobs import OPEN
from apexproof.store.tables import JobRow
from fixtures.case import CASES
from tests.api.dicomweb_body import HEADERS, film, related, store
from tests.api.listening import Listening
from tests.service.caller import Answer, Caller
from worker.desk import Desk

FILM = CASES / "verified-coded-dicom" / "files" / "pa8.dcm"
FILM_SHA256 = hashlib.sha256(FILM.read_bytes()).hexdigest()
CLAIM = json.loads((CASES / "verified-coded-dicom" / "claim.json").read_bytes())
_X12 = CASES.parent / "x12"
_FHIR_CLAIM = json.loads((CASES.parent / "fhir" / "claim.json").read_bytes())
_SUBMITTED = (CASES.parent / "fhir" / "attachment.json").read_bytes()
FHIR = {"Content-Type": "application/fhir+json"}
_INTERCHANGE = (_X12 / "two-claims.837").read_bytes()
_FILM_OF_NO_CLAIM = (_X12 / "film.275").read_bytes().replace(b"AX-5001", b"AX-9999").replace(b"ACN-5001", b"ACN-9999")
_SCHEDULE = {"report": "missing-evidence", "format": "csv", "every": "day"}
_BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/claims/{number}/attestations"): {
        "decision": "stated",
        "person": "Dr. R. Larkspur",
        "why": "one tooth, to the tip of its root",
        "file": FILM_SHA256,
        "view": "periapical",
    },
    ("POST", "/v1/claims/{number}/closure"): {"reason": "paid in full"},
    ("POST", "/v1/inbox/{entry}/assignment"): {"claim": "AX-5001"},
    ("POST", "/v1/keys"): {"scopes": ["read"]},
    ("POST", "/v1/reprocessing"): {"why": "the policy was mended"},
    ("POST", "/v1/reports/schedules"): _SCHEDULE,
    ("POST", "/v1/webhooks"): {"address": "https://receiver.example/hook"},
}
_BEGINNING = 2  # statements with which a transaction that writes begins on SQLite
_ORDER = ("GET", "POST", "DELETE")
_OPEN_TO_ALL = ("/healthz", "/readyz", "/metrics", "/fhir/metadata", "/fhir/CodeSystem/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of an address."""

    method: str
    template: str

    def ask(self, caller: Caller, things: Mapping[str, str]) -> Answer:
        """Ask it about these things."""
        place = self.template
        for name, value in things.items():
            place = place.replace(f"{{{name}}}", quote(value, safe=""))
        if str(self) == "DELETE /v1/inbox/{entry}":  # what was assigned waits no more
            place = f"/v1/inbox/{things['other_entry']}"
        if str(self) == "GET /fhir/ClaimResponse":
            place += f"?_id={things['claim']}"
        if "{" in place:
            raise LookupError(f"say in tests/api/asked.py what {self.template} is to be asked about")
        if self.template.endswith("/x12"):
            return caller.ask(self.method, place, body=_FILM_OF_NO_CLAIM)
        if self.template.startswith("/dicom-web/") and self.method == "POST":
            sent = film(StudyInstanceUID=things["study"], SOPInstanceUID=things["instance"], PatientName="Nobody^Here")
            return caller.ask(self.method, place, body=related([sent]), headers=HEADERS)
        if self.template.endswith("/attachments") and self.method == "POST":
            return caller.ask(self.method, place, body=b"film")
        if self.template.startswith("/fhir/") and self.method == "POST":
            resource = _SUBMITTED if "$" in place else claim_in_fhir(things["number"])
            return caller.ask(self.method, place, body=resource, headers=FHIR)
        body = _BODIES.get((self.method, self.template))
        if (self.method, self.template) == ("POST", "/v1/claims"):
            body = {**CLAIM, "claim_number": things["number"]}
        return caller.ask(self.method, place) if body is None else post(caller, place, **body)

    @property
    def is_about_something(self) -> bool:
        """Whether its address names a thing that is there already; a study may be there or come with its instances."""
        return "{" in self.template and not (self.template.startswith("/dicom-web/") and self.method == "POST")

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def claim_in_fhir(number: str) -> bytes:
    """The claim of fixtures/fhir under that number."""
    return json.dumps({**_FHIR_CLAIM, "identifier": [{"value": number}]}).encode()


def post(caller: Caller, place: str, **said: Any) -> Answer:  # noqa: ANN401 - JSON is anything
    """Post JSON."""
    return caller.ask("POST", place, body=json.dumps(said).encode(), headers={"Content-Type": "application/json"})


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Those that ask for a key: first what changes nothing, last what ends things."""
    found = [
        Operation(method=method.upper(), template=template)
        for template, methods in document["paths"].items()
        if template not in _OPEN_TO_ALL
        for method in methods
    ]
    return sorted(found, key=lambda operation: _ORDER.index(operation.method))


def things_of(api: Listening, caller: Caller, number: str) -> dict[str, str]:
    """A claim that was verified, its file, a webhook, a report and so on: one thing for each name in an address."""
    assert caller.send_claim({**CLAIM, "claim_number": number}).status == 201
    claim = caller.ask("POST", "/fhir/Claim", body=claim_in_fhir(f"{number}/fhir"), headers=FHIR)
    assert caller.send_file(number, FILM).status == 202
    assert caller.send_claim(_INTERCHANGE).status == 201
    waits = [
        film(PatientName=name, SOPInstanceUID=uid) for name, uid in (("Assign^Me", "2.25.91"), ("Not^Ours", "2.25.92"))
    ]
    viewed = film(
        PatientName="Seen^Often", StudyInstanceUID="2.25.1", SeriesInstanceUID="2.25.2", SOPInstanceUID="2.25.3"
    )
    assert store(caller, *waits, viewed).status == 200
    work_off(api)
    hook = post(caller, "/v1/webhooks", address="https://receiver.example/hook")
    key = post(caller, "/v1/keys", scopes=["read"])
    schedule = post(caller, "/v1/reports/schedules", **_SCHEDULE)
    for _ in range(2):  # the sweep promises the report, and then it is made
        work_off(api)
    (report,) = caller.ask("GET", "/v1/reports").json["reports"]
    run = post(caller, "/v1/reprocessing", why="to be looked at")
    assert (hook.status, key.status, schedule.status, run.status) == (201, 201, 201, 202)
    entries = [str(entry["id"]) for entry in caller.ask("GET", "/v1/inbox").json["entries"]]
    return {
        "number": number,
        "claim": claim.headers["Location"].rpartition("/")[2],
        "study": "2.25.1",
        "series": "2.25.2",
        "instance": "2.25.3",
        "frames": "1",
        "entry": entries[0],
        "other_entry": entries[1],
        "which": "1",
        "sha256": FILM_SHA256,
        "webhook": hook.json["id"],
        "delivery": "1",
        "key": key.json["id"],
        "run": str(run.json["id"]),
        "schedule": str(schedule.json["id"]),
        "report": str(report["id"]),
        "interchange": hashlib.sha256(_INTERCHANGE).hexdigest(),
    }


def work_off(api: Listening) -> None:
    """Do what was promised, and seal the audit trail."""
    here = api.app.state.premises
    desk = Desk(here.settings, here.doorbell)
    try:
        while True:
            with api.database.looking() as session:
                jobs = session.scalars(select(JobRow.id).where(JobRow.state.in_(OPEN))).all()
            if not jobs:
                break
            for job in jobs:
                desk.work(job)
        desk.sweep()
    finally:
        desk.close()


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database while the block runs, but for what is asked once in a while, whoever asks for what.

    That is the minute in which a key was last used, and the queue, which is counted once a second.
    """
    asked: list[str] = []

    def note(*said: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if said[2].startswith("UPDATE keys SET used_at"):
            del asked[-_BEGINNING:]
        elif said[2].startswith("SELECT count(*) AS count_1, min(CASE"):
            asked.pop()  # where its transaction begins
        else:
            asked.append(said[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
