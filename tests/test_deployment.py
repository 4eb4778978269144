"""The image and the compose file fit this program; no engine is needed to know that.

That the images can be pulled and run is not tested here.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from apexproof.cli import main
from apexproof.settings import PREFIX, Settings
from tests.compose import ROOT, SECRETS, STATED, config, plain, services
from tests.seaweedfs import BUCKET, SeaweedFS

BESIDE_PYTHON = Path(sys.executable).parent
OURS = ("api", "worker", "schedule", "migrate")
INSTRUCTIONS = re.findall(
    r"^([A-Z]+) ((?:.*\\\n)*.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
)


def test_compose_file_is_one() -> None:
    checked = config("--quiet")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_dicom_listener_is_a_service_for_whoever_wants_it() -> None:
    assert "dicom" not in services()
    asked = config(
        "--format", "json", stated={**STATED, "COMPOSE_PROFILES": "dicom", "DICOM_SENDERS": "X=main@10.0.0.0/8"}
    )
    service = json.loads(asked.stdout)["services"]["dicom"]
    shown = CliRunner().invoke(main, ["config"], env=service["environment"])
    assert "X=main@10.0.0.0/8" in shown.output
    assert find_spec(service["command"][0]) is not None


@pytest.mark.parametrize("missing", SECRETS)
def test_no_secret_has_a_default(missing: str) -> None:
    refused = config("--quiet", stated={name: value for name, value in STATED.items() if name != missing})
    assert refused.returncode != 0
    assert f"required variable {missing} is missing a value: state it in .env" in refused.stderr


@pytest.mark.parametrize("name", OURS)
def test_settings_of_a_service_are_settings_of_this_program(name: str) -> None:
    environment = services()[name]["environment"]
    known = {f"{PREFIX}{setting.upper()}" for setting in Settings.model_fields}
    assert {variable for variable in environment if variable.startswith(PREFIX)} - known == set()
    shown = CliRunner().invoke(main, ["config"], env=environment)
    assert shown.exit_code == 0
    assert [value for name, value in STATED.items() if name != "S3_ACCESS_KEY_ID" and value in shown.output] == []


@pytest.mark.parametrize("name", OURS)
def test_command_of_a_service_is_there(name: str) -> None:
    module, *words = services()[name]["command"]
    assert find_spec(module) is not None
    helped = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", module, *words, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (helped.returncode, helped.stderr) == (0, "")


@pytest.mark.parametrize("name", OURS)
def test_service_can_do_little_to_its_host(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(place.startswith("/tmp:") for place in service["tmpfs"])  # noqa: S108 - the container's own


def test_every_service_has_limits_and_those_that_stay_have_a_health_check() -> None:
    for name, service in services().items():
        assert set(service["deploy"]["resources"]["limits"]) >= {"cpus", "memory"}, name
        assert ("healthcheck" in service) is (service["restart"] != "no"), name


def test_nothing_starts_before_the_schema_is_there() -> None:
    for name in ("api", "worker", "schedule"):
        assert services()[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services()["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_only_the_api_is_reached_from_outside_and_from_this_host_alone() -> None:
    published = {name: service["ports"] for name, service in services().items() if service.get("ports")}
    assert [(name, port["host_ip"]) for name, ports in published.items() for port in ports] == [("api", "127.0.0.1")]


def test_image_runs_as_a_stranger_and_holds_nothing_to_compile_with() -> None:
    last = max(index for index, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM")
    final = INSTRUCTIONS[last:]
    (user,) = (value for word, value in final if word == "USER")
    assert all(int(part) >= 1000 for part in user.split(":"))
    assert not any(re.search(r"apt|gcc|build-essential", value) for word, value in final if word == "RUN")
    assert all(value.startswith("--from=build ") for word, value in final if word == "COPY")


def test_image_holds_every_package_and_only_what_is_kept_with_the_source() -> None:
    copied = [shlex.split(value)[:-1] for word, value in INSTRUCTIONS if word == "COPY" and "--from" not in value]
    names = {name for names in copied for name in names}
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert names == allowed
    assert names >= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_bucket_is_made_once_and_its_files_are_made_durable(tmp_path: Path) -> None:
    script = plain(services()["bucket"]["command"][0])
    store = SeaweedFS(tmp_path, bucket="")
    here = {"files:9333": store.master, "files:8888": store.filer, "/usr/bin/weed": str(BESIDE_PYTHON / "weed")}
    for there, local in here.items():
        script = script.replace(there, local)
    try:
        for _ in range(2):
            made = subprocess.run(["/bin/sh", "-ec", script], capture_output=True, text=True, check=False)  # noqa: S603 - ours
            assert made.returncode == 0, made.stderr
            (durable,) = re.findall(r'"locationPrefix":\s+"/buckets/(\w+)/"[^}]*"fsync":\s+true', made.stdout)
            assert durable == services()["api"]["environment"]["APEXPROOF_S3_BUCKET"] == BUCKET
    finally:
        store.end()
