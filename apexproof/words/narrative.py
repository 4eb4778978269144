"""Narrative text: the notes of a claim in, what they say about an apexification out.

A phrase counts with its scope: who writes `no open apex` or `apex is closed` denies what `open apex` affirms. The rule
is NegEx (Chapman, Bridewell, Hanbury, Cooper, Buchanan, J Biomed Inform 2001;34:301-310): a negation governs the next
few words of its clause, some negations follow what they deny, and a clause ends at punctuation, but, however. The
phrases are our own collection of what clerks write, misspellings included; no payer's list stands behind them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from apexproof.narrative import Mention, Narrative, Statement
from apexproof.words.narrative_phrases import PHRASES, Sign
from apexproof.words.teeth import find_teeth

_LONGEST = 20_000  # characters read: clearinghouses take 2,000, an 837D note 80


def _scanner(*signs: Sign) -> re.Pattern[str]:
    """One pass for several signs; where two begin at one place the first in this order wins."""
    return re.compile(r"(?<!\w)(?:" + "|".join(f"(?P<{sign.name}>{'|'.join(PHRASES[sign])})" for sign in signs) + ")")


# One phrase may speak to two questions: `calcium hydroxide was changed` is a medicament and a later visit. What the
# first pass found for these is looked through again for the plain words.
_PLAIN = (Sign.CAUSE, Sign.ACCESS, Sign.MEDICAMENT, Sign.PLAN)
_SUBJECTS = _scanner(Sign.LATER, Sign.OPEN, Sign.CLOSED, Sign.CLOSURE, *_PLAIN)
_WITHIN = _scanner(*_PLAIN)
_CUES = _scanner(
    Sign.NOTHING,
    Sign.BREAK,
    Sign.HEDGES,
    Sign.NEGATED,
    Sign.NEGATES,
    Sign.NEGATES_NEXT,
    Sign.HEDGED,
    Sign.AHEAD,
)
_STOP = re.compile(r"[;!\n]|[.?](?=\s|$)")
_ABBREVIATED = re.compile(r"\b(?:pt|hx|dx|tx|dr|no|max|mand|approx|perm|rt|lt|appt|vs)$")
_COPULA = re.compile(r"\b(?:is|was|are|were|has|have|been)\b")
_NON = re.compile(r"non(?!-?vital)")
_WORD = re.compile(r"[\w']+")
_ENDS_SCOPE = re.compile(
    r"[:(]|\b(?:and|due|secondary|because|after|following|since|has|have|had|is|was|are|were|shows?|showed"
    r"|reveal\w*|then)\b"
    r"|&|(?<!associated )(?<!consistent )(?<!compatible )(?<!presented )(?<!filled )"
    r"(?<!dressed )(?<!medicated )\bwith\b"
)
_LIST = re.compile(r"\b(?:or|nor)\b")
_LIST_GOES_ON = re.compile(r"\s?(?:,\s?[\w \-]{1,30}){0,3},?\s(?:or|nor)\b")
_OWN_VERB = re.compile(
    r"(?:\s|(?:yet|fully|completely|an?|the|been|be|being|have|has|had|any|show\w*|reveal\w*|exhibit\w*"
    r"|demonstrat\w*|see\w*"
    r"|evidence|of|signs?|appear\w*|to|consistent with|due to|caused by|related to|associated with|indicat\w*"
    r"|placed?|used?"
    r"|perform\w*|receiv\w*|get|do|done|need\w*|requir\w*|seem\w*|currently|sustain\w*|history|report\w*|recall"
    r"|pulp|canals?"
    r"|tooth|permanent|intracanal|in|from|by)\b)*"
)
_LONGEST_VERB = 60  # characters between not and what it governs
_REACH = 5  # words that a negation governs (NegEx)
_REACH_OF_LIST = 12
_FARTHEST = 160  # characters in which a cue is looked for: a narrative without any full stop is still read in no time


class _Found(NamedTuple):
    """A phrase with its place."""

    sign: Sign
    start: int
    end: int


class _Said(NamedTuple):
    """What one phrase says in its scope, and where the words stand that carry it."""

    sign: Sign
    phrase: str
    denied: bool
    hedged: bool
    start: int
    end: int


def read_narrative(text: str) -> Narrative:
    """Read what a narrative says to each question; at most its first 20,000 characters."""
    text = text[:_LONGEST]
    lowered = text.lower().replace("\u2019", "'")
    if len(lowered) != len(text):  # some letters have no lower case of the same length; then quotes come from this text
        text = lowered
    cues = list(_found(_CUES, lowered))
    begins = [cue.start for cue in cues]
    clauses = _clauses(lowered, cues)
    said: dict[Sign, list[_Said]] = {sign: [] for sign in _QUESTIONS}
    for subject in _subjects(lowered):
        found = _said(lowered, subject, clauses, cues, begins)
        if found is not None:
            said[found.sign].append(found)
    answers = {sign.value: _statement(text, statements) for sign, statements in said.items()}
    return Narrative(is_empty=_WORD.search(text) is None, teeth=find_teeth(text, bare_numbers=False), **answers)


_QUESTIONS = (Sign.OPEN, Sign.CAUSE, Sign.ACCESS, Sign.MEDICAMENT, Sign.PLAN, Sign.LATER)


_SIGN_OF_GROUP = {sign.name: sign for sign in Sign}


def _found(scanner: re.Pattern[str], lowered: str, start: int = 0, end: int = _LONGEST * 3) -> Iterator[_Found]:
    for match in scanner.finditer(lowered, start, end):
        yield _Found(_SIGN_OF_GROUP[match.lastgroup or ""], match.start(), match.end())


def _subjects(lowered: str) -> Iterator[_Found]:
    for subject in _found(_SUBJECTS, lowered):
        yield subject
        if subject.sign not in _PLAIN:
            yield from _found(_WITHIN, lowered, subject.start, subject.end)


def _clauses(lowered: str, cues: list[_Found]) -> list[int]:
    """Where clauses end, in order, with the end of the text."""
    stops = [
        match.end()
        for match in _STOP.finditer(lowered)
        if match[0] != "." or not _ABBREVIATED.search(lowered, max(0, match.start() - 8), match.start())
    ]
    return sorted([*stops, *(cue.start for cue in cues if cue.sign is Sign.BREAK), len(lowered)])


def _said(lowered: str, subject: _Found, clauses: list[int], cues: list[_Found], begins: list[int]) -> _Said | None:
    """What a phrase says in its clause; None when it only tells an aim or announces a later visit."""
    index = bisect_right(clauses, subject.start)
    start = max(clauses[index - 1] if index else 0, subject.start - _FARTHEST)
    end = clauses[bisect_left(clauses, subject.end)]
    first = bisect_left(begins, start)
    near = cues[first : bisect_left(begins, min(end, subject.end + _FARTHEST), first)]
    if not near and subject.sign is not Sign.CLOSURE and lowered[end - 1] != "?":
        return _plainly(lowered, subject)
    if _is_ahead(subject, near):
        return None
    within = [cue for cue in near if cue.start < subject.end and cue.end > subject.start and cue.sign in _NEGATIONS]
    governing = [cue for cue in near if cue.end <= subject.start and _governs(lowered, cue, subject, end)]
    trailing = [cue for cue in near if cue.start >= subject.end and _trails(lowered, cue, subject)]
    negations = len(within) + any(cue.sign in _NEGATIONS for cue in governing)
    negations += any(cue.sign is Sign.NEGATED for cue in trailing)
    plain = _plainly(lowered, subject)
    denied = plain.denied != (negations % 2 == 1)
    if subject.sign is Sign.CLOSURE and denied:
        return None
    hedged = lowered[end - 1 : end] == "?" or any(
        cue.sign in (Sign.HEDGES, Sign.HEDGED) for cue in (*governing, *trailing)
    )
    places = [subject, *within, *governing, *trailing]
    return plain._replace(
        denied=denied,
        hedged=hedged,
        start=min(place.start for place in places),
        end=max(place.end for place in places),
    )


def _plainly(lowered: str, subject: _Found) -> _Said:
    """What a phrase says when nothing around it changes that: a closed root end denies the open one."""
    phrase = lowered[subject.start : subject.end]
    if subject.sign in (Sign.OPEN, Sign.CLOSED, Sign.CLOSURE):
        return _Said(
            Sign.OPEN, "apex", subject.sign is not Sign.OPEN, hedged=False, start=subject.start, end=subject.end
        )
    denied = _NON.match(phrase) is not None
    stem = phrase.removeprefix("non").lstrip("-")[:4] if denied else phrase[:4]
    return _Said(subject.sign, stem, denied, hedged=False, start=subject.start, end=subject.end)


_NEGATIONS = (Sign.NEGATES, Sign.NEGATES_NEXT, Sign.NEGATED)


def _is_ahead(subject: _Found, near: list[_Found]) -> bool:
    """Whether it is an aim (`until the apex is closed`) or a visit still to come (`second visit in 3 months`)."""
    if subject.sign is Sign.LATER:
        return any(cue.sign is Sign.AHEAD for cue in near)
    if subject.sign in (Sign.CLOSED, Sign.CLOSURE):
        return any(cue.sign is Sign.AHEAD and cue.start < subject.end for cue in near)
    return False


def _governs(lowered: str, cue: _Found, subject: _Found, end: int) -> bool:
    """Whether a cue in front of a phrase reaches it."""
    gap = lowered[cue.end : subject.start]
    if cue.sign in (Sign.NEGATES_NEXT, Sign.NEGATED):  # `has not placed MTA` denies both ways
        return len(gap) <= _LONGEST_VERB and _OWN_VERB.fullmatch(gap) is not None
    if cue.sign is Sign.HEDGES:
        gap = gap.replace(" have ", " ")
    if cue.sign not in (Sign.NEGATES, Sign.HEDGES) or _ENDS_SCOPE.search(gap):
        return False
    words = len(_WORD.findall(gap))
    if "," in gap or "/" in gap:
        listed = _LIST.search(gap) or _LIST_GOES_ON.match(lowered, subject.end, end)
        return listed is not None and words <= _REACH_OF_LIST
    return words <= _REACH


def _trails(lowered: str, cue: _Found, subject: _Found) -> bool:
    """Whether a cue behind a phrase reaches back to it."""
    gap = lowered[subject.end : cue.start]
    if cue.sign not in (Sign.NEGATED, Sign.HEDGED) or "," in gap or ":" in gap:
        return False
    gap = _COPULA.sub("", gap)
    return len(_WORD.findall(gap)) <= 2 and not _ENDS_SCOPE.search(gap)  # noqa: PLR2004 - `open apex of #8 not seen`


def _statement(text: str, said: list[_Said]) -> Statement:
    """The answer to one question: a thing said without doubt outweighs other things denied, but not its own denial."""
    if not said:
        return _ABSENT
    if not any(one.denied or one.hedged for one in said):
        return Statement(mention=Mention.AFFIRMED, quotes=_quotes(text, said))
    affirmed: list[_Said] = []
    denied: list[_Said] = []
    doubtful: list[_Said] = []
    by_phrase: dict[str, list[_Said]] = {}
    for one in said:
        by_phrase.setdefault(one.phrase, []).append(one)
    for alike in by_phrase.values():
        if any(one.hedged for one in alike) or len({one.denied for one in alike}) > 1:
            doubtful += alike
        else:
            (denied if alike[0].denied else affirmed).extend(alike)
    for mention, decisive in ((Mention.AFFIRMED, affirmed), (Mention.DOUBTFUL, doubtful), (Mention.DENIED, denied)):
        if decisive:
            return Statement(mention=mention, quotes=_quotes(text, decisive))
    return _ABSENT


_ABSENT = Statement()


def _quotes(text: str, said: Iterable[_Said]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[one.start : one.end].strip() for one in sorted(said, key=lambda one: one.start)))
