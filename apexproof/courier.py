"""Courier: posts a message to an address that a stranger chose, and reaches nothing that a stranger must not reach.

The name is resolved once, every address that it has is checked, and the connection goes to the checked one: a name
that means another machine a moment later leads nowhere else. Only https, certificates checked, no proxy, no redirect,
nothing of the answer but its status, and an end in time. http is spoken with this machine alone, where a setting allows
it.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import SSLError as BadCertificate

from apexproof import __version__
from apexproof.errors import ApexproofError

if TYPE_CHECKING:
    from collections.abc import Iterator

Network = IPv4Network | IPv6Network
ADDRESS_MOST = 500
_SILENCE_SECONDS = 10.0  # between two signs of life
_AT_ALL_SECONDS = 20.0
_AGAIN_MOST = timedelta(days=1)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")

# Whatever is not for everybody: IANA's registries of special-purpose addresses (RFC 6890 and its updates), multicast,
# and 168.63.129.16, which is a public address and yet Azure's own service for its virtual machines.
_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")  # of IPv6 nothing else is public
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(ApexproofError):
    """An address is none that a webhook may have."""


class DeliveryFailed(ApexproofError):
    """A message was not taken.

    `again_after` is what its receiver asked for, `gone` that it wants no more of them, `final` that none is tried more.
    """

    def __init__(
        self, reason: str, *, again_after: timedelta | None = None, gone: bool = False, final: bool = False
    ) -> None:
        """Take the reason, without a word of what the receiver said."""
        self.again_after, self.gone, self.final = again_after, gone, final
        super().__init__(reason)


def addresses_of(host: str, port: int) -> Sequence[str]:
    """The addresses that a name has, as this machine knows them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Posts; `reachable` are the networks that it may reach although they are not public."""

    reachable: Sequence[Network]
    tls: ssl.SSLContext
    addresses: Callable[[str, int], Sequence[str]] = field(default=addresses_of)
    seconds: float = _AT_ALL_SECONDS

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a message.

        Raises:
            DeliveryFailed: it was not taken.
        """
        parts = parse_address(address)
        host, port = _reach(parts)
        connection = self._connection(parts, host, port, self._checked(parts, host, port))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        said = {**headers, "Content-Type": "application/json", "User-Agent": f"apexproof/{__version__}"}
        try:
            with connection.ended_in_time(self.seconds):
                connection.request("POST", path, body=body, headers=said, preload_content=False)
                answer = connection.getresponse()
                status, again_after = answer.status, answer.headers.get("Retry-After", "")
                answer.close()  # whatever else it says is not read
        except (BadCertificate, ssl.SSLError):
            raise DeliveryFailed("no safe connection: the certificate or the encryption is not good") from None
        except (HTTPError, HTTPException, OSError, ValueError):
            raise DeliveryFailed("it did not answer") from None
        finally:
            connection.close()
        _must_be_taken(status, again_after)

    def _checked(self, parts: SplitResult, host: str, port: int) -> str:
        """The address behind a name, when every one that it has may be reached."""
        try:
            addresses = [ip_address(one) for one in self.addresses(host, port)]
        except (OSError, UnicodeError):
            raise DeliveryFailed("its name leads nowhere") from None
        if not addresses or not all(may_be_reached(one, self.reachable) for one in addresses):
            raise DeliveryFailed("its name leads to a machine that is not public, where webhooks never go")
        if parts.scheme == "http" and not all(one.is_loopback for one in addresses):
            raise DeliveryFailed("without https nothing is sent to another machine")
        return str(addresses[0])

    def _connection(self, parts: SplitResult, host: str, port: int, pinned: str) -> _Plain | _Safe:
        connection = (
            _Plain(host, port, timeout=_SILENCE_SECONDS)
            if parts.scheme == "http"
            else _Safe(host, port, timeout=_SILENCE_SECONDS, ssl_context=self.tls)
        )
        connection.pinned = pinned
        return connection


