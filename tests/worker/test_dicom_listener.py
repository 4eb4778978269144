"""C-STORE: what was answered with Success is kept and recorded; who may not send, or breaks off, leaves nothing."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydicom import dcmread
from pynetdicom import AE
from pynetdicom.association import Association
from sqlalchemy import select

from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.schema import migrate
from apexproof.store.tables import AuditRow, InstanceRow
from fixtures.dicom_files import INTRAORAL, DicomFile
from fixtures.scenarios.films import PA8
from tests.api.dicomweb_body import film
from tests.logged import sink
from tests.service.served import until
from tests.worker.dcmtk import send_by_dcmtk

RAW, JPEG_LS = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"


@dataclass(frozen=True, kw_only=True)
class Listening:
    """A listener as a process of its own."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def rows(self) -> list[InstanceRow]:
        """What it recorded."""
        database = Database(f"sqlite:///{self.data_dir / 'apexproof.db'}")
        with database.looking() as session:
            rows = list(session.scalars(select(InstanceRow).order_by(InstanceRow.id)))
        database.close()
        return rows

    @property
    def files(self) -> set[str]:
        """What lies under its hash."""
        return {path.name for path in (self.data_dir / "blobs").glob("[0-9a-f][0-9a-f]/*")}

    @property
    def half_stored(self) -> list[Path]:
        """What lies where files come in."""
        return list((self.data_dir / "blobs" / "incoming").glob("*"))

    def send(self, content: bytes, *, title: str = "XRAY1", called: str = "APEXPROOF") -> int | None:
        """Send an instance; its status, None when the association is refused or breaks."""
        entity = AE(ae_title=title)
        entity.add_requested_context(INTRAORAL, [JPEG_LS])
        entity.add_requested_context(INTRAORAL, [RAW])
        association = entity.associate("127.0.0.1", self.port, ae_title=called)
        if not association.is_established:
            _close(association)
            return None
        try:
            status = association.send_c_store(dcmread(io.BytesIO(content)))
        finally:
            association.release()
            _close(association)
        return status.Status if "Status" in status else None


