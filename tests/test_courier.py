"""Where webhooks may go, and that they go nowhere else."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from apexproof.courier import AddressRefused, Courier, DeliveryFailed, may_be_reached, parse_address
from tests.receiver import Receiver, receiving

HOST = "receiver.example"
LOOPBACK = (ip_network("127.0.0.0/8"),)
NOT_PUBLIC = (
    "0.0.0.0",  # noqa: S104 - it is refused
    "10.1.2.3",
    "100.100.100.200",
    "127.0.0.1",
    "168.63.129.16",
    "169.254.169.254",
    "172.31.0.1",
    "192.0.0.192",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2001::1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for HOST with its key, and its own authority."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(encoding))
    return folder


@pytest.fixture
def safe(certified: Path) -> Iterator[Receiver]:
    """A receiver with the certificate of HOST."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certified / "certificate.pem", certified / "key.pem")
    with receiving(tls) as receiver:
        yield receiver


def courier(
    *, trusting: Path | None = None, leads_to: Sequence[str] = ("127.0.0.1",), seconds: float = 20.0
) -> Courier:
    """A courier that may reach this machine, and for whom every name leads to the same addresses."""
    tls = ssl.create_default_context(cafile=trusting / "certificate.pem" if trusting else None)
    return Courier(reachable=LOOPBACK, tls=tls, addresses=lambda _host, _port: leads_to, seconds=seconds)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_never_reached(address: str) -> None:
    assert not may_be_reached(ip_address(address), ())


@pytest.mark.parametrize("address", ["8.8.8.8", "192.0.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_is_reached(address: str) -> None:
    assert may_be_reached(ip_address(address), ())


@given(st.ip_addresses())
def test_an_address_that_python_calls_private_is_not_reached(address: object) -> None:
    found = ip_address(str(address))
    if found.is_private or found.is_loopback or found.is_link_local or found.is_multicast:
        inner = getattr(found, "ipv4_mapped", None)  # newer versions of Python call these private with what is in them
        assert inner is not None or not may_be_reached(found, ())


def test_a_network_that_is_allowed_is_reached_and_none_beside_it() -> None:
    allowed = (ip_network("10.20.0.0/16"),)
    assert may_be_reached(ip_address("10.20.1.1"), allowed)
    assert not may_be_reached(ip_address("10.21.1.1"), allowed)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.com/hook",
        "ftp://example.com/",
        "http://example.com/hook",
        "https://user:word@example.com/",
        "https://example.com/#there",
        "https://exa mple.com/",
        "https://exämple.com/",
        "https://example.com:port/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https:///hook",
        f"https://example.com/{'x' * 500}",
    ],
)
def test_an_address_that_no_webhook_may_have_is_refused_at_once(address: str) -> None:
    with pytest.raises(AddressRefused, match=r"\.$"):
        parse_address(address, reachable=())


@given(st.text())
def test_whatever_is_written_is_an_address_or_refused(written: str) -> None:
    try:
        parts = parse_address(written, reachable=())
    except AddressRefused:
        return
    assert parts.scheme == "https"
    assert parts.hostname


def test_it_posts_over_tls_to_the_address_that_was_checked(safe: Receiver, certified: Path) -> None:
    courier(trusting=certified).post(safe.address(HOST, scheme="https"), b'{"a":1}', {"webhook-id": "msg_1"})
    (came,) = safe.came
    assert (came.path, came.body, came.headers["webhook-id"]) == ("/hook?for=tests", '{"a":1}', "msg_1")
    assert came.headers["Host"] == f"{HOST}:{safe.port}"


def test_a_certificate_of_another_name_or_of_nobody_is_not_spoken_with(safe: Receiver, certified: Path) -> None:
    with pytest.raises(DeliveryFailed, match="certificate"):
        courier(trusting=certified).post(safe.address("another.example", scheme="https"), b"{}", {})
    with pytest.raises(DeliveryFailed, match="certificate"):
        courier().post(safe.address(HOST, scheme="https"), b"{}", {})
    assert safe.came == []


@pytest.mark.parametrize("leads_to", [("10.0.0.1",), ("127.0.0.1", "10.0.0.1"), ("8.8.8.8", "169.254.169.254"), ()])
def test_a_name_that_also_leads_where_nothing_may_go_leads_nowhere(leads_to: tuple[str, ...]) -> None:
    with receiving() as receiver:
        with pytest.raises(DeliveryFailed, match="not public"):
            courier(leads_to=leads_to).post(receiver.address(HOST), b"{}", {})
        assert receiver.came == []


def test_a_name_that_means_another_machine_a_moment_later_is_asked_once() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with receiving() as receiver:
        rebinding = Courier(
            reachable=LOOPBACK, tls=ssl.create_default_context(), addresses=lambda _host, _port: answers.pop(0)
        )
        rebinding.post(receiver.address(HOST), b"{}", {})
        assert len(receiver.came) == 1
    assert answers == [["10.0.0.1"]]


def test_without_encryption_nothing_leaves_this_machine() -> None:
    abroad = Courier(reachable=LOOPBACK, tls=ssl.create_default_context(), addresses=lambda _host, _port: ["8.8.8.8"])
    with pytest.raises(DeliveryFailed, match="without https"):
        abroad.post(f"http://{HOST}/", b"{}", {})


@pytest.mark.parametrize("status", [199, 301, 302, 307, 400, 404, 429, 500, 503])
def test_all_but_a_good_answer_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    with receiving() as receiver, receiving() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.address(), "Retry-After": "77"}
        with pytest.raises(DeliveryFailed, match=str(status)) as failed:
            courier().post(receiver.address(), b"{}", {})
        assert elsewhere.came == []
    assert (failed.value.again_after, failed.value.gone) == (timedelta(seconds=77), False)


def test_gone_is_told_apart() -> None:
    with receiving() as receiver:
        receiver.status = 410
        with pytest.raises(DeliveryFailed) as failed:
            courier().post(receiver.address(), b"{}", {})
    assert failed.value.gone


def test_a_receiver_that_sends_a_byte_now_and_then_is_hung_up_on() -> None:
    with receiving() as receiver:
        receiver.drips = threading.Event()
        with pytest.raises(DeliveryFailed, match="did not answer"):
            courier(seconds=0.4).post(receiver.address(), b"{}", {})
        assert receiver.drips.wait(10)  # it noticed that nobody listens


def test_where_nobody_listens_nothing_is_delivered() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(DeliveryFailed, match="did not answer"):
            courier().post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"{}", {})


def test_a_name_that_nobody_knows_leads_nowhere() -> None:
    lost = Courier(reachable=LOOPBACK, tls=ssl.create_default_context())
    with pytest.raises(DeliveryFailed, match="nowhere"):
        lost.post("https://nobody.invalid/", b"{}", {})
