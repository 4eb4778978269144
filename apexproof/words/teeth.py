"""Teeth in free text: every mention, with every way to read it.

People write `#8`, `teeth 7-10`, `UR1`, `11 (FDI)`, `max. right central incisor`, between instrument sizes, dates and
doses. A number counts as a tooth only when something says so, and it keeps both readings where two systems have it:
11-18, 21-28, 31 and 32 are other teeth in Universal than in ISO 3950 (FDI); so are 51-55, 61-65, 71-75, 81 and 82,
supernumerary in Universal and deciduous in FDI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from msgspec import structs

from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import Dentition, NumberingSystem, Tooth, parse_tooth
from apexproof.words.tooth_names import Mention, named_teeth, signed_teeth

_LONGEST = 20_000  # characters read: no attribute and no narrative of a claim comes near
_I = re.IGNORECASE

_SYSTEM_WORDS = {
    "fdi": NumberingSystem.FDI,
    "iso": NumberingSystem.FDI,
    "universal": NumberingSystem.UNIVERSAL,
    "ada": NumberingSystem.UNIVERSAL,
    "uns": NumberingSystem.UNIVERSAL,
}
_SYSTEM = r"(?:FDI|ISO(?:[ -]?3950)?|universal|ADA|UNS)"

# ISO 3630-1 sizes of root canal instruments that Universal does not use for permanent teeth: `#35` or `ISO 25` in an
# endodontic note is a file unless the word tooth stands by.
_SIZES_AFTER_HASH = frozenset({"35", "45", "55", "60", "70", "80"})
_SIZES_AFTER_ISO = frozenset({"15", "25", "35", "45", "55"})
_INSTRUMENT = (
    r"(?:[KHC][- ]?files?|files?|flexo\w*|hedstr\w*|reamers?|broach\w*|(?:round |tapered |diamond |carbide )?burs?"
    r"|blades?|scalpels?|gp|gutta|cones?(?![- ]*beam)|(?:paper |absorbent )?points?|gates|peeso|gg|drills?|pluggers?"
    r"|spreaders?|needles?|sutures?|gauge|ga|forceps|explorers?|elevators?|films?|sensors?|psp|plates?|taper\w*"
    r"|rotary|niti|protaper|instruments?|clamps?)\b"
)
_UNIT = (
    r"(?:mm|cm|mg|mcg|ml|cc|kg|lbs?|y/?o|y\.o|yrs?|years?|months?|weeks?|wks?|days?|hours?|hrs?|mins?|minutes?|[ap]m"
    r"|carp\w*|cartridges?|canals?|roots?|visits?|appts?|appointments?|times|surfaces?|views?|images?|pas|bws|units?"
    r"|stitches|tab(?:let)?s?|cap(?:sule)?s?|percent|degrees?|x-?rays|radiographs|teeth|others?|more|x ?[0-9]+"
    r"|of [0-9]+)\b"
)
# A date, a taper (`25/.04`, `25/04`), a decimal, a time or a longer number goes on behind what looked like a tooth.
_ENDS = (
    r"(?![\w%°]|[.:,][0-9]{3}|[.:][0-9]|['\u2032\u2033\"][0-9]"
    r"|[/-][0-9]{1,2}[/-][0-9]{2}|/\.?0[0-9]|/\.[0-9]|[-\u2013][0-9]{3})"
)
_LETTER_ENDS = r"(?![\w'\u2019]|[/.-]\w)"
_QUADRANT = r"(?:UR|UL|LL|LR)"
_ITEM = (
    rf"(?:(?P<palmer>{_QUADRANT}(?: ?-?[1-8]{_ENDS}|(?: ?-?)[A-E]{_LETTER_ENDS}))"
    rf"|(?P<dotted>[1-8]\.[1-8])(?!\w|\.?[0-9]|[/-][0-9])"
    rf"|(?P<number>[0-9]{{1,2}}){_ENDS}"
    rf"|(?P<letter>[A-T]S?){_LETTER_ENDS})"
)
_ITEM_AT = re.compile(_ITEM, _I)
_JOIN = re.compile(
    r"\s*(?:(?P<range>-|\u2013|\u2014|\bto\b|\bthru\b|\bthrough\b)|[,;&+/]\s*and\b|[,;&+/]|\band\b)\s*(?P<hash>#?)\s*",
    _I,
)
_BARE_JOIN = re.compile(r"(?P<range>(?!))|[\s\\]+(?P<hash>#?)", _I)
_INSTRUMENT_FOLLOWS = re.compile(rf"[\s-]{{0,3}}{_INSTRUMENT}", _I)
_UNIT_FOLLOWS = re.compile(rf"[\s-]{{0,3}}{_UNIT}", _I)
_MEASURE_FOLLOWS = re.compile(r"\s{0,3}(?:mm|cm|mg|mcg|ml|cc|of [0-9]+)\b", _I)
_SYSTEM_FOLLOWS = re.compile(
    rf"\s?[(\[]\s?({_SYSTEM})\b[^()\[\]0-9]{{0,20}}[)\]]|\s(FDI|universal(?!\s(?:bond|adhes|compos|shade|matri)))\b", _I
)
# A single letter is a tooth behind the word tooth only where the phrase ends or something is said of the tooth: clerks
# write `tooth c open apex` (with), `tooth s pain` (without), `a tooth I saw`.
_LETTER_STANDS = re.compile(
    r"\s*(?:$|[,;:.)\]&+\u2013-]|\n|and\b|(?:is|was|has|had|shows?|extract\w*|pulpo\w*|pulpec\w*|crown|ssc"
    r"|radiograph|pa"
    r"|x-?ray|primary|deciduous|exfoliat\w*)\b)",
    _I,
)
_LONE_A_OR_I = re.compile(r"\s*(?:$|[,;:.)\]&+]|\n|and\b)", _I)

_INTRODUCED = re.compile(
    rf"(?<![\w#&])(?:(?:(?:tooth|teeth|th?(?=#)|{_SYSTEM})[\s:()\[\]=-]{{0,3}}"
    rf"|\#(?:['\u2019]?s(?=[\s:]))?[\s:]{{0,2}})"
    rf"(?:(?:(?:tooth|teeth|numbers?|notation|designation|numbering|system|{_SYSTEM})\b|nos?\b\.?"
    rf"|\#(?:['\u2019]?s\b)?)"
    rf"[\s:()\[\]=-]{{0,3}}){{0,4}})(?=[0-9A-U])",
    _I,
)
_QUADRANT_FIRST = re.compile(r"[UL](?<![\w#-].)[RL][ -]?[1-8A-E](?!\w)", _I)
_SUFFIXED = re.compile(
    r"(?<![\w#.:/$-])(?=[1-9][0-9.]{0,2}(?:(?: ?[,&-] ?| and )[1-9][0-9.]{0,2}){0,15}"
    rf"(?:\s?[(\[]\s?{_SYSTEM}\b|\s?FDI\b))",
    _I,
)
_BARE = re.compile(r"(?<![\w#:/$.])(?<![0-9]-)(?=[0-9A-U])", _I)

# What stands before `#` when it numbers something else than a tooth.
_OTHER_NUMBER_BEFORE = re.compile(
    r"(?:\b(?:rx|visit|appt|appointment|chart|acct|account|claim|nea|id|ref|case|patient|policy|group|member|phone|ph"
    r"|tel|fax|suite|ste|apt|room|op|operatory|chair|image|films?|photo|picture|page|pg|step|line|carps?|lot|serial|sn"
    r"|code|option|attempt|attachment|sizes?|sz|maf|iaf|files?|reamers?|burs?|blades?|cones?|gp|points?|gauge|hedstrom"
    r"|sensor|plate|clamps?|k|niti|protaper|rotary)(?:\s+(?:was|is|were|used|no|number|size|of))?"
    r"|\b(?:instrument\w*|enlarged|shaped|filed|reamed|gauged|cleaned)\b[^.;\n]{0,24}\b(?:to|with|using|w/|at|size|sz))"
    r"[\s:.=-]*(?:an?\s|size\s)?$",
    _I,
)
_DENTITION_BEFORE = re.compile(r"\b(?:(permanent|perm\.?|adult)|(primary|deciduous|baby|milk)|(supernumerary))\s+$", _I)
_BESIDE = re.compile(r"[\s(\[,/=:)\]-]{1,4}(?:the\s)?")
_NOT_PALMER = frozenset({"llc", "llb", "lld"})  # a company, two degrees

# The order of the teeth along the arches, as FDI numbers: a range runs along it. Universal goes round the mouth in one
# go, so there an arch may be left at its end; FDI and Palmer ranges stay in one arch.
_UPPER, _LOWER = (*range(18, 10, -1), *range(21, 29)), (*range(48, 40, -1), *range(31, 39))
_UPPER_MILK, _LOWER_MILK = (*range(55, 50, -1), *range(61, 66)), (*range(85, 80, -1), *range(71, 76))
_ARCHES = (_UPPER, _LOWER, _UPPER_MILK, _LOWER_MILK)
_ROUND_THE_MOUTH = ((*_UPPER, *reversed(_LOWER)), (*_UPPER_MILK, *reversed(_LOWER_MILK)))


class _Kind(Enum):
    """How a designation is written, with the systems that write so."""

    NUMBER = (NumberingSystem.UNIVERSAL, NumberingSystem.FDI)
    DOTTED = (NumberingSystem.FDI,)
    LETTER = (NumberingSystem.UNIVERSAL,)
    PALMER = (NumberingSystem.PALMER,)


@dataclass(frozen=True, slots=True)
class _Designation:
    """One tooth as written."""

    written: str
    kind: _Kind

    def tooth(self, system: NumberingSystem) -> Tooth | None:
        """The tooth in that system, or None."""
        if system not in self.kind.value:
            return None
        try:
            return parse_tooth(self.written, system)
        except ValueError:
            return None


_Range = tuple[_Designation, _Designation | None]  # a tooth, or the two ends of a range


@dataclass(frozen=True, slots=True, kw_only=True)
class _Introduction:
    """What stands before a list and makes it one of teeth."""

    start: int
    worded: bool = False
    """The word tooth, a numbering system, or an attribute that holds nothing but teeth."""
    bare: bool = False
    system: NumberingSystem | None = None
    written: str = ""


def find_teeth(text: str, *, bare_numbers: bool) -> tuple[TeethStatement, ...]:
    """Every mention of teeth, in the order of the text; a list or a range is one mention.

    `bare_numbers` is for a text that holds teeth and nothing else (`7,8,9`): there numbers and letters alone are
    read. Elsewhere they count only with a `#`, the word tooth, or the name of a numbering system. At most the first
    20,000 characters are read.
    """
    text = text[:_LONGEST]
    mentions: list[Mention] = []
    for mention in sorted(_mentions(text, bare_numbers=bare_numbers), key=lambda found: (found.start, -found.end)):
        if not mentions or mention.start >= mentions[-1].end:
            mentions.append(mention)
    return tuple(mention.statement for mention in _settled_by_neighbours(mentions, text) if mention.statement.readings)


def _mentions(text: str, *, bare_numbers: bool) -> Iterator[Mention]:
    yield from named_teeth(text)
    yield from signed_teeth(text)
    reached = 0
    for introduction, position in sorted(_introductions(text, bare_numbers=bare_numbers), key=lambda found: found[1]):
        if position < reached:
            continue
        designations, reached = _list_at(text, position, introduction)
        if designations:
            yield from _read_list(text, designations, introduction)


def _introductions(text: str, *, bare_numbers: bool) -> Iterator[tuple[_Introduction, int]]:
    """Where a list of teeth may begin, with what introduces it."""
    for match in _INTRODUCED.finditer(text):
        written = match[0].lower()
        system = _system_named(written)
        worded = "tooth" in written or "teeth" in written or system is not None or bare_numbers
        if (
            "#" in written
            and not worded
            and _OTHER_NUMBER_BEFORE.search(text[max(0, match.start() - 60) : match.start()])
        ):
            continue
        yield (
            _Introduction(start=match.start(), worded=worded, bare=bare_numbers, system=system, written=written),
            match.end(),
        )
    for match in _QUADRANT_FIRST.finditer(text):
        yield _Introduction(start=match.start(), bare=bare_numbers, worded=bare_numbers), match.start()
    lowered = text.lower()
    for match in _SUFFIXED.finditer(text) if any(word in lowered for word in _SYSTEM_WORDS) else ():
        yield _Introduction(start=match.start(), bare=bare_numbers, worded=bare_numbers), match.start()
    if bare_numbers:
        for match in _BARE.finditer(text):
            yield _Introduction(start=match.start(), bare=True, worded=True), match.start()


def _system_named(words: str) -> NumberingSystem | None:
    return next((system for word, system in _SYSTEM_WORDS.items() if word in words.lower()), None)


def _list_at(text: str, position: int, introduction: _Introduction) -> tuple[list[tuple[_Range, int, int]], int]:
    """The designations at a position, each with its span, and where the list ends; none when it is of instruments."""
    found: list[tuple[_Range, int, int]] = []
    hashed, ranging, end = text[position - 1 : position] == "#" or "#" in introduction.written, False, position
    while True:
        match = _ITEM_AT.match(text, position)
        if match is None:
            return found, max(end, position)
        after = match.end()
        if _INSTRUMENT_FOLLOWS.match(text, after):
            return [], after
        follows = _MEASURE_FOLLOWS if hashed else _UNIT_FOLLOWS
        previous = found[-1][0][0] if found else None
        designation = _designation(match, previous, hashed=hashed)
        if follows.match(text, after) or not _stands(text, match, introduction, hashed=hashed):
            return found, end
        if ranging and found:
            (first, _), start, _ = found.pop()
            found.append(((first, designation), start, after))
        else:
            found.append(((designation, None), match.start(), after))
        end = after
        join = _JOIN.match(text, after) or (_BARE_JOIN.match(text, after) if introduction.bare else None)
        if join is None:
            return found, end
        hashed, ranging, position = bool(join["hash"]), bool(join["range"]), join.end()


def _designation(match: re.Match[str], previous: _Designation | None, *, hashed: bool) -> _Designation:
    if match["palmer"]:
        return _Designation(re.sub(r"[ -]", "", match["palmer"]).upper(), _Kind.PALMER)
    if match["dotted"]:
        return _Designation(match["dotted"].replace(".", ""), _Kind.DOTTED)
    if previous is not None and previous.kind is _Kind.PALMER and not hashed and len(match[0]) == 1:
        return _Designation(previous.written[:2] + match[0].upper(), _Kind.PALMER)  # `UR1, 2` and `UR1-3`
    return _Designation(match[0].upper(), _Kind.NUMBER if match["number"] else _Kind.LETTER)


def _stands(text: str, match: re.Match[str], introduction: _Introduction, *, hashed: bool) -> bool:
    """Whether a designation is one here, and not a word of one letter, a company or the size of an instrument."""
    if match["number"]:
        if introduction.worded:
            return not (
                introduction.written.startswith("iso") and not introduction.bare and match[0] in _SIZES_AFTER_ISO
            )
        return not (hashed and match[0] in _SIZES_AFTER_HASH)
    if match["dotted"] or introduction.bare:
        return True
    if match["palmer"]:
        return match[0][-1].isdigit() or _palmer_stands(text, match, introduction)
    if hashed and text[match.start() - 1] == "#":
        return True
    return bool((_LONE_A_OR_I if match[0].upper() in "AI" else _LETTER_STANDS).match(text, match.end()))


def _palmer_stands(text: str, match: re.Match[str], introduction: _Introduction) -> bool:
    """Whether a quadrant with a letter is a milk tooth: `URE`, `UL A.`, but not `Dental LLC` or `pain UL a week`."""
    joined = re.sub(r"[ -]", "", match[0]).lower()
    if joined in _NOT_PALMER and not introduction.worded:
        return False
    return joined == match[0].lower() or _LETTER_STANDS.match(text, match.end()) is not None


def _read_list(
    text: str, designations: list[tuple[_Range, int, int]], introduction: _Introduction
) -> Iterator[Mention]:
    """One statement when a system reads the whole list, else one for each designation that some system reads."""
    end = designations[-1][2]
    stated = _SYSTEM_FOLLOWS.match(text, end)
    system = introduction.system
    if stated:
        system, end = _system_named(stated[1] or stated[2]), stated.end()
    before = _DENTITION_BEFORE.search(text[max(0, introduction.start - 16) : introduction.start])
    whole = _readings([found for found, _, _ in designations], system, before)
    if whole or system is not None:
        written = text[introduction.start : end].strip()
        yield Mention(start=introduction.start, end=end, statement=TeethStatement(written=written, readings=whole))
        return
    for found, start, finish in designations:
        alone = TeethStatement(written=text[start:finish], readings=_readings([found], None, before))
        yield Mention(start=start, end=finish, statement=alone)


def _readings(
    designations: list[_Range], stated: NumberingSystem | None, before: re.Match[str] | None
) -> tuple[TeethReading, ...]:
    """Every system that reads all of it, with the teeth in the order of mention."""
    readings = []
    for system in (NumberingSystem.UNIVERSAL, NumberingSystem.FDI, NumberingSystem.PALMER):
        if stated is not None and system is not stated:
            continue
        teeth: dict[Tooth, None] = {}
        for first, last in designations:
            run = _run(first, last, system)
            if not run:
                break
            teeth.update(dict.fromkeys(run))
        else:
            readings.append(TeethReading(system=system, teeth=tuple(teeth)))
    if before is not None and len(readings) > 1:
        fitting = [reading for reading in readings if all(_fits(tooth, before) for tooth in reading.teeth)]
        return tuple(fitting or readings)
    return tuple(readings)


def _fits(tooth: Tooth, before: re.Match[str]) -> bool:
    if before[3]:
        return tooth.supernumerary
    wanted = Dentition.PERMANENT if before[1] else Dentition.DECIDUOUS
    return tooth.dentition is wanted and not tooth.supernumerary


def _run(first: _Designation, last: _Designation | None, system: NumberingSystem) -> tuple[Tooth, ...]:
    """The teeth from one designation to another along the arch; nothing when there is no way between them."""
    start = first.tooth(system)
    if last is None or start is None:
        return (start,) if start is not None else ()
    stop = last.tooth(system)
    if stop is None or start.supernumerary or stop.supernumerary:
        return ()
    for order in _ROUND_THE_MOUTH if system is NumberingSystem.UNIVERSAL else _ARCHES:
        if start.fdi in order and stop.fdi in order:
            one, other = order.index(start.fdi), order.index(stop.fdi)
            run = order[one : other + 1] if one <= other else order[other : one + 1][::-1]
            return tuple(Tooth(fdi=fdi) for fdi in run)
    return ()


def _settled_by_neighbours(mentions: list[Mention], text: str) -> list[Mention]:
    """Mentions side by side with one reading in common mean that one: `#11 (FDI 23)`, `16, upper right first molar`."""
    settled = list(mentions)
    for index in range(len(settled) - 1):
        one, other = settled[index], settled[index + 1]
        if not _BESIDE.fullmatch(text, one.end, other.start):
            continue
        ours, theirs = one.statement.readings, other.statement.readings
        common = {reading.teeth for reading in ours} & {reading.teeth for reading in theirs}
        if len(common) == 1 and len(ours) + len(theirs) > 2:  # noqa: PLR2004 - both are settled
            settled[index] = _narrowed(one, common)
            settled[index + 1] = _narrowed(other, common)
    return settled


def _narrowed(mention: Mention, teeth: set[tuple[Tooth, ...]]) -> Mention:
    readings = tuple(reading for reading in mention.statement.readings if reading.teeth in teeth)
    return replace(mention, statement=structs.replace(mention.statement, readings=readings))
