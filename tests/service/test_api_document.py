"""The API does what docs/api.md shows and what docs/openapi.json says, whatever is sent to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apexproof.store.database import Database
from api.examples import EXAMPLES
from api.problems import PROBLEMS
from fixtures.case import CASES
from tests.service.caller import Caller
from tests.service.documented import PAGE, ROOT, exchanges, matches
from tests.service.in_process import caller_of
from tests.service.served import Served, served

WRITTEN = ROOT / "docs" / "openapi.json"
DOCUMENT = json.loads(WRITTEN.read_bytes())
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
# Every value that its schema allows or forbids is tried of every parameter, but not of a claim's hundred keys.
FEWER = {"operations": [{"include-operation-id": "send_claim", "phases": {"coverage": {"enabled": False}}}]}
ASKED = schemathesis.openapi.from_path(WRITTEN, config=schemathesis.Config.from_dict(FEWER))
# Not among them: whether all that the schema lets through is taken (a claim must also make sense, which no schema can
# say), and what other methods say (below a claim's address there is always the address of another number).
schemathesis.serializer.alias(["application/edi-x12", "multipart/related"], "application/octet-stream")
schemathesis.serializer.alias("application/fhir+json", "application/json")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
SLOW_MACHINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
FILM = CASES / "verified-coded-dicom" / "files" / "pa8.dcm"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for the tests of this file."""
    with served(tmp_path_factory.mktemp("d")) as running:
        yield running


@pytest.fixture(scope="module")
def caller(service: Served) -> Caller:
    """Somebody with its first key."""
    return service.caller()


def test_requests_of_the_page_are_answered_as_it_shows(caller: Caller) -> None:
    shown = list(exchanges())
    assert len(shown) >= 10
    for exchange in shown:
        answer = exchange.sent_by(caller)
        assert (answer.status, matches(exchange.body, answer.json)) == (exchange.status, True), answer.body


def test_page_names_every_problem() -> None:
    assert {kind.name for kind in PROBLEMS.values()} - set(re.findall(r"`([a-z-]+)`", PAGE)) == set()


def test_examples_are_what_the_service_answers(service: Served) -> None:
    database = Database(f"sqlite:///{service.data_dir / 'apexproof.db'}")
    caller = caller_of(service.address, database, "examples")  # whose claims stand in no other's history
    database.close()
    number = EXAMPLES["ClaimDocument"]["claim_number"]
    said = {"ReceivedClaimAnswer": caller.send_claim(EXAMPLES["ClaimDocument"]).json}
    caller.checked(number)  # by what it says itself, before its file comes
    said |= {
        "ReceivedAttachmentAnswer": caller.send_file(number, FILM).json,
        "ClaimAnswer": caller.checked(number),
        "Problem": caller.claim("NONE").json,
    }
    page = caller.ask("GET", "/v1/claims?outcome=verified&after=SYN-0000&limit=1").json
    said |= {"ClaimPage": page, "ClaimSummary": page["claims"][0]}
    for name, answer in said.items():
        assert _timeless(answer) == _timeless(EXAMPLES[name]), name
    assert said.keys() | {"ClaimDocument"} == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_of_its_schema(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(EXAMPLES[name])


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_running_service_states_the_document_that_is_kept(caller: Caller) -> None:
    assert caller.ask("GET", "/openapi.json").json == DOCUMENT


@pytest.mark.parametrize(("method", "path", "operation"), [one for one in OPERATIONS if one[1].startswith("/v1/")])
def test_nothing_is_answered_without_a_key(service: Served, method: str, path: str, operation: dict[str, Any]) -> None:
    filled = re.sub(r"\{\w+\}", "1", path)
    answer = Caller(address=service.address, key=None).ask(method.upper(), filled)
    assert answer.status == 401
    assert operation["security"]


@pytest.mark.parametrize(
    "address",
    ["/v1/claims?visited_from=0", "/v1/claims?visited_until=20260210", "/v1/claims?after=a%00b", "/v1/claims/a%00b"],
)
def test_what_no_day_or_number_can_be_is_refused(caller: Caller, address: str) -> None:
    answer = caller.ask("GET", address)
    assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:parameter-unusable")


def test_control_number_of_a_form_is_measured_even_beside_one_in_the_address(caller: Caller) -> None:
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}
    fields = (("control_number", "9" * 81), ('file"; filename="f', "film"))
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in fields]
    form = "".join([*parts, "--b--\r\n"]).encode()
    answer = caller.ask("POST", "/v1/claims/LONG/attachments?control_number=9", body=form, headers=boundary)
    assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:upload-unusable")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_body_that_is_no_json_object_is_told_how_to_be_one(caller: Caller, kind: str) -> None:
    said = caller.ask("POST", "/v1/keys", body=b"why=audit", headers={"Content-Type": kind}).json["detail"]
    assert said == "The body is not a JSON object; send one, with 'Content-Type: application/json'."


def test_what_is_wrong_is_said_in_plain_words(caller: Caller) -> None:
    number = caller.ask("GET", "/v1/claims/SYN-0001/verifications/second").json["detail"]
    assert number == "The parameter 'which' cannot be used: it must be a whole number."
    headers = {"Content-Type": "application/json"}
    field = caller.ask("POST", "/v1/keys", body=b'{"name": "x", "scopes": ["fly"]}', headers=headers).json["detail"]
    assert field == "The field 'scopes.0' cannot be used: it must be 'submit', 'read', 'review' or 'admin'."


def test_method_that_is_none_is_answered_with_those_that_are(caller: Caller) -> None:
    answer = caller.ask("DELETE", "/v1/claims")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "address",
    [
        "/v1/audit?before=1817730896956071941767168000",
        "/v1/audit?since=0001-01-01T00:00:00%2B14:00",
        "/v1/audit?until=9999-12-31T23:59:59-14:00",
        "/v1/claims/SYN-0001/verifications/99999999999999999999",
    ],
)
def test_number_or_moment_that_no_row_can_have_is_refused(caller: Caller, address: str) -> None:
    answer = caller.ask("GET", address)
    assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:parameter-unusable")


@ASKED.parametrize()
@settings(max_examples=25, derandomize=True, suppress_health_check=SLOW_MACHINE)
def test_every_answer_is_as_documented(case: schemathesis.Case[Any], caller: Caller) -> None:
    case.call_and_validate(base_url=caller.address, headers={"Authorization": f"Bearer {caller.key}"}, checks=CHECKS)


def _timeless(answer: object) -> object:
    return json.loads(MOMENT.sub("a moment", json.dumps(answer)))
