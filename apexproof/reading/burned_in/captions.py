"""Captions: which lines of words in a mount belong to which of its films.

Words inside a frame are its film's. Words outside are a caption only when the mount shows how it places its captions:
the films have words near them on one and the same side, most of them, and more than on any other side. A line above one
film of eighteen may be the heading of all of them, and a line between two rows may be the upper or the lower film's;
what does not settle that belongs to no film. With one film there is nothing to settle but that the words are near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from apexproof.reading.burned_in.line import Box, Line

_INSIDE = 0.8  # of a line's area, from which it lies inside a frame
_NEAR = 2.5  # heights of a line between a caption and its film
_LOOSE = 0.9  # heights between two lines of one caption
_MOST_FILMS = 0.5  # share of the films from which on captions on one side are the manner of the mount


class _Side(Enum):
    """Where a caption stands, as seen from its film."""

    UNDER = "under"
    OVER = "over"
    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines above each other, and their common box; `height` is that of one line."""

    lines: tuple[Line, ...]
    box: Box
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The lines of each film, in the order of the frames, and those that are no single film's."""

    of_films: tuple[tuple[Line, ...], ...]
    of_all: tuple[Line, ...]


def captions_of(lines: Sequence[Line], frames: Sequence[Box]) -> Captions:
    """Share the lines of a mount out among its films."""
    owned: list[list[Line]] = [[] for _ in frames]
    outside: list[Line] = []
    of_all: list[Line] = []
    for line in lines:
        shares = [_share_inside(line.box, frame) for frame in frames]
        best = max(range(len(frames)), key=lambda index: shares[index])
        if shares[best] >= _INSIDE:
            owned[best].append(line)
        else:
            (of_all if shares[best] > 1 - _INSIDE else outside).append(line)
    for block, owner in _placed(_blocks(outside), frames):
        (of_all if owner is None else owned[owner]).extend(block.lines)
    return Captions(of_films=tuple(map(tuple, owned)), of_all=tuple(of_all))


def _share_inside(box: Box, frame: Box) -> float:
    across = min(box.right, frame.right) - max(box.left, frame.left)
    down = min(box.bottom, frame.bottom) - max(box.top, frame.top)
    return max(0, across) * max(0, down) / max(1, box.width * box.height)


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    """Lines that stand close under each other, taken together: a caption may have several."""
    blocks: list[_Block] = []
    for line in sorted(lines, key=lambda line: line.box.top):
        box, height = line.box, min(line.box.width, line.box.height)
        above = next((block for block in blocks if _continues(block, box, height)), None)
        if above is None:
            blocks.append(_Block((line,), box, height))
        else:
            blocks[blocks.index(above)] = _Block((*above.lines, line), above.box.around(box), above.height)
    return blocks


def _continues(block: _Block, box: Box, height: int) -> bool:
    shared = min(block.box.right, box.right) - max(block.box.left, box.left)
    return shared > 0 and -height < box.top - block.box.bottom <= _LOOSE * height


def _placed(blocks: Sequence[_Block], frames: Sequence[Box]) -> list[tuple[_Block, int | None]]:
    """Each block with the film whose caption it is."""
    beside = [{side: near for side in _Side if (near := _nearest(block, frames, side)) is not None} for block in blocks]
    if len(frames) == 1:
        return [(block, 0 if near else None) for block, near in zip(blocks, beside, strict=True)]
    labelled = {side: len({near[side] for near in beside if side in near}) for side in _Side}
    manner = max(_Side, key=lambda side: labelled[side])
    rivals = [side for side in _Side if side is not manner and labelled[side] == labelled[manner]]
    if rivals or labelled[manner] < max(2, _MOST_FILMS * len(frames)):
        return [(block, None) for block in blocks]
    return [(block, near.get(manner)) for block, near in zip(blocks, beside, strict=True)]


def _nearest(block: _Block, frames: Sequence[Box], side: _Side) -> int | None:
    """The film nearest to a block that has it on that side, within the film's own breadth."""
    gaps = {index: gap for index, frame in enumerate(frames) if (gap := _gap(block, frame, side)) is not None}
    return min(gaps, key=lambda index: gaps[index], default=None)


def _gap(block: _Block, frame: Box, side: _Side) -> int | None:
    box, slack = block.box, block.height
    if side in (_Side.UNDER, _Side.OVER):
        gap = box.top - frame.bottom if side is _Side.UNDER else frame.top - box.bottom
        within = box.left >= frame.left - slack and box.right <= frame.right + slack
    else:
        gap = box.left - frame.right if side is _Side.RIGHT else frame.left - box.right
        within = box.top >= frame.top - slack and box.bottom <= frame.bottom + slack
    return max(0, gap) if within and -slack <= gap <= _NEAR * slack else None
