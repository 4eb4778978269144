"""`python -m api` serves the API until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI

from apexproof import __version__, heap
from apexproof.errors import ApexproofError
from apexproof.forked import HANDED_DOWN
from apexproof.logs import Event, configure_logs, tell
from apexproof.parent import end_with_parent
from apexproof.settings import Settings, load_settings, require_broker
from apexproof.store.database import Database
from apexproof.store.schema import require_current
from api.app import create_app
from api.patience import PatientProtocol
from api.turns import Places, Turns

_UNUSABLE, _NOT_STARTED = 2, 3
_LAST_REQUESTS_SECONDS = 10
_TURNS = "turns"  # the folder in the data directory in which processes of the API say how busy they are
_FREED, _PIECES = 32 * 1024**2, 4 * 1024**2  # bytes; a file passes through in pieces of a quarter to one MiB


def main() -> int:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    parser.add_argument("--given-socket", action="store_true", help="take connections from the socket handed down")
    asked = parser.parse_args()
    try:
        settings = load_settings()
        app = create_app(settings, require_broker(settings))
        database = Database(settings.database)
        require_current(database)
        database.close()
    except ApexproofError as error:
        print(f"apexproof: {error}", file=sys.stderr)  # noqa: T201 - a command says why it does not start
        return _UNUSABLE
    configure_logs("api", sys.stderr)
    heap.keep(freed=_FREED, pieces=_PIECES)
    tell(Event.STARTED, version=__version__)
    if asked.with_parent:
        end_with_parent()
    several = asked.given_socket and settings.api_processes > 1
    places = Places(settings.data_dir / _TURNS, number=settings.api_processes) if several else None
    server = _Server(arranged(app, settings), places)
    with suppress(KeyboardInterrupt):  # Ctrl-C, which it answers first
        server.run(sockets=[socket.socket(fileno=HANDED_DOWN)] if asked.given_socket else None)
    return 0 if server.started else _NOT_STARTED


def arranged(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How it is served."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,  # an address holds a claim's number
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),  # else anybody could write where they ask from
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
    )


class _Server(uvicorn.Server):
    """The server; when it is told to stop it ends the streams, which would last for minutes.

    With `places`, it shares the sockets that it is given with other processes.
    """

    def __init__(self, config: uvicorn.Config, places: Places | None) -> None:
        super().__init__(config)
        self._places = places
        self._turns: list[Turns] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        if self._places is None or sockets is None:
            await super().startup(sockets)
        else:
            await super().startup([])
            self._turns = [Turns(one, self._places, serve=self._begin) for one in sockets]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take none any more, and answer those that are there."""
        for turns in self._turns:
            turns.end()
        await super().shutdown(sockets)

    async def _begin(self, connection: socket.socket) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> PatientProtocol:
        protocol = PatientProtocol(self.config, self.server_state, self.lifespan.state)
        if self._places is not None:
            protocol.count = self._places.count
        return protocol

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop."""
        tell(Event.ENDING)
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.streams.end()
        super().handle_exit(sig, frame)


if __name__ == "__main__":
    sys.exit(main())
