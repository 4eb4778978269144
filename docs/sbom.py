"""SBOM: what is installed with apexproof, as CycloneDX: the packages of requirements/runtime.txt, hashes and licences.

The list is that of the lock, for every machine, not that of one environment; so it has no moment at which it was made.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

_ROOT = Path(__file__).resolve().parents[1]
LOCK = _ROOT / "requirements" / "runtime.txt"
_PACKAGE = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)(?: ; (?P<marker>[^\\]+?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LICENCES = {
    "async-timeout": "Apache-2.0",
    "tzdata": "Apache-2.0",
}
"""Of packages that are installed on other machines than those on which this is written."""
_NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "MIT License": "MIT",
    "New BSD": "BSD-3-Clause",
}
"""As their packages write them, and as SPDX has them; what is left as it is written is not sure to be either."""
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A package of the lock; `marker` says on which machines it is installed."""

    name: str
    version: str
    marker: str | None
    sha256: tuple[str, ...]


def locked(text: str) -> Iterator[Locked]:
    """The packages of a lock file."""
    for part in re.split(r"\n(?=\w)", text):
        head, _, hashes = part.partition("\n")
        if found := _PACKAGE.match(head):
            yield Locked(**found.groupdict(), sha256=tuple(_HASH.findall(hashes)))


def bill() -> str:
    """The document."""
    text = LOCK.read_text(encoding="utf-8")
    components = [_component(one) for one in locked(text)]
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, text), components=components)
    whole = Component(name="apexproof", type=ComponentType.APPLICATION, bom_ref="apexproof")
    bom.metadata.component, asked_for = whole, _asked_for()
    bom.register_dependency(whole, [one for one in components if one.name in asked_for])
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    return f"{json.dumps(written, indent=1, ensure_ascii=False)}\n"


def _asked_for() -> set[str]:
    """The packages that apexproof names itself."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[^\w.-]", one, maxsplit=1)[0].lower() for one in project["dependencies"]}


def _component(package: Locked) -> Component:
    purl = PackageURL(type="pypi", name=package.name, version=package.version)
    where = [Property(name="installed where", value=package.marker)] if package.marker else []
    return Component(
        name=package.name,
        version=package.version,
        bom_ref=str(purl),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in package.sha256],
        licenses=[_licence(package.name)],
        properties=where,
    )


def _licence(name: str) -> License:
    written = _LICENCES.get(name) or _written(name)
    licence: License = LicenseFactory().make_from_string(_NAMES.get(written, written))
    return licence


def _written(name: str) -> str:
    """The licence that a package states: as an expression, by a classifier, or in its own words."""
    said = metadata(name).json
    if "license_expression" in said:
        return str(said["license_expression"])
    classified = [one.removeprefix(_CLASSIFIER) for one in said.get("classifier", ()) if one.startswith(_CLASSIFIER)]
    if len(classified) == 1 and classified[0] in _NAMES:
        return classified[0]
    stated = str(said.get("license", "")).split("\n", 1)[0].strip()
    return stated or ", ".join(classified)
