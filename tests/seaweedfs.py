"""SeaweedFS: a real S3-compatible store, as a child process with a folder and ports of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import obstore
import urllib3
from obstore.exceptions import BaseError
from obstore.store import S3Store
from urllib3.exceptions import HTTPError

BUCKET = "apexproof"
KEY_ID, SECRET = "marigold", "quill-and-only-quill"
_PATIENCE_SECONDS = 60.0
_STEP = 0.05
_PORTS = ("master.port", "volume.port", "filer.port", "s3.port", "admin.port")
_LEFT_OUT = ("webdav", "admin.ui", "master.telemetry")


class SeaweedFS:
    """The store; it can be killed and started again, and has then what it had."""

    def __init__(self, folder: Path, *, bucket: str = BUCKET) -> None:
        self._folder = folder
        self._bucket = bucket
        numbers = iter(_free_ports(2 * len(_PORTS)))
        self._ports = {f"{name}{kind}": next(numbers) for name in _PORTS for kind in ("", ".grpc")}
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def endpoint(self) -> str:
        """Where it answers S3."""
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    @property
    def master(self) -> str:
        """Where its shell finds it."""
        return self._internal("master.port")

    @property
    def filer(self) -> str:
        """Where its shell finds the names of the files."""
        return self._internal("filer.port")

    @property
    def settings(self) -> dict[str, str]:
        """What to state so that files are kept in it."""
        return {
            "s3_bucket": BUCKET,
            "s3_endpoint": self.endpoint,
            "s3_access_key_id": KEY_ID,
            "s3_secret_access_key": SECRET,
        }

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {
            "dir": self._folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "bucket": self._bucket,
            **self._ports,
        }
        words = [f"-{name}={value}" for name, value in options.items()]
        words += [f"-{name}=false" for name in _LEFT_OUT] + ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        environment = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        self._process = subprocess.Popen(  # noqa: S603 - a program of ours, without a shell
            [str(Path(sys.executable).with_name("weed")), "mini", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _PATIENCE_SECONDS
        while not (self._answers() and (self._has_bucket() or not self._bucket)):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("SeaweedFS does not start")
            time.sleep(_STEP)

    def kill(self) -> None:
        """Kill it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        """End it, and remove the sockets that it leaves among the temporary files."""
        self.kill()
        for port in self._ports.values():
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()

    def _internal(self, port: str) -> str:
        return f"127.0.0.1:{self._ports[port]}.{self._ports[f'{port}.grpc']}"

    def _answers(self) -> bool:
        try:
            return urllib3.request("GET", f"{self.endpoint}/status", timeout=1.0, retries=False).status == HTTPStatus.OK
        except HTTPError:
            return False

    def _has_bucket(self) -> bool:
        store = S3Store(
            BUCKET,
            endpoint=self.endpoint,
            access_key_id=KEY_ID,
            secret_access_key=SECRET,
            client_options={"allow_http": True, "timeout": "2s"},
            retry_config={"max_retries": 0},
        )
        try:
            list(obstore.list(store, prefix="none"))
        except (BaseError, OSError):
            return False
        return True


@contextmanager
def seaweedfs(folder: Path) -> Iterator[SeaweedFS]:
    """A running store, ended when the block ends."""
    store = SeaweedFS(folder)
    try:
        yield store
    finally:
        store.end()


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
