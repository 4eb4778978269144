"""Deliveries: outcomes that changed are told, signed, again and again, and a dead endpoint holds up nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from apexproof import webhooks
from apexproof.doorbell import Doorbell, celery_app
from apexproof.outcomes import judged
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.jobs import Clock, JobState, Ring, overdue
from apexproof.store.tables import ClaimRow, DeliveryRow, JobRow, WebhookRow
from apexproof.store.webhooks import Delivery, DeliveryState, any_delivery, end_webhook
from tests.receiver import Came, Receiver, receiving
from tests.store.rows import NOON, OURS, THEIRS, moved, new_claim
from worker.desk import Desk

REQUEST = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk that may deliver to this machine; nothing rings."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, webhook_networks="127.0.0.1/32")
    desk = Desk(settings, Doorbell(celery_app("redis://127.0.0.1:1/0")))
    yield desk
    desk.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    with receiving() as running:
        yield running


def told_at(database: Database, receiver: Receiver, organisation: str = OURS) -> WebhookRow:
    """A webhook to that receiver."""
    settings = Settings(webhook_networks="127.0.0.0/8")
    with database.writing() as session:
        return webhooks.open_webhook(
            session, organisation, receiver.address(), reachable=settings.reachable_networks, now=NOON
        )


def change(database: Database, outcome: str, *, number: str = "C/1", organisation: str = OURS) -> list[Ring]:
    """Let a claim have this outcome from now on."""
    with database.writing() as session:
        claim = session.scalar(
            select(ClaimRow).where(ClaimRow.organisation == organisation, ClaimRow.number == number)
        ) or new_claim(session, number, organisation=organisation)
        before, claim.outcome, claim.verification = claim.outcome, outcome, (claim.verification or 0) + 1
        clock = Clock(now=datetime.now(UTC), resend=timedelta(seconds=10), request=REQUEST)
        return judged(session, claim.id, moved(claim, before), came=NOON, clock=clock)


def job_of(database: Database, ring: Ring) -> JobRow:
    with database.looking() as session:
        return session.get_one(JobRow, ring.job)


def delivery_of(database: Database, ring: Ring) -> Delivery:
    delivery = job_of(database, ring).delivery_id
    assert delivery is not None
    with database.looking() as session:
        found = any_delivery(session, delivery)
    assert found is not None
    return found


def is_signed_by(came: Came, secret: str) -> bool:
    """Whether one of its signatures is of that secret."""
    at, identity = int(came.headers["webhook-timestamp"]), came.headers["webhook-id"]
    return webhooks.sign(secret, identity, at, came.body) in came.headers["webhook-signature"].split()


def test_an_outcome_that_changed_is_told_once_signed_and_without_a_patient(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    webhook = told_at(database, receiver)
    change(database, "needs_review", organisation=THEIRS)
    (ring,) = change(database, "verified")
    assert change(database, "verified") == []
    desk.work(ring.job)
    desk.work(ring.job)
    (came,) = receiver.came
    assert is_signed_by(came, webhook.secret)
    assert abs(int(came.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    told = json.loads(came.body)
    assert (told["type"], set(told)) == ("claim.outcome_changed", {"type", "timestamp", "data"})
    assert told["data"] == {
        "claim": "C/1",
        "outcome": "verified",
        "previous_outcome": None,
        "verification": "/v1/claims/C%2F1/verifications/1",
    }
    assert delivery_of(database, ring).state is DeliveryState.DELIVERED
    assert job_of(database, ring).request == REQUEST


def test_each_webhook_is_told_under_the_same_id_with_its_own_signature(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    both = [told_at(database, receiver), told_at(database, receiver)]
    for ring in change(database, "verified"):
        desk.work(ring.job)
    assert len({came.headers["webhook-id"] for came in receiver.came}) == 1
    signed = [[is_signed_by(came, webhook.secret) for webhook in both] for came in receiver.came]
    assert sorted(signed) == [[False, True], [True, False]]


def test_what_was_never_committed_is_never_told(database: Database, receiver: Receiver) -> None:
    told_at(database, receiver)

    def break_off() -> None:
        with database.writing() as session:
            claim = new_claim(session)
            claim.outcome = "verified"
            clock = Clock(now=NOON, resend=timedelta(seconds=10))
            assert len(judged(session, claim.id, moved(claim, None), came=NOON, clock=clock)) == 1
            raise LookupError

    with pytest.raises(LookupError):
        break_off()
    with database.looking() as session:
        assert session.scalars(select(DeliveryRow)).all() == []
        assert session.scalars(select(JobRow)).all() == []


def test_an_endpoint_that_fails_is_left_alone_for_a_while_and_holds_up_nobody_else(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    told_at(database, receiver)
    receiver.status = 500
    (first,), (second,) = change(database, "verified"), change(database, "needs_review")
    desk.work(first.job)
    desk.work(second.job)
    assert len(receiver.came) == 1
    tried, waits = job_of(database, first), job_of(database, second)
    assert (tried.state, tried.attempts, tried.reason) == (JobState.QUEUED, 1, "it answered 500")
    assert (waits.state, waits.attempts) == (JobState.QUEUED, 0)
    assert timedelta(seconds=3) < tried.wake_at - datetime.now(UTC) < timedelta(seconds=7)
    with receiving() as other:
        told_at(database, other, THEIRS)
        (ring,) = change(database, "verified", organisation=THEIRS)
        desk.work(ring.job)
        assert len(other.came) == 1


def test_it_is_tried_again_when_its_time_comes(database: Database, desk: Desk, receiver: Receiver) -> None:
    told_at(database, receiver)
    receiver.status = 503
    (ring,) = change(database, "verified")
    desk.work(ring.job)
    later = Clock(now=datetime.now(UTC) + timedelta(seconds=10), resend=timedelta(seconds=10))
    with database.writing() as session:
        assert overdue(session, clock=later, most=10) == [ring]
        session.execute(update(WebhookRow).values(quiet_until=NOON))
    receiver.status = 200
    desk.work(ring.job)
    assert len({came.headers["webhook-id"] for came in receiver.came}) == 1
    assert delivery_of(database, ring).state is DeliveryState.DELIVERED


def test_after_ten_tries_it_is_dead_and_can_be_replayed(database: Database, desk: Desk, receiver: Receiver) -> None:
    told_at(database, receiver)
    receiver.status = 500
    (ring,) = change(database, "verified")
    with database.writing() as session:
        session.execute(update(JobRow).values(attempts=len(webhooks.PAUSES)))
    desk.work(ring.job)
    dead = delivery_of(database, ring)
    assert (dead.state, dead.job and dead.job.reason) == (DeliveryState.DEAD, "it answered 500")
    receiver.status = 204
    with database.writing() as session:
        assert webhooks.replay(session, dead, Clock(now=datetime.now(UTC), resend=timedelta(0)))
    desk.work(ring.job)
    delivered = delivery_of(database, ring)
    assert delivered.state is DeliveryState.DELIVERED
    with database.writing() as session:
        assert not webhooks.replay(session, delivered, Clock(now=datetime.now(UTC), resend=timedelta(0)))


def test_what_waited_for_days_behind_a_dead_endpoint_is_dead_too(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    told_at(database, receiver)
    (ring,) = change(database, "verified")
    with database.writing() as session:
        session.execute(update(DeliveryRow).values(created_at=datetime.now(UTC) - timedelta(days=5)))
        session.execute(update(WebhookRow).values(quiet_until=datetime.now(UTC) + timedelta(minutes=4)))
    desk.work(ring.job)
    assert delivery_of(database, ring).state is DeliveryState.DEAD
    assert receiver.came == []


def test_for_a_day_two_secrets_sign_and_then_the_new_one_alone(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    webhook = told_at(database, receiver)
    with database.writing() as session:
        secret = webhooks.rotate(session, webhook, now=datetime.now(UTC))
    (ring,) = change(database, "verified")
    desk.work(ring.job)
    with database.writing() as session:
        session.execute(update(WebhookRow).values(earlier_until=NOON))
    (ring,) = change(database, "needs_review")
    desk.work(ring.job)
    both, alone = receiver.came
    assert (is_signed_by(both, secret), is_signed_by(both, webhook.secret)) == (True, True)
    assert (is_signed_by(alone, secret), is_signed_by(alone, webhook.secret)) == (True, False)


def test_a_webhook_that_ended_is_told_nothing_and_keeps_no_secret(
    database: Database, desk: Desk, receiver: Receiver
) -> None:
    webhook = told_at(database, receiver)
    (ring,) = change(database, "verified")
    with database.writing() as session:
        end_webhook(session, webhook.id, because="it was deleted", now=datetime.now(UTC))
    assert change(database, "needs_review") == []
    desk.work(ring.job)
    assert receiver.came == []
    assert delivery_of(database, ring).state is DeliveryState.DROPPED
    with database.looking() as session:
        assert session.get_one(WebhookRow, webhook.id).secret == ""


def test_an_endpoint_that_says_it_is_gone_is_asked_no_more(database: Database, desk: Desk, receiver: Receiver) -> None:
    webhook = told_at(database, receiver)
    receiver.status = 410
    (ring,) = change(database, "verified")
    desk.work(ring.job)
    assert change(database, "needs_review") == []
    assert delivery_of(database, ring).state is DeliveryState.DROPPED
    with database.looking() as session:
        assert session.get_one(WebhookRow, webhook.id).ended_because == "it answered 410 Gone"