@contextmanager
def listening(data_dir: Path, **stated: str) -> Iterator[Listening]:
    """A listener, while the block runs."""
    if not (data_dir / "apexproof.db").exists():
        database = Database(Settings(data_dir=data_dir).database)
        migrate(database)
        database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    senders = "XRAY1=main@127.0.0.0/8, AFAR=main@192.0.2.0/24"
    settings = {"data_dir": str(data_dir), "dicom_port": str(port), "dicom_senders": senders, **stated}
    environment = {**os.environ, **{f"APEXPROOF_{name.upper()}": value for name, value in settings.items()}}
    command = [str(Path(sys.executable).with_name("apexproof")), "dicom-listen"]
    with sink() as logs:
        process = subprocess.Popen(command, env=environment, stderr=logs)  # noqa: S603 - our own program
    try:
        until(lambda: _answers(port), "the listener does not answer")
        yield Listening(data_dir=data_dir, port=port, process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _close(association: Association) -> None:
    """Close the connection, which a refusal or a killed listener leaves open."""
    if association.dul.socket is not None:
        association.dul.socket.close()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One for the tests of this module."""
    with listening(tmp_path_factory.mktemp("d"), largest_file=str(1024**2)) as running:
        yield running


def test_what_was_answered_with_success_is_on_disk_and_recorded(listener: Listening) -> None:
    assert listener.send(film(SOPInstanceUID="2.25.1")) == 0x0000
    row = next(row for row in listener.rows if row.uid == "2.25.1")
    assert (row.sha256 in listener.files, row.organisation, row.sender, row.state) == (True, "main", "XRAY1", "waiting")
    assert listener.half_stored == []
    database = Database(f"sqlite:///{listener.data_dir / 'apexproof.db'}")
    with database.looking() as session:
        entry = session.scalar(select(AuditRow).where(AuditRow.thing == row.sha256))
    database.close()
    assert entry is not None
    assert (entry.actor, entry.action, entry.address) == ("AE XRAY1", "C-STORE", "127.0.0.1")


@pytest.mark.parametrize("limit", [{"queue_most": "1"}, {"room_least": str(2**60)}])
def test_while_too_much_waits_or_there_is_no_room_a_sender_is_told_that_resources_lack(
    tmp_path: Path, limit: dict[str, str]
) -> None:
    with listening(tmp_path, **limit) as running:
        until(lambda: running.send(film(SOPInstanceUID="2.25.7")) == 0xA700, "it takes everything")
        assert running.half_stored == []


def test_who_asks_whether_it_is_there_is_answered(listener: Listening) -> None:
    entity = AE(ae_title="XRAY1")
    entity.add_requested_context("1.2.840.10008.1.1")
    association = entity.associate("127.0.0.1", listener.port, ae_title="APEXPROOF")
    assert association.send_c_echo().Status == 0x0000
    association.release()
    _close(association)


def test_same_instance_again_is_answered_with_success_and_kept_once(listener: Listening) -> None:
    assert [listener.send(film(SOPInstanceUID="2.25.2")) for _ in range(2)] == [0, 0]
    assert [row.uid for row in listener.rows].count("2.25.2") == 1


@pytest.mark.parametrize(
    ("sent", "title", "called", "status"),
    [
        (film(), "STRANGER", "APEXPROOF", None),
        (film(), "XRAY1", "ANOTHER", None),
        (film(), "AFAR", "APEXPROOF", 0x0124),
        (film(StudyInstanceUID=None), "XRAY1", "APEXPROOF", 0xA900),
    ],
    ids=["an unknown sender", "another service meant", "a sender from elsewhere", "no study"],
)
def test_who_may_not_send_or_sends_what_cannot_be_stored_is_told_so(
    listener: Listening, sent: bytes, title: str, called: str, status: int | None
) -> None:
    before = listener.files
    assert listener.send(sent, title=title, called=called) == status
    assert (listener.files, listener.half_stored) == (before, [])


def test_object_larger_than_is_taken_is_cut_off_or_refused_and_leaves_nothing(listener: Listening) -> None:
    before = listener.files
    large = DicomFile(frames=(PA8,) * 12, syntax=RAW).content()
    assert len(large) > 1024**2
    assert listener.send(large) in {None, 0xA700}
    until(lambda: not listener.half_stored, "something is left of a broken object")
    assert listener.files == before
    assert listener.send(film(SOPInstanceUID="2.25.4")) == 0


def test_kill_in_the_middle_of_a_transfer_leaves_nothing_half_stored(tmp_path: Path) -> None:
    with listening(tmp_path) as running:
        assert running.send(film(SOPInstanceUID="2.25.5")) == 0
        entity = AE(ae_title="XRAY1")
        entity.add_requested_context(INTRAORAL, [JPEG_LS])
        association = entity.associate("127.0.0.1", running.port, ae_title="APEXPROOF")
        begun = _first_half_of_a_store(association.accepted_contexts[0].context_id or 1)
        assert association.dul.socket is not None
        association.dul.socket.send(begun)
        until(lambda: bool(running.half_stored), "nothing of the transfer arrived")
        running.process.kill()
        running.process.wait()
        _close(association)
    with listening(tmp_path) as again:
        assert again.half_stored == []
        assert [row.sha256 for row in again.rows] == sorted(again.files)


def _first_half_of_a_store(context: int) -> bytes:
    """A C-STORE-RQ (PS3.7 9.3.1) and the first fragment of its data set, as P-DATA-TF (PS3.8 9.3.5)."""
    fields = [
        (0x0002, INTRAORAL.encode() + b"\0" * (len(INTRAORAL) % 2)),
        (0x0100, (0x0001).to_bytes(2, "little")),
        (0x0110, (1).to_bytes(2, "little")),
        (0x0700, (0).to_bytes(2, "little")),
        (0x0800, (0x0001).to_bytes(2, "little")),
        (0x1000, b"2.25.66\0"),
    ]
    command = b"".join(
        b"\0\0" + element.to_bytes(2, "little") + len(value).to_bytes(4, "little") + value for element, value in fields
    )
    command = b"\0\0\0\0\4\0\0\0" + len(command).to_bytes(4, "little") + command
    return b"".join(_pdu(context, control, piece) for control, piece in ((3, command), (0, film()[400:2000])))


def _pdu(context: int, control: int, piece: bytes) -> bytes:
    item = (len(piece) + 2).to_bytes(4, "big") + bytes([context, control]) + piece
    return b"\x04\x00" + len(item).to_bytes(4, "big") + item


def test_dcmtk_sends_and_is_answered(listener: Listening, tmp_path: Path) -> None:
    file = tmp_path / "pa8.dcm"
    file.write_bytes(DicomFile(frames=(PA8,), syntax=RAW, changes=(("SOPInstanceUID", "2.25.3"),)).content())
    send_by_dcmtk(file, port=listener.port)
    assert "2.25.3" in [row.uid for row in listener.rows]
