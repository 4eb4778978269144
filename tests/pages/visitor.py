"""Visitor: somebody with a browser's habits and no browser: cookies are kept, forms carry the page's token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3

from tests.service.caller import PATIENCE_SECONDS, Answer, Caller

HTML = {"Accept": "text/html,application/xhtml+xml"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Visitor:
    """Asks for pages; every answer is given back, whatever its status, and redirects are not followed."""

    def __init__(self, address: str) -> None:
        self._caller = Caller(address=address, key=None)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form with the token of the page that was seen last."""
        said = {"csrf": self.token, **(fields or {})}
        return self._ask("POST", path, urlencode(said).encode(), {**_FORM, **headers})

    def send(self, path: str, body: bytes) -> Answer:
        """Send a file as a script of the page does, with the page's token."""
        headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": self.token, "Accept": "application/json"}
        return self._ask("POST", path, body, headers)

    def begin(self, path: str) -> Answer:
        """Open a stream of events, and leave when it begins."""
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "GET",
                f"{self._caller.address}{path}",
                headers=self._headers({"Accept": "text/event-stream"}),
                preload_content=False,
                timeout=PATIENCE_SECONDS,
                redirect=False,
            )
            first = next(answer.stream(1024), b"")
            answer.close()
        return Answer(status=answer.status, headers=answer.headers, body=first)

    def sign_in(self, key: str | None, **fields: str) -> Answer:
        """Sign in as a person does: open the door, fill in the key."""
        self.get("/sign-in")
        answer = self.post("/sign-in", {"key": key or "", **fields})
        if answer.status == 303:
            self.get("/")
        return answer

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**more, **({"Cookie": cookie} if cookie else {})}

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        answer = self._caller.ask(method, path, body=body, headers=self._headers({**HTML, **headers}))
        for name, morsel in SimpleCookie(answer.headers.get("Set-Cookie", "")).items():
            self.cookies[name] = morsel.value
        found = re.search(rb'name="csrf" value="([0-9a-f]{64})"', answer.body)
        self.token = found[1].decode() if found else self.token
        return answer
