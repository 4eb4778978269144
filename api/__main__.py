"""`python -m api` serves the API until it is told to stop."""

from __future__ import annotations

import argparse
import sys

import uvicorn

from apexproof.errors import ApexproofError
from apexproof.parent import end_with_parent
from apexproof.settings import load_settings, require_broker
from apexproof.store.database import Database
from apexproof.store.schema import require_current
from api.app import create_app

_UNUSABLE = 2
_LAST_REQUESTS_SECONDS = 10


def main() -> int:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    try:
        settings = load_settings()
        app = create_app(settings, require_broker(settings))
        database = Database(settings.database)
        require_current(database)
        database.close()
    except ApexproofError as error:
        print(f"apexproof: {error}", file=sys.stderr)  # noqa: T201 - a command says why it does not start
        return _UNUSABLE
    if asked.with_parent:
        end_with_parent()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # an address holds a claim's number
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),  # else anybody could write where they ask from
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
