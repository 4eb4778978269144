"""Limits: how often somebody may ask. Token buckets, in the broker when it answers, else in this process.

A bucket holds `burst` tokens and fills at `per_second`; each request takes one. In the broker all API processes share
it; without the broker each process counts for itself: a broker that is away neither opens the door nor shuts it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from redis import Redis
from redis.exceptions import RedisError

from apexproof.logs import Event, tell
from apexproof.settings import Settings

_PREFIX = "apexproof:limit:"
_BROKER_PATIENCE = 0.2  # seconds; a request does not wait for a limit
_BROKER_LEFT_ALONE = 5.0  # seconds, after it did not answer
_BUCKETS_MOST = 10_000
_NETWORK_BITS = 64
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local per_second, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local since = math.max(0, now - (tonumber(bucket[2]) or now))
local tokens = math.min(burst, (tonumber(bucket[1]) or burst) + since * per_second)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / per_second end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_second * 1000) + 1000)
return string.format('%.6f', wait)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often: `per_second` in the long run, `burst` at once."""

    per_second: float
    burst: float


class Limits:
    """The buckets of callers and of addresses. Nothing is connected before the first request."""

    def __init__(self, settings: Settings, broker_url: str) -> None:
        self._of_keys = Rate(per_second=settings.rate_per_second, burst=settings.rate_burst)
        self._of_tries = Rate(per_second=settings.tries_per_minute / 60, burst=settings.tries_per_minute)
        self._here = _Here()
        self._broker = _broker(broker_url)
        self._take = self._broker.register_script(_TAKE) if self._broker else None
        self._broker_again_at = 0.0

    def of_key(self, key: str) -> float:
        """Count a request of a key; how many seconds it has to wait, 0 when it may pass."""
        return self._taken(f"key:{key}", self._of_keys)

    def of_try(self, address: str) -> float:
        """Count a request without a good key from an address."""
        return self._taken(f"try:{_network(address)}", self._of_tries)

    def _taken(self, name: str, rate: Rate) -> float:
        if self._take is not None and time.monotonic() >= self._broker_again_at:
            try:
                return float(self._take(keys=[_PREFIX + name], args=[rate.per_second, rate.burst]))
            except (RedisError, OSError) as error:
                self._broker_again_at = time.monotonic() + _BROKER_LEFT_ALONE
                tell(Event.BROKER_AWAY, error=type(error).__name__)  # requests are counted in this process meanwhile
        return self._here.take(name, rate)


class _Here:
    """Buckets in this process."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}
        self._busy = threading.Lock()

    def take(self, name: str, rate: Rate) -> float:
        now = time.monotonic()
        with self._busy:
            tokens, at = self._buckets.pop(name, (rate.burst, now))
            tokens = min(rate.burst, tokens + (now - at) * rate.per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / rate.per_second
            self._buckets[name] = (tokens if wait else tokens - 1, now)
            if len(self._buckets) > _BUCKETS_MOST:  # the one that was used longest ago is the fullest
                self._buckets.pop(next(iter(self._buckets)))
        return wait


def _network(address: str) -> str:
    """What one party holds: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(parsed)


def _broker(url: str) -> Redis | None:
    """The broker, when it is one that can be asked directly."""
    url = url.replace("redis+socket://", "unix://", 1)
    if not url.startswith(("redis://", "rediss://", "unix://")):
        return None
    return Redis.from_url(url, socket_timeout=_BROKER_PATIENCE, socket_connect_timeout=_BROKER_PATIENCE)
