"""Observations decide a question by their strength, and disagreement is never hidden."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.observation import Observation, Stance, Strength, Weight, weigh

YES, NO, SILENT = Stance.SUPPORTS, Stance.CONTRADICTS, Stance.SILENT


def said(stance: Stance | None, strength: Strength) -> Observation[Stance]:
    return Observation(value=stance, source="somewhere", strength=strength)


def weight(*observations: Observation[Stance], demanded: Strength = Strength.FREE_TEXT) -> Weight:
    return weigh(observations, lambda stance: stance, demanded=demanded).weight


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ([], Weight.UNKNOWN),
        ([said(SILENT, Strength.CODED)], Weight.UNKNOWN),
        ([said(None, Strength.CODED)], Weight.UNKNOWN),
        ([said(YES, Strength.CODED)], Weight.ESTABLISHED),
        ([said(YES, Strength.FREE_TEXT)], Weight.ESTABLISHED),
        ([said(YES, Strength.DECLARED)], Weight.WEAK),
        ([said(YES, Strength.BOUND)], Weight.WEAK),
        ([said(NO, Strength.CODED)], Weight.REFUTED),
        ([said(NO, Strength.DECLARED)], Weight.REFUTED),
        ([said(NO, Strength.BOUND)], Weight.WEAK),
        ([said(YES, Strength.CODED), said(NO, Strength.FREE_TEXT)], Weight.DISPUTED),
        ([said(YES, Strength.CODED), said(NO, Strength.DECLARED)], Weight.ESTABLISHED),
        ([said(YES, Strength.DECLARED), said(NO, Strength.CODED)], Weight.REFUTED),
        ([said(YES, Strength.DECLARED), said(NO, Strength.DECLARED)], Weight.DISPUTED),
    ],
)
def test_the_weight_of_observations(observations: list[Observation[Stance]], expected: Weight) -> None:
    assert weight(*observations) is expected


def test_the_word_of_the_sender_establishes_where_the_policy_trusts_it() -> None:
    assert weight(said(YES, Strength.DECLARED), demanded=Strength.DECLARED) is Weight.ESTABLISHED


def test_both_sides_are_kept_strongest_first() -> None:
    weighed = weigh(
        [said(YES, Strength.DECLARED), said(NO, Strength.CODED), said(YES, Strength.ATTRIBUTE)],
        lambda stance: stance,
        demanded=Strength.FREE_TEXT,
    )
    assert [o.strength for o in weighed.supporting] == [Strength.ATTRIBUTE, Strength.DECLARED]
    assert [o.strength for o in weighed.contradicting] == [Strength.CODED]


OBSERVATIONS = st.lists(
    st.builds(said, st.sampled_from([YES, NO, SILENT, None]), st.sampled_from(Strength)), max_size=6
)


@given(OBSERVATIONS, st.sampled_from(Strength), st.randoms())
def test_the_order_of_observations_changes_nothing(
    observations: list[Observation[Stance]], demanded: Strength, random: Random
) -> None:
    shuffled = sorted(observations, key=lambda _: random.random())
    assert weight(*shuffled, demanded=demanded) is weight(*observations, demanded=demanded)


@given(OBSERVATIONS, st.sampled_from(Strength), st.sampled_from(Strength))
def test_a_contradiction_never_establishes(
    observations: list[Observation[Stance]], demanded: Strength, strength: Strength
) -> None:
    before = weight(*observations, demanded=demanded)
    after = weight(*observations, said(NO, strength), demanded=demanded)
    assert after is not Weight.ESTABLISHED or before is Weight.ESTABLISHED


@given(OBSERVATIONS, st.sampled_from(Strength))
def test_only_the_demanded_strength_establishes(observations: list[Observation[Stance]], demanded: Strength) -> None:
    strong = any(o.value is YES and o.strength >= demanded for o in observations)
    assert strong or weight(*observations, demanded=demanded) is not Weight.ESTABLISHED
