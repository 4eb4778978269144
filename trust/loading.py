"""Loading: a service under traffic, and what it did of it in how many seconds."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from sqlalchemy import func, select

from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.jobs import OPEN, waiting
from apexproof.store.tables import AttachmentRow, JobRow
from tests.service.accepted import Accepted
from tests.service.served import Served, served, until
from trust.gauge import busy_seconds, processor_seconds
from trust.senders import Senders, Sending
from trust.traffic import write_files

WARM, BATCH = 8, 40
"""Claims that are sent first and not counted, and claims that show how much is done at most."""
CLIENTS = 4
_PATIENCE_SECONDS = 1800.0
_SETTINGS = {"rate_per_second": "100000", "rate_burst": "100000"}
Files = Mapping[str, Sequence[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What was done while traffic came: in how many seconds, and what it took of the processors."""

    claims: int
    files: int
    seconds: float
    processors: float
    """Seconds of a processor for each file, of all parts of the service."""
    others: float
    """The share of this machine's processors that neither the service nor its senders took."""

    @property
    def files_a_second(self) -> float:
        """How many files."""
        return self.files / self.seconds

    @property
    def claims_a_second(self) -> float:
        """How many claims."""
        return self.claims / self.seconds


class Loading:
    """A service under traffic: its files are written before they are sent, and none is sent twice."""

    def __init__(self, service: Served, folder: Path, database_url: str) -> None:
        self.accepted = Accepted(prefix="load", folder=folder)
        self.service = service
        self._folder, self._url = folder, database_url
        self._numbers = (f"load-{number}" for number in count())
        self._database = Database(database_url)

    @property
    def process(self) -> int:
        """The service's first process."""
        return self.service.process.pid

    def warm_up(self) -> None:
        """Let every part do once what it does."""
        self.sent(self.files(WARM), every=0, clients=CLIENTS)

    def at_most(self) -> Rate:
        """How much is done of what comes as fast as it is taken."""
        self.warm_up()
        rate, _ = self.sent(self.files(BATCH), every=0, clients=CLIENTS)
        print(f"at most {rate.files_a_second:.2f} files/s, {rate.processors:.2f} s of a processor each", flush=True)
        return rate

    def files(self, claims: int) -> Files:
        """So many claims that nobody sent, with their files."""
        return write_files(islice(self._numbers, claims), self._folder)

    def sent(self, files: Files, *, every: float, clients: int) -> tuple[Rate, list[Sending]]:
        """Send claims, one after so many seconds, until the last is judged."""
        senders = Senders(self.service.caller(), self.accepted, at_once=clients)
        began, busy = time.monotonic(), busy_seconds()
        taken, own = processor_seconds(self.process), time.process_time()
        senders.send(files, (index * every for index in range(len(files))))
        self.until_judged()
        seconds = time.monotonic() - began
        taken, own = processor_seconds(self.process) - taken, time.process_time() - own
        busy = busy_seconds() - busy
        number = sum(map(len, files.values()))
        return Rate(
            claims=len(files),
            files=number,
            seconds=seconds,
            processors=taken / number,
            others=max(0.0, busy - taken - own) / max(busy, 1e-9),
        ), senders.sendings

    def until_judged(self) -> None:
        """Wait until nothing is left to do."""
        until(lambda: not self._is_at_work(), "jobs stay open", patience=_PATIENCE_SECONDS)

    def verdicts(self, files: Files) -> list[float]:
        """For each claim in the order in which they came: from its last file to its verdict, in seconds."""
        came, judged = func.max(AttachmentRow.received_at), func.max(JobRow.ended_at)
        found = select(came, judged).join(JobRow, JobRow.attachment_id == AttachmentRow.id)
        of_these = found.where(AttachmentRow.claim_number.in_(list(files))).group_by(AttachmentRow.claim_number)
        with self._database.looking() as session:
            rows = session.execute(of_these.order_by(came)).all()
        return [(end - begin).total_seconds() for begin, end in rows if end is not None]

    def must_be_whole(self, claims: Sequence[str]) -> None:
        """Nothing of these is lost, and each says what a clean run says."""
        blobs = Settings(data_dir=self.service.data_dir).blobs
        some = Accepted(prefix="", folder=self._folder, claims={one: self.accepted.claims[one] for one in claims})
        some.must_be_whole(self._url, blobs, patience=_PATIENCE_SECONDS)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _is_at_work(self) -> bool:
        with self._database.looking() as session:
            return any(one.state in OPEN for one in waiting(session))


@contextmanager
def loaded(processes: int, database_url: str | None = None, *, queue_most: int = 20_000) -> Iterator[Loading]:
    """A service whose worker reads so many files at once, on SQLite unless a database is named."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        sent, data_dir = Path(folder) / "sent", Path(folder) / "d"
        sent.mkdir()
        url = database_url or Settings(data_dir=data_dir).database
        stated = {"worker_processes": str(processes), "queue_most": str(queue_most), **_SETTINGS}
        with served(data_dir, database_url=url, **stated) as service:
            loading = Loading(service, sent, url)
            try:
                yield loading
            finally:
                loading.close()
