"""Words: what is burned into a picture, added to a radiograph as observations.

It is the dearest of the measures, so a file is read with `Depth.WORDS` only when somebody asks. What goes wrong with it
costs the words and nothing else. Words are patient data: no fault and no log quotes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from apexproof.observation import Observation, Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.burned_in.line import Line
from apexproof.reading.burned_in.page import Page, page_of
from apexproof.reading.burned_in.statements import exposure_of, patient_of, teeth_of, views_of
from apexproof.reading.part import Depth, Part, Read
from apexproof.reading.picture import Picture

LINES_OF_A_PICTURE = 40
"""Beyond, it is a page or a whole screen, and its words are not those of one picture."""
_LOW = 24  # pixels of a line's height, from which a coloured digit is read right that grey does not show
FULL_OF_WORDS = (
    "full_of_words",
    "This picture is full of words, as a page or a whole screen is, so they say nothing of one image: export that.",
)
_TOO_SLOW = (
    "words_too_slow",
    "Reading the words in this picture took too long, so they were left out; export the image smaller.",
)
_UNREAD = (
    "words_unread",
    "The words in this picture could not be read, so they were left out; the picture itself was read.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The lines in a picture, or what went wrong with them: a fault and its message."""

    lines: tuple[Line, ...] = ()
    fault: tuple[str, str] | None = None

    def faults(self, place: str) -> Iterator[ReadingFault]:
        """What went wrong, if anything did."""
        if self.fault:
            yield ReadingFault(fault=self.fault[0], message=self.fault[1], place=place, fatal=False)


def with_words(radiograph: Radiograph, picture: Picture, part: Part) -> Read:
    """The radiograph, with what the words in its picture say when that is asked for; then what went wrong with them."""
    words = read_words(picture, part, most=LINES_OF_A_PICTURE)
    try:
        read = worded(radiograph, page_of(words.lines, width=picture.width, height=picture.height))
    except Exception:  # noqa: BLE001 - whatever it is, it must not cost the picture
        read, words = radiograph, Words(fault=_UNREAD)
    yield read
    yield from words.faults(radiograph.place)


def read_words(picture: Picture, part: Part, *, most: int) -> Words:
    """The lines in a picture; none when they are not asked for, or when there are more than `most`."""
    if part.depth is not Depth.WORDS:
        return Words()
    from apexproof.reading.burned_in.lines import TooMany, TooSlow, read_lines  # noqa: PLC0415 - onnxruntime, when it is needed

    try:
        lines = read_lines(picture.lettering, seconds=part.limits.words_seconds, most=most)
        if picture.lettering is not picture.eight_bit:
            grey = read_lines(picture.eight_bit, seconds=part.limits.words_seconds / 2, most=most)
            lines = (*(line for line in lines if not _is_low(line)), *(line for line in grey if _is_low(line)))
        return Words(lines=lines)
    except TooMany:
        return Words(fault=FULL_OF_WORDS)
    except TooSlow:
        return Words(fault=_TOO_SLOW)
    except Exception:  # noqa: BLE001 - whatever it is, it must not cost the picture
        return Words(fault=_UNREAD)


def _is_low(line: Line) -> bool:
    """Whether a line is too low for its colour to be trusted: JPEG keeps colour at half the resolution of grey."""
    return min(line.box.width, line.box.height) < _LOW


def worded(radiograph: Radiograph, page: Page) -> Radiograph:
    """The radiograph with what a page of words says of it."""
    return replace(
        radiograph,
        view=(*radiograph.view, *views_of(page)),
        teeth=(*radiograph.teeth, *teeth_of(page)),
        exposure=(*radiograph.exposure, *exposure_of(page)),
        patient=(*radiograph.patient, *patient_of(page)),
        mirrored=(*radiograph.mirrored, *_mirrored(page)),
    )


def _mirrored(page: Page) -> Iterator[Observation[bool]]:
    """Mirrored words reveal a mirrored picture; upright ones nothing, for they may have been added behind it."""
    if page.direction.mirrored:
        boxes = [row.box(0, len(row.text)) for row in page.rows]
        place = max(boxes, key=lambda box: box.right - box.left)
        source = f"words in the picture at {place}"
        yield Observation(value=True, source=source, strength=Strength.BURNED_IN, note="the words run backwards")
