"""`python -m worker.ping` asks whether the worker of this host answers: 0 when it does, for a health check."""

from __future__ import annotations

import sys
from socket import gethostname

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from apexproof.doorbell import celery_app
from apexproof.errors import ApexproofError
from apexproof.settings import load_settings, require_broker

_SILENT, _UNUSABLE = 1, 2
_ANSWERS_WITHIN = 10.0


def main() -> int:
    """Ask, and wait a little."""
    try:
        settings = load_settings()
        app = celery_app(require_broker(settings))
    except ApexproofError as error:
        print(f"apexproof: {error}", file=sys.stderr)  # noqa: T201 - a command says why it cannot be answered
        return _UNUSABLE
    try:
        answers = app.control.ping(destination=[f"celery@{gethostname()}"], timeout=_ANSWERS_WITHIN, limit=1)
    except (KombuError, RedisError, OSError):
        return _SILENT
    return 0 if answers else _SILENT


if __name__ == "__main__":
    sys.exit(main())
