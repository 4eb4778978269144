"""Caller: somebody with a key who speaks to the API over a real connection."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3

PATIENCE_SECONDS = 60.0
_STEP = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Asks; every answer is given back, whatever its status."""

    address: str
    key: str | None

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request."""
        said = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                method,
                f"{self.address}{path}",
                body=body,
                headers={**said, **(headers or {})},
                timeout=PATIENCE_SECONDS,
                retries=False,
                redirect=False,
            )
        return Answer(status=answer.status, headers=answer.headers, body=answer.data)

    def send_claim(self, document: Mapping[str, Any] | bytes) -> Answer:
        """Send a claim."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.ask("POST", "/v1/claims", body=body, headers={"Content-Type": "application/json"})

    def send_file(self, number: str, path: Path, **fields: str) -> Answer:
        """Send a file as a form, with what is declared of it."""
        said: dict[str, str | bytes | tuple[str, str | bytes, str]] = dict(fields)
        said["file"] = (path.name, path.read_bytes(), "application/octet-stream")
        body, content_type = urllib3.encode_multipart_formdata(said)
        place = f"/v1/claims/{quote(number, safe='')}/attachments"
        return self.ask("POST", place, body=body, headers={"Content-Type": content_type})

    def claim(self, number: str) -> Answer:
        """Ask where a claim stands."""
        return self.ask("GET", f"/v1/claims/{quote(number, safe='')}")

    def checked(self, number: str) -> Any:  # noqa: ANN401 - JSON is anything
        """Where a claim stands when all that came of it was checked."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            stands = self.claim(number).json
            if stands.get("state") == "checked":
                return stands
            if time.monotonic() > until:
                raise TimeoutError(f"claim {number} is {stands}")
            time.sleep(_STEP)

    def latest(self, number: str) -> Any:  # noqa: ANN401 - JSON is anything
        """The verification that holds now."""
        return self.ask("GET", f"/v1/claims/{quote(number, safe='')}/verifications/latest").json
