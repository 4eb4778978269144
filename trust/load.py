"""Load: the section of docs/trust.md about traffic: how much is done at most, most of it for long, and far too much."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from trust.gauge import Growth, Moment, growth, watched
from trust.loading import BATCH, CLIENTS, Files, Loading, Rate, loaded
from trust.page import paragraphs, write_section
from trust.senders import REFUSED
from trust.traffic import MIX

STEADY, BURST = 0.8, 10
"""How much of what is done at most is sent for long, and at once."""
_BURST_SECONDS = 15.0
_QUEUE_SECONDS = 30.0
"""So many jobs may wait as are done in that time: more than steady traffic ever leaves, less than a burst brings."""
_MANY_CLIENTS = 48
_CHECKED_OF_STEADY = 100
_GROWS, _GROWS_BYTES, _SLOWS = 0.1, 8 * 2**20, 1.5
_MIB = 2**20
_TITLE = "Traffic: as much as can be done, most of it for long, and far too much"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """Traffic below what is done at most: each quarter's answers and verdicts, and what became of the memory."""

    rate: Rate
    answers: Sequence[Sequence[float]]
    verdicts: Sequence[Sequence[float]]
    memory: Mapping[str, Growth]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Far too much at once: how it was answered, and how long until all of it was judged."""

    may_wait: int
    files: int
    sent_within: float
    answers: Counter[int]
    judged_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """All that a run found."""

    one: Rate
    two: Rate
    steady: Steady
    burst: Burst
    checked: int
    """Of the steady traffic, the claims that were held against a clean run."""
    sizes: Mapping[str, Sequence[int]]


def run(minutes: float) -> Loaded:
    """Load a service; whatever is not as it must be is an AssertionError."""
    with loaded(1) as loading:
        one = loading.at_most()
    with loaded(2) as loading:
        two = loading.at_most()
    every = 1 / (STEADY * two.claims_a_second)
    may_wait = round((two.files_a_second + two.claims_a_second) * _QUEUE_SECONDS)
    with loaded(2, queue_most=may_wait) as loading:
        loading.warm_up()
        steady, sent = _steady(loading, every, round(minutes * 60 / every))
        burst, crowd = _burst(loading, two.claims_a_second, may_wait)
        some = list(sent)[:: max(1, len(sent) // _CHECKED_OF_STEADY)]
        loading.must_be_whole([*some, *crowd])
        sizes = _sizes([path for paths in loading.accepted.claims.values() for path in paths])
    return Loaded(one=one, two=two, steady=steady, burst=burst, checked=len(some), sizes=sizes)


def _steady(loading: Loading, every: float, claims: int) -> tuple[Steady, Files]:
    files = loading.files(claims)
    with watched(loading.process) as moments:
        rate, sendings = loading.sent(files, every=every, clients=CLIENTS)
    assert {one.status for one in sendings}.isdisjoint(REFUSED), "what is less than all that can be done was refused"
    answers = _quarters([one.seconds for one in sorted(sendings, key=lambda one: one.at) if one.is_file])
    steady = Steady(rate=rate, answers=answers, verdicts=_quarters(loading.verdicts(files)), memory=_memory(moments))
    print(f"steady: {rate.files} files in {rate.seconds:.0f} s", flush=True)
    _must_be_flat(steady)
    return steady, files


def _burst(loading: Loading, claims_a_second: float, may_wait: int) -> tuple[Burst, Files]:
    offered = BURST * claims_a_second
    files = loading.files(round(offered * _BURST_SECONDS))
    rate, sendings = loading.sent(files, every=1 / offered, clients=_MANY_CLIENTS)
    answers = Counter(one.status for one in sendings)
    assert sum(answers[status] for status in REFUSED), "ten times of what can be done was not refused"
    first = [one.at for one in sorted(sendings, key=lambda one: one.at) if not one.is_file][: len(files)]
    burst = Burst(
        may_wait=may_wait, files=rate.files, sent_within=max(first), answers=answers, judged_after=rate.seconds
    )
    return burst, files


def _must_be_flat(steady: Steady) -> None:
    for part, grown in steady.memory.items():
        assert grown.rise <= _GROWS * grown.mean + _GROWS_BYTES, f"{part} grew: {grown}"
    for latencies in (steady.answers, steady.verdicts):
        first, *_, last = map(statistics.median, latencies)
        assert last <= _SLOWS * first, f"it grew slower: from {first:.3f} s to {last:.3f} s"


def _memory(moments: Sequence[Moment]) -> Mapping[str, Growth]:
    parts = sorted({part for one in moments for part in one.resident})
    return {part: growth(moments, part) for part in parts}


def _quarters(values: Sequence[float]) -> list[Sequence[float]]:
    """The values in four parts, as they came."""
    ends = [len(values) * quarter // 4 for quarter in range(5)]
    return [values[begin:end] for begin, end in pairwise(ends)]


def _sizes(paths: Sequence[Path]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for path in paths:
        found.setdefault(path.suffix.removeprefix("."), []).append(path.stat().st_size)
    return found


def run_section(seed: int, minutes: float) -> None:
    """Load a service and write what came of it; what is sent is the same each time, whatever the seed."""
    del seed
    found = run(minutes)
    parts = (_told_at_most(found.one, found.two, found.sizes), _told_steady(found.steady), _told_burst(found))
    write_section("load", _TITLE, "\n\n".join(parts))


def _told_at_most(one: Rate, two: Rate, sizes: Mapping[str, Sequence[int]]) -> str:
    mix = ", ".join(f"{sort.share} % {sort.name}" for sort in MIX)
    means = ", ".join(f"{statistics.mean(of):,.0f} bytes of {suffix}" for suffix, of in sorted(sizes.items()))
    sent = (
        f"Sent are files by an assumed mix ({mix}) for claims of one to three files; on average {means}. The films are "
        "painted, 1,248 x 1,664 pixels, no two alike. Database, broker, API, worker and senders share this machine."
    )
    most = (
        f"**At most**, of {BATCH} claims sent as fast as {CLIENTS} clients can, until the last is judged: "
        f"{one.files_a_second:.2f} files a second by one process of a worker, {two.files_a_second:.2f} by two "
        f"({two.files_a_second / one.files_a_second:.2f} times as many). A file took {one.processors:.2f} and "
        f"{two.processors:.2f} s of a processor in all parts of the service; {one.others:.0%} and {two.others:.0%} of "
        "the work of this machine was that of others meanwhile."
    )
    return "\n\n".join((paragraphs(sent), paragraphs(most)))


def _told_steady(steady: Steady) -> str:
    rate = steady.rate
    quarters = enumerate(zip(steady.answers, steady.verdicts, strict=True), start=1)
    head = (
        f"**{STEADY:.0%} of that for {rate.seconds / 60:.1f} minutes** ({rate.claims} claims, {rate.files} files; "
        f"{rate.others:.0%} of the machine's work was that of others): nothing was refused."
    )
    times = (
        "| quarter | a file was answered for after (median, 95 %) | from a claim's last file to its verdict |",
        "|---|---|---|",
        *(f"| {quarter} | {_ms(answers)} | {_ms(verdicts)} |" for quarter, (answers, verdicts) in quarters),
    )
    memory = (
        "| part | resident memory | a line through the last three quarters rises by |",
        "|---|---|---|",
        *(f"| {part} | {of.mean / _MIB:.0f} MiB | {of.rise / _MIB:+.1f} MiB |" for part, of in steady.memory.items()),
    )
    return "\n\n".join((paragraphs(head), "\n".join(times), "\n".join(memory)))


def _told_burst(found: Loaded) -> str:
    burst = found.burst
    answers = ", ".join(f"{number} times {status}" for status, number in sorted(burst.answers.items()))
    told = f"""
    **{BURST} times as much at once**, where {burst.may_wait} jobs may wait: {burst.files} files, whose claims were
    first sent within {burst.sent_within:.0f} s, were answered {answers}. Whoever was refused came again after
    `Retry-After`; after {burst.judged_after:.0f} s all were judged. Nothing of them was lost, and each claim, and
    {found.checked} of those before, had the answer of a clean run.
    """
    return paragraphs(told)


def _ms(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:,.0f} ms, {ordered[len(ordered) * 95 // 100] * 1000:,.0f} ms"
