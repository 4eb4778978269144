"""What the pixels say: view, legibility, fingerprint and side of the crowns, added to a radiograph as observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from typing import TypeVar

from msgspec.structs import replace

from apexproof.observation import Observation, Strength
from apexproof.radiograph import Crowns, Fingerprint, Radiograph
from apexproof.reading.beside import beside
from apexproof.reading.colour import colourfulness
from apexproof.reading.fingerprint import perceptual_hash, pixel_sha256
from apexproof.reading.legibility import measure_legibility
from apexproof.reading.picture import Picture
from apexproof.reading.view import view_and_crowns
from apexproof.view import View, ViewStatement

T = TypeVar("T")

PIXELS = "pixels"
"""The source of every observation that was measured rather than read."""
# What the pixels are taken to say where no policy is at hand; the policies begin with the same numbers.
_PROBABILITY_LEAST, _OTHER_PROBABILITY_LEAST = 0.8, 0.5
_STRANGENESS_MOST, _COLOURFULNESS_MOST = 1.0, 0.03
COLOURS = "colours"
"""The source of what the colours leave possible."""
# What is in colour, unless it is a radiograph in false colours: the screen of a program counts as a series.
_IN_COLOUR = frozenset({View.PHOTOGRAPH, View.DOCUMENT, View.FULL_MOUTH_SERIES})


def measured(radiograph: Radiograph, picture: Picture, *, shown: Picture | None = None) -> Radiograph:
    """The radiograph with the view, the legibility, the fingerprint and the side of the crowns of its picture.

    Legibility and the hash of the pixels see `picture`, as stored. The view and the perceptual hash see `shown` where
    it is given: the picture as a viewer displays and exports it, so that an export is known again for what it is.
    What the pixels say of the view stands before what the size of the film and the colours leave possible.
    """
    with measuring(radiograph, picture, shown=shown) as finished:
        return finished()


@contextmanager
def measuring(
    radiograph: Radiograph, picture: Picture, *, shown: Picture | None = None
) -> Iterator[Callable[[], Radiograph]]:
    """The same, with time for something else while the second thread is not done; then what is given is called."""
    displayed = shown or picture
    hashing = marking = beside(pixel_sha256, picture)
    try:
        _ = displayed.reduced  # of which both threads make the rest
        marking = beside(perceptual_hash, displayed)
        view, crowns = _view(displayed)
        legibility = measure_legibility(picture)
        colours = tuple(_colours(picture))

        def finished() -> Radiograph:
            fingerprint = Fingerprint(pixel_sha256=hashing.result(), perceptual=marking.result())
            return replace(
                radiograph,
                view=(_measured(view), *radiograph.view, *colours),
                legibility=(*radiograph.legibility, _measured(legibility)),
                fingerprint=(*radiograph.fingerprint, _measured(fingerprint)),
                crowns=(*radiograph.crowns, *crowns),
            )

        yield finished
    finally:
        wait([hashing, marking])


def _view(picture: Picture) -> tuple[ViewStatement, tuple[Observation[Crowns], ...]]:
    """The view, and for a periapical the side of its crowns: a guess, which no tooth or view is decided by."""
    probabilities, crowns = view_and_crowns(picture)
    view = probabilities.likeliest(
        probability_least=_PROBABILITY_LEAST,
        other_probability_least=_OTHER_PROBABILITY_LEAST,
        strangeness_most=_STRANGENESS_MOST,
    )
    possible = frozenset(View) if view is View.UNKNOWN else frozenset({view})
    guess = Observation(value=crowns, source=PIXELS, strength=Strength.BOUND)
    statement = ViewStatement(possible=possible, probabilities=probabilities)
    return statement, (guess,) if view is View.PERIAPICAL else ()


def _colours(picture: Picture) -> Iterator[Observation[ViewStatement]]:
    """Nothing where there are none to speak of, as in a grey picture that was saved as a coloured one."""
    beyond = colourfulness(picture)
    if beyond:
        possible = _IN_COLOUR if beyond > _COLOURFULNESS_MOST else frozenset(View)
        statement = ViewStatement(possible=possible, colourfulness=beyond)
        yield Observation(value=statement, source=COLOURS, strength=Strength.ATTRIBUTE)


def _measured(value: T) -> Observation[T]:
    return Observation(value=value, source=PIXELS, strength=Strength.ATTRIBUTE)
