"""Policies: what they demand, and which of them are refused."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.errors import PolicyUnusable
from apexproof.observation import Strength
from apexproof.policy import DEFAULT_POLICY, Demand, Policy, SameDay, load_policy, parse_policy, policy_names

FOLDER = resources.files("apexproof.policies")
TINY = b'extends = "payer"\nname = "mine"\nversion = "1"\nsummary = "Mine."\n'


def parsed(changes: str = "") -> Policy:
    return parse_policy(TINY + changes.encode(), origin="mine.toml")


def test_default_comes_first() -> None:
    assert policy_names() == ("payer", "practice", "strict")
    assert load_policy().name == DEFAULT_POLICY


def test_each_policy_asks_for_its_strength() -> None:
    demanded = {name: set(dict(load_policy(name).strength).values()) for name in policy_names()}
    assert demanded == {
        "payer": {Strength.FREE_TEXT},
        "practice": {Strength.DECLARED},
        "strict": {Strength.ATTRIBUTE},
    }


def test_payer_asks_for_times_on_the_same_day_and_for_a_year() -> None:
    timing = load_policy("payer").timing
    assert (timing.same_day, timing.max_age_days) == (SameDay.NEEDS_TIMES, 365)


def test_strict_requires_what_the_payer_advises_in_the_narrative() -> None:
    payer, strict = load_policy("payer").checks, load_policy("strict").checks
    changed = {check for check in payer if payer[check] is not strict[check]}
    assert changed == {"APX802", "APX803", "APX804", "APX805"}
    assert {strict[check] for check in changed} == {Demand.REQUIRED}


@pytest.mark.parametrize("name", policy_names())
def test_every_policy_states_itself(name: str) -> None:
    stated = tomllib.loads(FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    assert stated["name"] == name
    assert stated["version"]
    assert stated["summary"].endswith(".")
    assert "\n" not in stated["summary"].strip()


def test_every_value_of_the_payer_says_where_it_comes_from() -> None:
    for line in FOLDER.joinpath("payer.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("APX"):
            assert "# " in line, line


def test_remark_codes_are_codes_without_their_texts() -> None:
    table = tomllib.loads(FOLDER.joinpath("remark_codes.toml").read_text(encoding="utf-8"))
    assert table["as_of"] == date(2026, 11, 23)
    assert table["source"]
    for codes in table["codes"].values():
        assert codes
        assert all(code.isalnum() and len(code) <= 5 for code in codes)
    assert load_policy().remark_codes == {check: tuple(codes) for check, codes in table["codes"].items()}


def test_a_policy_states_only_what_it_changes() -> None:
    policy = parsed('[timing]\nmax_age_days = 180\n[checks]\nAPX105 = "off"\n')
    payer = load_policy()
    assert (policy.timing.max_age_days, policy.timing.same_day) == (180, payer.timing.same_day)
    assert policy.demand("APX105") is Demand.OFF
    assert policy.demand("APX301") is payer.demand("APX301") is Demand.REQUIRED
    assert policy.demand("APX999") is Demand.OFF


def test_a_policy_may_state_its_own_remark_codes() -> None:
    policy = parsed('[remark_codes]\nAPX101 = ["N999"]\n')
    assert policy.remark_codes["APX101"] == ("N999",)
    assert policy.remark_codes["APX201"] == load_policy().remark_codes["APX201"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ('[checks]\nAPX101 = "perhaps"\n', "checks.APX101"),
        ('[strength]\nview = "certain"\n', "strength.view"),
        ("[timing]\nmax_age_days = -1\n", "timing.max_age_days"),
        ("[timing]\nmax_age_years = 1\n", "timing.max_age_years"),
        ("[legibility]\ncontrast_least = 2\n", "legibility.contrast_least"),
        ('timing = "soon"\n', "timing"),
    ],
)
def test_wrong_value_is_refused_with_its_place(changes: str, place: str) -> None:
    with pytest.raises(PolicyUnusable) as refused:
        parsed(changes)
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"extends = ", "not TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b'extends = "nobody"\n', "must be one of payer, practice, strict"),
        (b"extends = 1\n", "must be one of"),
        (b"", "name"),
    ],
)
def test_what_is_no_policy_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(PolicyUnusable, match=words):
        parse_policy(content, origin="mine.toml")


def test_unknown_name_lists_the_policies() -> None:
    with pytest.raises(PolicyUnusable, match="payer, practice, strict"):
        load_policy("nobody")


def test_policy_is_loaded_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + TINY)
    assert load_policy(str(file)).name == "mine"


def test_enormous_policy_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "big.toml"
    file.write_bytes(TINY + b"#" * 300_000)
    with pytest.raises(PolicyUnusable, match="larger"):
        load_policy(str(file))


def test_digest_tells_what_is_said_and_not_how_it_is_laid_out() -> None:
    spaced = parsed("# a comment\n\n[timing]\nmax_age_days    =    365\n")
    assert parsed().digest == spaced.digest
    assert parsed("[timing]\nmax_age_days = 364\n").digest != spaced.digest
    assert len({load_policy(name).digest for name in policy_names()}) == 3


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_policy_or_are_refused(content: bytes) -> None:
    with pytest.raises(PolicyUnusable):
        parse_policy(content, origin="any.toml")
