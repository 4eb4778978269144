"""`python -m worker.dicom_listener` receives DICOM instances by C-STORE (PS3.4 annex B) until it is told to stop.

What comes is written to a file as it comes, and answered with Success when it is on disk and recorded. Who may send is
told by AE title and address; whoever else is refused.
"""

from __future__ import annotations

import argparse
import signal
import ssl
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from pydicom.uid import AllTransferSyntaxes, DeflatedExplicitVRLittleEndian
from pynetdicom import AE, AllStoragePresentationContexts, _config, evt
from sqlalchemy.exc import DBAPIError

from apexproof import __version__
from apexproof.admission import Admission, Overloaded
from apexproof.doorbell import Doorbell, celery_app
from apexproof.errors import ApexproofError
from apexproof.imaging import receive_instance
from apexproof.logs import Event, configure_logs, tell, where
from apexproof.reading.dicom.instance import Failure, InstanceRefused, read_instance
from apexproof.retention import demand_kept, remove
from apexproof.settings import DicomSender, Settings, SettingsUnusable, load_settings
from apexproof.store.audit import Entry, note
from apexproof.store.blobs import Blob, BlobsAway, FileTooLarge, StorageFull
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from apexproof.store.jobs import Clock
from apexproof.store.schema import require_current

_SUCCESS = 0x0000
_VERIFICATION = "1.2.840.10008.1.1"  # C-ECHO (PS3.4 annex A)
_PDU_MOST = 128 * 1024
_PDU_READ = 256 * 1024
"""Bytes that are read of one: a request for an association with all its contexts may be longer than data may."""
_AT_ONCE = 1024**2
_AROUND = 1024**2  # bytes of PDU headers and commands beside an object
_LOOKS_APART = 0.5  # seconds
_UNUSABLE = 2


