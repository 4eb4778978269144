"""Messages: one that rings for a job holds its number and nobody's name, and none makes a worker run what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from kombu import Queue
from kombu.exceptions import ContentDisallowed
from kombu.serialization import prepare_accept_content

from apexproof.doorbell import Doorbell, celery_app
from apexproof.store.jobs import Ring, Work
from tests.api.test_limits import broker


class Hostile:
    """Writes a file wherever it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.target, "unpickled")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Celery]:
    """Celery as the API and the workers have it."""
    with broker(tmp_path) as (address, _):
        app = celery_app(address)
        yield app
        app.close()


def test_a_message_holds_the_number_of_a_job_and_nothing_else(app: Celery) -> None:
    Doorbell(app).ring([Ring(job=7, work=Work.READ)])
    with app.connection_for_read() as connection:
        message = Queue("check")(connection.channel()).get(no_ack=True)
    assert message is not None
    arguments, named, _ = message.payload
    assert (arguments, named, message.headers["argsrepr"]) == ([7], {}, "(7,)")


def test_a_message_that_is_no_json_is_not_unpacked(app: Celery, tmp_path: Path) -> None:
    target = tmp_path / "target"
    with app.connection_for_write() as connection:
        connection.Producer().publish(Hostile(target), serializer="pickle", routing_key="check")
        accepted = sorted(prepare_accept_content(app.conf.accept_content) or ())
        message = Queue("check")(connection.channel()).get(accept=accepted, no_ack=True)
        assert message is not None
        with pytest.raises(ContentDisallowed):
            _ = message.payload
    assert not target.exists()