def parse_address(address: str, *, reachable: Sequence[Network] | None = None) -> SplitResult:
    """The parts of an address that a webhook may have; with `reachable`, as far as that can be told without its name.

    Raises:
        AddressRefused: it may not have it.
    """
    if len(address) > ADDRESS_MOST or not re.fullmatch(r"[!-~]+", address):
        raise AddressRefused(
            f"An address has at most {ADDRESS_MOST} characters and no spaces; write it as a browser does."
        )
    try:
        parts = urlsplit(address)
        host, _ = _reach(parts)
    except ValueError:
        raise AddressRefused("This is not the address of anything; state it as in https://example.com/hook.") from None
    if parts.scheme not in {"https", "http"} or parts.username is not None or parts.fragment:
        raise AddressRefused("State an https address without a name, a password or a fragment in it.")
    literal = _literal(host)
    if literal is None and not _HOST.fullmatch(host):
        raise AddressRefused("State the host by its name in plain letters, or by its number.")
    if reachable is not None:
        _must_be_allowed(parts.scheme, literal, reachable)
    return parts


def may_be_reached(address: IPv4Address | IPv6Address, reachable: Sequence[Network]) -> bool:
    """Whether it is public, or in a network that is allowed; an IPv4 address within one of IPv6 is meant itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return may_be_reached(address.ipv4_mapped, reachable)
        if address in _NAT64:
            return may_be_reached(IPv4Address(int(address) & 0xFFFFFFFF), reachable)
    if any(address in network for network in reachable):
        return True
    public = isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST
    return public and not any(address in network for network in _NOT_PUBLIC)


def _must_be_allowed(scheme: str, literal: IPv4Address | IPv6Address | None, reachable: Sequence[Network]) -> None:
    if literal is not None and not may_be_reached(literal, reachable):
        raise AddressRefused("This is the address of a machine that is not public; webhooks never go there.")
    if scheme == "http" and not any(network.is_loopback for network in reachable):
        raise AddressRefused("State an https address; without encryption nothing is sent.")


def _must_be_taken(status: int, again_after: str) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    wait = min(timedelta(seconds=int(again_after)), _AGAIN_MOST) if re.fullmatch(r"[0-9]{1,8}", again_after) else None
    raise DeliveryFailed(f"it answered {status}", again_after=wait, gone=status == HTTPStatus.GONE)


def _reach(parts: SplitResult) -> tuple[str, int]:
    if not parts.hostname:
        raise ValueError("no host")
    return parts.hostname, parts.port or (80 if parts.scheme == "http" else 443)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        return ip_address(host)
    return None


class _Pinned(HTTPConnection):
    """A connection to the address that was checked, whatever its name means by now; it can be ended from outside."""

    pinned: str = ""
    _handle: socket.socket | None = None
    _hung_up: bool = False

    def _new_conn(self) -> socket.socket:
        connected = socket.create_connection((self.pinned, self.port), timeout=_SILENCE_SECONDS)
        self._handle = connected.dup()  # the socket itself goes into the encryption, and cannot be reached there
        return connected

    @contextmanager
    def ended_in_time(self, seconds: float) -> Iterator[None]:
        """Hang up when the block takes longer: a receiver that sends a byte now and then is never silent."""
        hang_up = threading.Timer(seconds, self._hang_up)
        hang_up.daemon = True
        hang_up.start()
        try:
            yield
        finally:
            hang_up.cancel()
            hang_up.join()
            if self._handle is not None:
                self._handle.close()
        if self._hung_up:  # in the middle of a header that breaks off as if it were complete
            raise TimeoutError

    def _hang_up(self) -> None:
        self._hung_up = True
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)


class _Plain(_Pinned):
    """Without encryption."""


class _Safe(_Pinned, HTTPSConnection):
    """With encryption; name and certificate are checked as ever."""
