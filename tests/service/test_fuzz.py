"""Whatever is sent to the API, it answers, and as docs/openapi.json says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.service.served import Served, served

pytestmark = pytest.mark.xdist_group("service")
DOCUMENT = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")
# Not asked: whether all that the schema lets through is taken (a claim must also make sense, which no schema can say),
# and what other methods say (below a claim's address there is always the address of another number).
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]
SLOW_MACHINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for everything that is thought up."""
    with served(tmp_path_factory.mktemp("d")) as running:
        yield running


@DOCUMENT.parametrize()
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=SLOW_MACHINE)
def test_every_answer_is_as_documented(case: schemathesis.Case[Any], service: Served) -> None:
    key = {"Authorization": f"Bearer {service.caller().key}"}
    case.call_and_validate(base_url=service.address, headers=key, checks=CHECKS)
