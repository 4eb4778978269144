"""Label: the words beside a date that say what it is the date of."""

from __future__ import annotations

import re
from enum import Enum


class Label(Enum):
    """What a date is the date of."""

    EXPOSED = "exposed"
    BORN = "born"
    LATER = "later"
    """Exported, printed, saved, scanned: no exposure is later than that."""
    OTHER = "other"
    """Something that says nothing of the exposure: an appointment, an expiry, a calibration, a label not known."""
    NONE = "none"


# The last label before a date counts. No word of these is followed by another letter; a digit may follow at once.
_WORDS = (
    (Label.BORN, r"d\.?[o0]\.?b\.?|(?:date ?of ?)?birth(?: ?date| ?day)?|b(?:irth)?[- ]?day|born"),
    (
        Label.LATER,
        (
            r"export(?:ed)?|print(?:ed|out)?|saved?|scan(?:ned)?|modified|changed|import(?:ed)?|upload(?:ed)?|sent"
            r"|received|created?|copied|today|report(?:ed)?|download(?:ed)?|screen ?shot"
        ),
    ),
    (
        Label.OTHER,
        (
            r"due|next|expir(?:es|ed|y)|exp\.?|calibrat(?:ed|ion)|version|ver|install(?:ed)?|recall|appt|appointment"
            r"|since|referred|accident|effective|signed|visit|dos|service|seen|software|release[d]?|license|plan(?:ned)?"
        ),
    ),
    (
        Label.EXPOSED,
        (
            r"exam(?:ined|ination)?|expos(?:ed|ure)|taken|acqui(?:red|sition)|acq|study|image|x-?ray(?:ed)?|captured?"
            r"|radiograph|film|shot|series|content"
        ),
    ),
)
_LABEL = re.compile(
    r"(?<![a-z])(?:" + "|".join(f"(?P<{label.name}>{words})" for label, words in _WORDS) + r")(?![a-z])", re.IGNORECASE
)
_NEAR = 40  # characters before a date
# A word and a colon right before a date is its label. One that is not known, in another language say, is not passed
# over; these say no more than that a date follows, or what the picture shows.
_COLON = re.compile(r"(?P<word>[^\W\d_]{3,})\s?:\s*$")
_ONLY_DATES = re.compile(
    r"(?i)(?:date|day|time|datum|fecha|data|bwx?|fmx|pan[oa]?|\w*apical|bitewing|panoramic|occlusal)"
)


def label_before(text: str) -> Label:
    """What the words before a date say it is; the last of several counts."""
    last = None
    for match in _LABEL.finditer(text[-_NEAR:]):
        last = match
    if last is not None and last.lastgroup:
        return Label[last.lastgroup]
    unknown = _COLON.search(text[-_NEAR:])
    return Label.NONE if unknown is None or _ONLY_DATES.fullmatch(unknown["word"]) else Label.OTHER


def is_only_label(text: str) -> bool:
    """Whether a row holds a label and nothing else, as one that stands above its date."""
    rest = _LABEL.sub("", text)
    return rest != text and not re.sub(r"(?i)\b(?:date|time|of|on|at|patient)\b|[\W_]", "", rest)
