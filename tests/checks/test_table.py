"""The table of checks, and what holds for every check in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from apexproof.checks import table
from apexproof.checks.case import Check, ExhibitCheck, LineCheck, Result
from apexproof.checks.table import ALL_CHECKS, EXHIBIT_CHECKS, LINE_CHECKS, demand_all_known, find_check
from apexproof.claim import AttachedFile, Claim, History
from apexproof.errors import PolicyUnusable
from apexproof.policy import Demand, load_policy
from apexproof.verification import verify
from tests.strategies import CLAIMS, FILES, HISTORIES

AnyCheck = Check[LineCheck] | Check[ExhibitCheck]
SECTIONS = ["## What it looks at", "## Why it matters", "## How to clear it", "## References"]
NO_CHECKS = {
    "__init__",
    "case",
    "table",
    "claimed",
    "documented",
    "earlier_images",
    "exposures",
    "names",
    "tooth_readings",
    "wording",
}


@settings(max_examples=150)
@given(claim=CLAIMS, files=FILES, history=HISTORIES)
def test_every_check_answers_whatever_it_is_asked(
    claim: Claim, files: tuple[AttachedFile, ...], history: History
) -> None:
    for name in ("payer", "strict"):
        for line in verify(claim, files, history, load_policy(name)).lines:
            for finding in line.findings:
                assert finding.result is not Result.CRASHED, finding
                assert finding.answer.message.strip().endswith("."), finding
                fault = finding.result in (Result.FAIL, Result.UNSURE)
                assert (finding.answer.remedy is not None) is fault, finding
                assert bool(finding.remark_codes) is fault, finding


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_every_check_is_documented(check: AnyCheck) -> None:
    assert re.fullmatch(r"APX\d{3}", check.id)
    assert check.summary.endswith(".")
    assert [line for line in check.documentation.splitlines() if line.startswith("## ")] == SECTIONS
    assert "RARC" in check.documentation or "CARC" in check.documentation


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_every_check_stands_in_the_file_and_the_test_of_its_fault(check: AnyCheck) -> None:
    name = check.fault.replace("-", "_")
    assert check.function.__module__ == f"apexproof.checks.{name}"
    assert check.function.__name__ == name
    assert (Path(__file__).parent / f"test_{name}.py").read_text(encoding="utf-8").startswith(f'"""{check.id}."""')


def test_every_file_of_a_check_stands_in_the_table() -> None:
    files = {path.stem for path in Path(str(table.__file__)).parent.glob("*.py")} - NO_CHECKS
    assert files == {check.fault.replace("-", "_") for check in ALL_CHECKS}


def test_no_check_imports_another() -> None:
    faults = {check.fault.replace("-", "_") for check in ALL_CHECKS}
    for path in Path(str(table.__file__)).parent.glob("*.py"):
        if path.stem != "table":
            imported = set(re.findall(r"from apexproof\.checks\.(\w+) import", path.read_text(encoding="utf-8")))
            assert not imported & faults, path.stem


def test_numbers_and_faults_are_unique() -> None:
    assert len({check.id for check in ALL_CHECKS}) == len({check.fault for check in ALL_CHECKS}) == len(ALL_CHECKS)
    assert (len(LINE_CHECKS), len(EXHIBIT_CHECKS)) == (21, 13)


def test_check_is_found_by_number_and_by_fault() -> None:
    assert find_check(" apx401 ") is find_check("radiograph-taken-after-visit") is not None
    assert find_check("APX999") is None


def test_built_in_policies_name_every_check() -> None:
    for name in ("payer", "practice", "strict"):
        demand_all_known(load_policy(name))


def test_policy_that_names_an_unknown_check_is_refused() -> None:
    policy = load_policy()
    unknown = policy.model_copy(update={"checks": policy.checks | {"APX999": Demand.OFF}})
    with pytest.raises(PolicyUnusable, match=r"checks\.APX999"):
        demand_all_known(unknown)
    remarked = policy.model_copy(update={"remark_codes": {"APX999": ("16",)}})
    with pytest.raises(PolicyUnusable, match=r"remark_codes\.APX999"):
        demand_all_known(remarked)


def test_policy_that_leaves_a_check_out_is_refused() -> None:
    policy = load_policy()
    silent = policy.model_copy(update={"checks": {k: v for k, v in policy.checks.items() if k != "APX301"}})
    with pytest.raises(PolicyUnusable, match=r"checks\.APX301"):
        demand_all_known(silent)
