"""docs/sbom.json lists what is locked, whole: each package once, with its hashes, its licence and where it is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
LOCK = (DOCS.parent / "requirements" / "runtime.txt").read_text(encoding="utf-8")
BILL = json.loads((DOCS / "sbom.json").read_text(encoding="utf-8"))
LISTED: list[dict[str, Any]] = BILL["components"]


def test_it_is_a_bill_of_apexproof_in_cyclonedx() -> None:
    assert (BILL["bomFormat"], BILL["specVersion"]) == ("CycloneDX", "1.6")
    assert BILL["metadata"]["component"]["name"] == "apexproof"


def test_each_package_of_the_lock_is_listed_with_its_version_and_nothing_else_is() -> None:
    heads = [line.split(" ", 1)[0] for line in LOCK.splitlines() if line[:1].isalnum()]
    assert sorted(f"{one['name']}=={one['version']}" for one in LISTED) == sorted(heads)


def test_all_hashes_of_the_lock_are_listed() -> None:
    listed = {said["content"] for one in LISTED for said in one["hashes"]}
    locked = {line.split("sha256:")[1][:64] for line in LOCK.splitlines() if "--hash" in line}
    assert listed == locked


def test_each_package_has_a_licence_and_an_address_that_names_no_registry() -> None:
    for one in LISTED:
        (said,) = one["licenses"]
        assert said.get("expression") or said["license"].get("id") or said["license"].get("name"), one["name"]
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"


def test_what_apexproof_asks_for_itself_is_told_from_what_comes_with_it() -> None:
    (asked,) = (set(one["dependsOn"]) for one in BILL["dependencies"] if one["ref"] == "apexproof")
    names = {one["name"] for one in LISTED if one["bom-ref"] in asked}
    assert {"pydicom", "fastapi", "celery"} <= names
    assert "h11" not in names
