"""Webhooks: what is signed, what is told, and how long it is tried."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import pairwise

from apexproof.courier import DeliveryFailed
from apexproof.webhooks import PAUSES, pause, sign


def test_a_signature_is_the_one_of_the_reference_libraries() -> None:
    """The vector stands in the tests of standard-webhooks/standard-webhooks (libraries/javascript)."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = sign(secret, message, 1614265330, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_another_body_time_id_or_secret_is_another_signature() -> None:
    secrets = [f"whsec_{base64.b64encode(bytes([octet] * 32)).decode()}" for octet in (1, 2)]
    signed = {
        sign(secret, message, at, body)
        for secret in secrets
        for message in "ab"
        for at in (1, 2)
        for body in ("{}", "[]")
    }
    assert len(signed) == 16


def test_it_is_tried_less_and_less_often_for_three_days() -> None:
    pauses = [pause(tries, DeliveryFailed("it answered 500")) for tries in range(1, len(PAUSES) + 1)]
    assert all(first < second for first, second in pairwise(pauses))
    assert timedelta(days=3) < sum(pauses, timedelta(0)) < timedelta(days=4)


def test_a_receiver_that_asks_for_more_time_gets_it() -> None:
    assert pause(1, DeliveryFailed("it answered 429", again_after=timedelta(hours=2))) == timedelta(hours=2)