class Listener:
    """The storage SCP: what it works with, and how much each association has sent of its object."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._senders = settings, settings.senders
        self._database, self._blobs = Database(settings.database), open_blobs(settings)
        self._admission = Admission(settings, self._database)
        broker = settings.broker_url
        self._doorbell = Doorbell(celery_app(broker)) if broker else None
        self._sent: dict[int, int] = {}

    def serve(self, stop: threading.Event) -> None:
        """Listen until it is told to stop."""
        require_current(self._database)
        folder = self._settings.blobs / "incoming"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob("*.dcm"):  # of a listener that was killed
            left.unlink(missing_ok=True)
        tempfile.tempdir = str(folder)  # where pynetdicom writes what comes
        _config.STORE_RECV_CHUNKED_DATASET = True
        _config.LOG_HANDLER_LEVEL = "none"  # it would log names
        server = self._entity().start_server(
            (self._settings.dicom_host, self._settings.dicom_port),
            block=False,
            ssl_context=_tls(self._settings),
            evt_handlers=[
                (evt.EVT_CONN_OPEN, _bound),
                (evt.EVT_C_STORE, self._store),
                (evt.EVT_DATA_RECV, self._count),
                (evt.EVT_CONN_CLOSE, self._forget),
            ],
        )
        tell(Event.STARTED, version=__version__)
        while not stop.wait(_LOOKS_APART):
            pass  # a signal that came just as it began to wait is heard now: it woke nobody
        if server is not None:
            server.shutdown()
        self._database.close()
        tell(Event.ENDING)

    def _entity(self) -> AE:
        entity = AE(ae_title=self._settings.dicom_ae_title)
        entity.require_called_aet = True
        entity.require_calling_aet = list(self._senders)
        entity.maximum_associations = self._settings.dicom_associations
        entity.maximum_pdu_size = _PDU_MOST
        syntaxes = [syntax for syntax in AllTransferSyntaxes if syntax != DeflatedExplicitVRLittleEndian]
        entity.add_supported_context(_VERIFICATION)
        for context in AllStoragePresentationContexts:
            if context.abstract_syntax is not None:
                entity.add_supported_context(context.abstract_syntax, syntaxes)
        return entity

    def _store(self, event: evt.Event) -> int:
        """Take in what came; the status is one of PS3.4 table B.2-1 or PS3.7 annex C."""
        self._sent.pop(id(event.assoc), None)
        path = event.dataset_path
        try:
            sender = self._sender(event)
            return Failure.NOT_AUTHORISED if sender is None else self._received(event, sender, path)
        except InstanceRefused as refused:
            syntax = refused.reason is Failure.SYNTAX_NOT_SUPPORTED  # which C-STORE has no status for
            return Failure.CANNOT_UNDERSTAND if syntax else refused.reason
        except (FileTooLarge, StorageFull, Overloaded, BlobsAway, DBAPIError):
            return Failure.OUT_OF_RESOURCES
        except Exception as error:  # noqa: BLE001 - one object must not end the association
            tell(Event.FAULT, error=type(error).__name__, where=where(error))
            return Failure.PROCESSING
        finally:
            path.unlink(missing_ok=True)

    def _sender(self, event: evt.Event) -> DicomSender | None:
        sender = self._senders.get(event.assoc.requestor.ae_title.strip())
        address = ip_address(event.assoc.requestor.address or "0.0.0.0")  # noqa: S104 - no network holds it
        return sender if sender is not None and address in sender.network else None

    def _received(self, event: evt.Event, sender: DicomSender, path: Path) -> int:
        self._admission.demand()
        instance = read_instance(path)
        title = event.assoc.requestor.ae_title.strip()
        blob = self._kept(path)
        recorded = ""
        try:
            clock = self._clock()
            with self._database.writing() as session:
                demand_kept(session, self._blobs, blob.sha256)
                received = receive_instance(session, sender.organisation, instance, blob, title, clock)
                entry = Entry(
                    organisation=sender.organisation,
                    actor=f"AE {title}",
                    action="C-STORE",
                    claim_id=received.claim_id,
                    thing=received.row.sha256,
                    address=event.assoc.requestor.address,
                )
                note(session, entry, now=clock.now)
            recorded = received.row.sha256
        finally:
            if recorded != blob.sha256:
                with self._database.writing() as session:
                    remove(session, self._blobs, blob.sha256, now=datetime.now(UTC))
        if self._doorbell is not None:
            self._doorbell.ring_aside(received.rings)
        return _SUCCESS

    def _kept(self, path: Path) -> Blob:
        with self._blobs.incoming(most=self._settings.largest_file) as incoming, path.open("rb") as stream:
            while piece := stream.read(_AT_ONCE):
                incoming.write(piece)
            return incoming.keep()

    def _count(self, event: evt.Event) -> None:
        """Cut off who sends more than an object may have: nothing can be answered in the middle of one."""
        sent = self._sent.get(id(event.assoc), 0) + len(event.data)
        self._sent[id(event.assoc)] = sent
        if sent > self._settings.largest_file + _AROUND and event.assoc.dul.socket is not None:
            event.assoc.dul.socket.close()

    def _forget(self, event: evt.Event) -> None:
        """Let nothing remain of an object that was broken off."""
        self._sent.pop(id(event.assoc), None)
        message = event.assoc.dimse.message
        left = getattr(message, "_data_set_path", None)
        if isinstance(left, Path):
            left.unlink(missing_ok=True)
        if event.assoc.requestor.primitive is None:  # nothing was requested; pynetdicom would wait on, and count it
            event.assoc.dul.to_user_queue.put(None)  # type: ignore[arg-type]  # it takes this for the end of its wait

    def _clock(self) -> Clock:
        """Without a broker of one's own to ring through, the sweep rings at once."""
        resend = timedelta(seconds=self._settings.resend_seconds if self._doorbell else 0)
        return Clock(now=datetime.now(UTC), resend=resend)


def _bound(event: evt.Event) -> None:
    """Read no PDU that is longer than one may be (PS3.8 D.1): pynetdicom would believe any length that it states."""
    transport = event.assoc.dul.socket
    if transport is None:
        return
    receive = transport.recv

    def bounded(count: int) -> bytearray:
        if count > _PDU_READ:
            raise OSError("a PDU is longer than one may be")  # pynetdicom takes it for a connection that broke
        return receive(count)

    transport.recv = bounded  # type: ignore[method-assign, assignment]  # of this connection; it has no limit to set


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.dicom_tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # PS3.15 B.9: BCP 195
    context.load_cert_chain(settings.dicom_tls_certificate, settings.dicom_tls_key)
    if settings.dicom_tls_clients is not None:
        context.load_verify_locations(settings.dicom_tls_clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def main() -> int:
    """Run the listener."""
    argparse.ArgumentParser(prog="python -m worker.dicom_listener", description=__doc__).parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        settings = load_settings()
        if not settings.senders:
            reason = "it is needed here, as in XRAY1=main@10.20.0.0/16: AE title, organisation, network"
            raise SettingsUnusable(origin="APEXPROOF_DICOM_SENDERS", reason=reason)
        configure_logs("dicom", sys.stderr)
        Listener(settings).serve(stop)
    except (ApexproofError, OSError) as error:
        print(f"apexproof: {error}", file=sys.stderr)  # noqa: T201 - a command says why it does not start
        return _UNUSABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
