"""`python -m benchmarks.ingest [FILMS]`: films sent by four clients, to apexproof and to an Orthanc without checks.

Both run here, one after the other in turns, with the same clients and the same bytes; apexproof with a process of the
API for each core, and a worker that checks meanwhile what has come.
Orthanc (Debian's package) listens on loopback with a configuration of its own, keeps what comes and looks at nothing.
Both make every film durable before they answer for it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import urllib3

from benchmarks.films import film
from benchmarks.service import claim_of_film
from fixtures.case import CASES
from tests.service.caller import Caller
from tests.service.served import free_port, served, until

_FILMS, _CLIENTS, _TURNS = 40, 4, 9
_TAKEN = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)


def main(films: int = _FILMS) -> None:
    """Measure and print."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        print("\ningest beside Orthanc: left out, since there is no Orthanc here (Debian's package is called orthanc)")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        _orthanc(program, Path(folder)) as instances,
        served(Path(folder) / "d", api_processes=str(os.cpu_count() or 1)) as service,
    ):
        caller = service.caller()
        key = {"Authorization": f"Bearer {caller.key}", "Content-Type": "application/octet-stream"}
        theirs, mine, checked = [], [], []
        for turn in range(_TURNS + 1):
            numbers = range(turn * films, (turn + 1) * films)
            contents = [film(number) for number in numbers]
            theirs.append(_seconds(contents, [instances] * films, {}))
            claims = _claims(caller, numbers)
            places = [f"{caller.address}/v1/claims/{claim}/attachments?file_name=film.dcm" for claim in claims]
            began = time.perf_counter()
            mine.append(_seconds(contents, places, key))
            for claim in claims:
                caller.checked(claim)
            checked.append(time.perf_counter() - began)
    ratios = [their / own for their, own in zip(theirs[1:], mine[1:], strict=True)]  # the first turn warms both
    print(
        f"\ningest by {_CLIENTS} clients, {len(contents[0]) / 1e6:.1f} MB each: "
        f"{_rate(films, mine[1:])} films/s taken in, Orthanc {_rate(films, theirs[1:])}, "
        f"ratio {statistics.median(ratios):.2f} (limit 0.8 or more); "
        f"{_rate(films, checked[1:])} films/s until the last was checked, too"
    )


@contextmanager
def _orthanc(program: str, folder: Path) -> Iterator[str]:
    port = free_port()
    settings = {
        "Name": "bench",
        "StorageDirectory": str(folder / "orthanc"),
        "IndexDirectory": str(folder / "orthanc"),
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "Plugins": [],
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    address = f"http://127.0.0.1:{port}"
    command = [program, str(folder / "orthanc.json")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as orthanc:
        try:
            until(lambda: _answers(f"{address}/system"), "Orthanc does not listen")
            yield f"{address}/instances"
        finally:
            orthanc.terminate()


def _answers(address: str) -> bool:
    try:
        return urllib3.request("GET", address, retries=False).status == HTTPStatus.OK
    except urllib3.exceptions.HTTPError:
        return False


def _claims(caller: Caller, numbers: Iterable[int]) -> list[str]:
    """A claim for each film, judged already."""
    claim = (CASES / "verified-coded-dicom" / "claim.json").read_bytes()
    claims = {f"SYN-INGEST-{number}": number for number in numbers}
    for number, index in claims.items():
        caller.send_claim(claim_of_film(claim, index, number))
    for number in claims:
        caller.checked(number)
    return list(claims)


def _seconds(films: Sequence[bytes], places: Sequence[str], headers: dict[str, str]) -> float:
    """How long until all of them were answered for."""
    with urllib3.PoolManager(maxsize=_CLIENTS) as pool, ThreadPoolExecutor(_CLIENTS) as clients:

        def send(content: bytes, place: str) -> None:
            answer = pool.request("POST", place, body=content, headers=headers, retries=False)
            if answer.status not in _TAKEN:
                raise RuntimeError(f"{place} answered {answer.status}: {answer.data[:200]!r}")

        began = time.perf_counter()
        list(clients.map(send, films, places))
        return time.perf_counter() - began


def _rate(films: int, seconds: Sequence[float]) -> str:
    return f"{films / statistics.median(seconds):.1f}"


if __name__ == "__main__":
    main(*(int(said) for said in sys.argv[1:2]))
