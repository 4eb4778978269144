"""C-STORE: who may come in and how, what limits hold, and that no data set ends the listener."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynetdicom import AE, _config
from pynetdicom.association import Association

from fixtures.case import CASES
from fixtures.dicom_files import INTRAORAL, DicomFile
from fixtures.scenarios.films import PA8
from tests.api.dicomweb_body import film
from tests.service.served import served, until
from tests.worker.dcmtk import send_by_dcmtk
from tests.worker.test_dicom_listener import JPEG_LS, RAW, Listening, listening


def associate(port: int, *, tls: ssl.SSLContext | None = None) -> Association:
    entity = AE(ae_title="XRAY1")
    entity.add_requested_context(INTRAORAL, [JPEG_LS])
    return entity.associate("127.0.0.1", port, ae_title="APEXPROOF", tls_args=(tls, "127.0.0.1") if tls else None)


def end(association: Association) -> None:
    """End an association, and close its connection, which a refusal leaves open."""
    if association.is_established:
        association.release()
    if association.dul.socket is not None:
        association.dul.socket.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("d")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / "certificate.pem", folder / "key.pem"


def test_with_tls_only_who_shows_a_certificate_that_is_known_may_send(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    ours, key = map(str, certificate)
    stated = {"dicom_tls_certificate": ours, "dicom_tls_key": key, "dicom_tls_clients": ours}
    known, stranger = (ssl.create_default_context(cafile=ours) for _ in range(2))
    known.load_cert_chain(ours, key)
    with listening(tmp_path, **stated) as running:
        association = associate(running.port, tls=known)
        assert association.is_established
        end(association)
        with pytest.raises(ssl.SSLError, match=r"(?i)certificate.required|EOF occurred"):  # its alert, or the end
            answered(running.port, stranger)
        assert answered(running.port) in {b"", b"\x15"}  # the end, or an alert (RFC 8446, 5.1)


def answered(port: int, tls: ssl.SSLContext | None = None) -> bytes:
    """The first byte that is answered to the beginning of a request for an association."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        through = tls.wrap_socket(connection, server_hostname="127.0.0.1") if tls else connection
        with through, suppress(ConnectionResetError):
            through.sendall(b"\x01\x00\x00\x00\x00\x08" + b"\0" * 8)
            return through.recv(1)
    return b""


def test_no_more_associations_are_served_than_may_be(tmp_path: Path) -> None:
    with listening(tmp_path, dicom_associations="1") as running:
        first = until(lambda: served_association(running.port), "nobody is served")
        second = associate(running.port)
        assert second.is_rejected
        for association in (first, second):
            end(association)
        until(lambda: running.send(film(SOPInstanceUID="2.25.1")) == 0, "nobody is served any more")


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n"], ids=["nothing", "another protocol"])
def test_connection_that_closes_without_an_association_frees_its_place_at_once(tmp_path: Path, said: bytes) -> None:
    with listening(tmp_path, dicom_associations="1") as running:
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(said)
        end(until(lambda: served_association(running.port), "the place is held", patience=8))


def served_association(port: int) -> Association | None:
    """An association that was accepted."""
    association = associate(port)
    if association.is_established:
        return association
    end(association)
    return None


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One for the tests of this module."""
    with listening(tmp_path_factory.mktemp("d"), largest_file="60000") as running:
        yield running


def test_object_that_is_somewhat_too_large_is_answered_with_a_lack_of_resources(listener: Listening) -> None:
    large = DicomFile(frames=(PA8,), syntax=RAW).content()
    assert 60_000 < len(large) < 1024**2
    assert listener.send(large) == 0xA700
    assert listener.half_stored == []


@pytest.mark.parametrize("kind", [0x01, 0x04])
def test_pdu_that_claims_to_be_endless_is_not_read(listener: Listening, kind: int) -> None:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
        connection.sendall(bytes([kind, 0]) + (2**32 - 1).to_bytes(4, "big"))
        with suppress(ConnectionError):
            connection.sendall(b"\0" * 1000)
        with suppress(ConnectionResetError):
            while connection.recv(1024):  # an abort, perhaps; then the end
                pass
    assert listener.send(film(SOPInstanceUID="2.25.2")) == 0


FILM = film(SOPInstanceUID="2.25.3")


BEHIND_UID = FILM.index(b"2.25.3", FILM.index(b"\x08\x00\x18\x00UI")) + 6  # up to here the sender reads it, too
SPOILT = st.binary(max_size=200) | st.builds(
    lambda at, octets: FILM[BEHIND_UID:at] + octets + FILM[at + len(octets) :],
    st.integers(BEHIND_UID, 1600),
    st.binary(min_size=1, max_size=8),
)


@pytest.fixture
def association(listener: Listening) -> Iterator[Association]:
    """One for all that a test sends; files are sent as they are, for pynetdicom would write them anew."""
    _config.STORE_SEND_CHUNKED_DATASET = True
    established = associate(listener.port)
    yield established
    end(established)
    _config.STORE_SEND_CHUNKED_DATASET = False


@given(octets=SPOILT)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_data_set_comes_is_answered_and_ends_nothing(
    listener: Listening, association: Association, octets: bytes
) -> None:
    file = listener.data_dir / "spoilt.dcm"
    file.write_bytes(FILM[:BEHIND_UID] + octets)
    answer = association.send_c_store(file)
    assert answer.Status in {0x0000, 0x0122, 0xA900, 0xC000}
    assert listener.half_stored == []
    assert {row.sha256 for row in listener.rows} == listener.files


def test_film_from_dcmtk_proves_the_claim_of_a_service_beside_the_listener(tmp_path: Path) -> None:
    case = CASES / "verified-coded-dicom"
    with served(tmp_path) as service, listening(tmp_path) as running:
        caller = service.caller()
        assert caller.send_claim((case / "claim.json").read_bytes()).status == 201
        send_by_dcmtk(case / "files" / "pa8.dcm", "-xt", port=running.port)
        until(lambda: caller.checked("AX-1001")["outcome"] == "verified", "the film proves nothing")
