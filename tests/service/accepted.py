"""Accepted: what a service took in, to be held against what it has at last (`whole`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from apexproof.store.database import Database
from tests.service.caller import PATIENCE_SECONDS, Answer, Caller
from tests.service.sent import claim, film
from tests.service.whole import must_be_whole


@dataclass(slots=True, kw_only=True)
class Accepted:
    """The claims that were answered with 2xx, each with its files; each claim's number begins with the `prefix`."""

    prefix: str
    folder: Path
    claims: dict[str, list[Path]] = field(default_factory=dict)

    def send(self, caller: Caller, *, files: int = 1) -> str:
        """Send a new claim with pictures that nobody sent before; its number."""
        number = f"{self.prefix}-{len(self.claims)}"
        assert self.send_claim(caller, number) == 201
        for _ in range(files):
            assert self.send_file(caller, number) == 202
        return number

    def send_claim(self, caller: Caller, number: str) -> int:
        """Send a claim; the status of the answer."""
        return self.send_document(caller, number).status

    def send_document(self, caller: Caller, number: str) -> Answer:
        """Send the document of a claim."""
        answer = caller.send_claim(claim(number))
        if answer.status in {200, 201}:
            self.claims.setdefault(number, [])
        return answer

    def send_file(self, caller: Caller, number: str) -> int:
        """Send a new picture for a claim that was sent; the status of the answer."""
        path = self.folder / f"{number}-{len(self.claims[number])}.dcm"
        if not path.exists():  # else it was refused before
            path.write_bytes(film(number, path.stem))
        return self.send_path(caller, number, path).status

    def send_path(self, caller: Caller, number: str, path: Path) -> Answer:
        """Send a file for a claim that was sent."""
        answer = caller.send_file(number, path)
        if answer.status in {200, 202} and path not in self.claims[number]:
            self.claims[number].append(path)
        return answer

    def must_be_whole(self, database_url: str, blobs: Path, *, patience: float = PATIENCE_SECONDS) -> None:
        """Nothing is lost, nothing is left to do, and each claim says what a clean run says, once for each question."""
        database = Database(database_url)
        try:
            must_be_whole(self.claims, database, blobs, patience=patience)
        finally:
            database.close()
