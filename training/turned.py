"""Turned: periapicals of a known jaw, and crops of panoramics about root ends, in all four turns.

They are what is fitted and judged to tell where the crowns point. The crops are a source that is never fitted on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from apexproof.radiograph import Towards
from apexproof.view import View
from training import looks, unseen
from training.compositions import root_end_of_panoramic
from training.sources import DRAWN, Original

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator

# As rot90 turns: each quarter turn carries one direction to the next.
TOWARDS = (Towards.TOP, Towards.LEFT, Towards.BOTTOM, Towards.RIGHT)
"""The directions that are told apart, in the order of the model's columns."""
PANORAMICS = "crops of panoramics about root ends"
"""The source that is never fitted on."""
_LOOKS = 4
_CROPS = 3
_SEEN = tuple((look, share) for look, share in looks.SEEN if look is not looks.quarter_turned)


@dataclass(frozen=True, kw_only=True, eq=False)
class Turned:
    """One picture to be, in one turn.

    Attributes:
        turn: quarter turns against the clock; 0 is as it belongs.
        towards: the column of the side at which the crowns are, once it is turned.
        fitted: whether it may be fitted on when its fold is not held out.
    """

    name: str
    recipe: str
    source: str
    fold: int
    turn: int
    towards: int
    fitted: bool
    draw: Callable[[Dice], Grey]

    def pixels(self) -> Grey:
        """The picture: the same each time."""
        upright = self.draw(np.random.default_rng(zlib.crc32(self.name.encode())))
        return np.ascontiguousarray(np.rot90(upright, self.turn))


def turned(found: list[Original]) -> list[Turned]:
    """All of them, in a fixed order."""
    return [one for original in found for one in _of_original(original)]


def _of_original(original: Original) -> Iterator[Turned]:
    if original.view is View.PERIAPICAL and original.maxillary is not None:
        in_four = partial(_in_four_turns, original, original.source, upper=original.maxillary)
        drawn = original.source == DRAWN
        yield from in_four("as found", lambda _: original.pixels)
        for number in range(1 if drawn else _LOOKS):
            yield from in_four(f"look/{number}", partial(_in_look, original.pixels))
        for look in () if drawn else (unseen.scanned, unseen.embossed, unseen.bulged):
            yield from in_four(look.__name__, partial(look, original.pixels), fitted=False)
    elif original.view is View.PANORAMIC and original.source != DRAWN:
        for number in range(_CROPS):
            for upper in (True, False):
                draw = partial(root_end_of_panoramic, original.pixels, upper=upper)
                recipe = f"crop/{number}/{'upper' if upper else 'lower'}"
                yield from _in_four_turns(original, PANORAMICS, recipe, draw, upper=upper, fitted=False)


def _in_four_turns(
    original: Original, source: str, recipe: str, draw: Callable[[Dice], Grey], *, upper: bool, fitted: bool = True
) -> Iterator[Turned]:
    for turn in range(len(TOWARDS)):
        yield Turned(
            name=f"{original.name}/{recipe}",
            recipe=recipe.split("/", maxsplit=1)[0],
            source=source,
            fold=original.fold,
            turn=turn,
            towards=(2 * upper + turn) % len(TOWARDS),
            fitted=fitted,
            draw=draw,
        )


def _in_look(pixels: Grey, dice: Dice) -> Grey:
    for look, share in ((looks.closer, 0.4), (looks.unfilled, 0.3), *_SEEN):
        if dice.random() < share:
            pixels = look(pixels, dice)
    return pixels
