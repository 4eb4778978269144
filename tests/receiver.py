"""Receiver: somebody who is told by webhook, on a port of this machine; what comes is kept."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A message that came."""

    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True, kw_only=True)
class Receiver:
    """Answers with `status` and `headers`, after it failed as often as `fails` says, and keeps what came."""

    port: int = 0
    status: int = 204
    fails: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    drips: threading.Event | None = None
    """When it is there, the answer never ends: a byte now and then, until this is set."""

    def address(self, host: str = "127.0.0.1", *, scheme: str = "http") -> str:
        """Where it is told."""
        return f"{scheme}://{host}:{self.port}/hook?for=tests"


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server asks for
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.came.append(Came(path=self.path, headers=dict(self.headers.items()), body=body))
            if receiver.drips is not None:
                self._drip(receiver.drips)
                return
            self.send_response(500 if len(receiver.came) <= receiver.fails else receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self, ended: threading.Event) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not ended.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    ended.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Print nothing: a caller who hangs up is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
