"""Mount: a picture with several films in it, read as what it is, and each of its films as a radiograph of its own.

What holds of the whole is not true of every film, so a film takes over from the whole only what must hold of it too:

- the patient of the file, for a mount has one;
- a date of the file as an upper bound: the film was there when the whole was made;
- a name or birth date that stands once in the picture, one step weaker than words beside the film, and as a guess when
  several names stand there;
- the day on which the whole was printed or exported, as an upper bound and one step weaker likewise;
- any other date that stands once, as a guess: a screen shows films of several days under the date of one of them.

A tooth or a view that is said of the whole is no film's, unless there is but one film. So the film that carries a proof
has its own date and tooth inside its frame or in its caption, or needs a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from msgspec import structs

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.radiograph import InMount, PatientStatement, Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.burned_in.captions import captions_of
from apexproof.reading.burned_in.labels import Label
from apexproof.reading.burned_in.line import Box, Line
from apexproof.reading.burned_in.page import Page, page_of
from apexproof.reading.burned_in.statements import exposure_of, patient_of
from apexproof.reading.burned_in.words import FULL_OF_WORDS, LINES_OF_A_PICTURE, Words, read_words, with_words, worded
from apexproof.reading.frames import find_frames
from apexproof.reading.measures import PIXELS, measured, measuring
from apexproof.reading.part import Part, Read
from apexproof.reading.picture import Picture
from apexproof.view import View, ViewStatement

T = TypeVar("T")
_LINES_OF_A_MOUNT = 150
_MOUNTS = frozenset({View.FULL_MOUTH_SERIES, View.DOCUMENT})
_ONCE = "it stands once in the picture, for all films"
_OF_THE_WHOLE = "said of the whole picture, and a film in it was taken by then"


def observed(radiograph: Radiograph, picture: Picture, part: Part, *, shown: Picture | None = None) -> Read:
    """The radiograph with what its pixels say and, when they are asked for, its words; then the films in it."""
    if part.show is not None:
        _show(radiograph.place, picture, part.show)
        return
    with measuring(radiograph, picture, shown=shown) as finished:
        frames = find_frames(picture.eight_bit)
        whole = finished()
    if not frames:
        yield from with_words(whole, picture, part)
        return
    whole = structs.replace(whole, view=(*whole.view, _mount(len(frames))))
    words = read_words(picture, part, most=_LINES_OF_A_MOUNT)
    captions = captions_of(words.lines, frames)
    if len(captions.of_all) > LINES_OF_A_PICTURE:
        captions, words = replace(captions, of_all=()), Words(fault=FULL_OF_WORDS)
    heading = _page(captions.of_all, picture)
    yield worded(whole, heading)
    yield from words.faults(whole.place)
    if len(frames) > part.limits.films:
        yield _too_many(part, whole.place, len(frames))
        return
    for number, (frame, name) in enumerate(zip(frames, _names(frames, picture.width), strict=True), start=1):
        place = _place(radiograph.place, name)
        if part.enter(place):
            film = structs.replace(
                _inherited(radiograph, heading, alone=len(frames) == 1),
                place=place,
                in_mount=_in_mount(radiograph.place, number, len(frames), frame),
            )
            read = partial(_film, film, (picture, shown), frame, captions.of_films[number - 1])
            yield from attempt(place, read)


def _show(place: str, picture: Picture, show: Callable[[str, Picture, Box | None], None]) -> None:
    show(place, picture, None)
    frames = find_frames(picture.eight_bit)
    for frame, name in zip(frames, _names(frames, picture.width), strict=True):
        show(_place(place, name), picture, frame)


def _place(whole: str, name: str) -> str:
    return f"{whole}, {name}" if whole else name


def _film(film: Radiograph, pictures: tuple[Picture, Picture | None], frame: Box, lines: tuple[Line, ...]) -> Read:
    picture, shown = pictures
    cut_shown = None if shown is None else _cut(shown, frame, picture)
    film = measured(film, _cut(picture, frame, picture), shown=cut_shown)
    said = worded(Radiograph(), _page(lines, picture))
    yield structs.replace(
        film,
        view=(*film.view, *said.view),
        teeth=(*said.teeth, *film.teeth),
        exposure=(*said.exposure, *film.exposure),
        patient=(*film.patient, *said.patient),
        mirrored=(*film.mirrored, *said.mirrored),
    )


def _page(lines: tuple[Line, ...], picture: Picture) -> Page:
    return page_of(lines, width=picture.width, height=picture.height)


def _cut(picture: Picture, frame: Box, whole: Picture) -> Picture:
    """The film in a frame; the picture as displayed may be smaller than the whole in which the frame was found."""
    across, down = picture.width / whole.width, picture.height / whole.height
    left, top = int(frame.left * across), int(frame.top * down)
    right, bottom = max(left + 1, int(frame.right * across)), max(top + 1, int(frame.bottom * down))
    colours = None
    if picture.colours is not None and picture.colours.shape[:2] == picture.samples.shape:
        colours = picture.colours[top:bottom, left:right].copy()
    return Picture(samples=picture.samples[top:bottom, left:right].copy(), bits=picture.bits, colours=colours)


def _mount(films: int) -> Observation[ViewStatement]:
    note = "a film is framed in it" if films == 1 else f"{films} films are framed in it"
    # One frame on a page is seen with less certainty than the two or more of a mount.
    strength = Strength.BOUND if films == 1 else Strength.ATTRIBUTE
    return Observation(value=ViewStatement(possible=_MOUNTS), source=PIXELS, strength=strength, note=note)


def _inherited(whole: Radiograph, heading: Page, *, alone: bool) -> Radiograph:
    """What a film takes over from the whole: what its file says, then what stands in it once for all films."""
    return Radiograph(
        teeth=whole.teeth if alone else (),
        exposure=(*_bounds(whole.exposure), *_heading_dates(heading)),
        patient=(*whole.patient, *_heading_patient(heading)),
        mirrored=whole.mirrored,
    )


def _bounds(exposures: tuple[Observation[ExposureInterval], ...]) -> Iterator[Observation[ExposureInterval]]:
    for observation in exposures:
        if observation.value is not None and observation.value.latest is not None:
            note = f"{observation.note}; {_OF_THE_WHOLE}" if observation.note else _OF_THE_WHOLE
            yield structs.replace(observation, value=observation.value.as_upper_bound(), note=note)


def _heading_dates(heading: Page) -> Iterator[Observation[ExposureInterval]]:
    later = tuple(dated for dated in heading.dates if dated.label is Label.LATER)
    others = tuple(dated for dated in heading.dates if dated.label is not Label.LATER)
    for dates, strength in ((later, Strength.FREE_TEXT), (others, Strength.BOUND)):
        for observation in exposure_of(replace(heading, dates=dates)):
            yield _weaker(observation, strength)


def _heading_patient(heading: Page) -> Iterator[Observation[PatientStatement]]:
    said = tuple(patient_of(heading))
    names = {
        str(observation.value.name).casefold() for observation in said if observation.value and observation.value.name
    }
    for observation in said:
        yield _weaker(observation, Strength.FREE_TEXT if len(names) <= 1 else Strength.BOUND)


def _weaker(observation: Observation[T], strength: Strength) -> Observation[T]:
    note = f"{observation.note}; {_ONCE}" if observation.note else _ONCE
    return structs.replace(observation, strength=strength, note=note)


def _names(frames: tuple[Box, ...], width: int) -> Iterator[str]:
    """How to speak of each film, as in `film 3 of 18, row 2 left`."""
    row, bottom = 0, 0
    for number, frame in enumerate(frames, start=1):
        if number == 1 or (frame.top + frame.bottom) / 2 >= bottom:
            row, bottom = row + 1, frame.bottom
        third = min(2, (frame.left + frame.right) * 3 // (2 * width))
        yield f"film {number} of {len(frames)}, row {row} {('left', 'middle', 'right')[third]}"


def _in_mount(whole: str, number: int, of: int, frame: Box) -> InMount:
    return InMount(
        whole=whole, number=number, of=of, left=frame.left, top=frame.top, right=frame.right, bottom=frame.bottom
    )


def _too_many(part: Part, place: str, films: int) -> ReadingFault:
    return ReadingFault(
        fault="too_many_films",
        message=f"This picture has {films} films, more than the {part.limits.films} into which one is cut, so it was "
        "left whole; attach the film itself.",
        place=place,
        fatal=False,
    )
