"""Specimens: every picture that the model is fitted on or judged by, as a recipe that draws the same each time.

A specimen is held out together with everything that it was made of: compositions take their parts from one fold.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from apexproof.view import View
from training import compositions, looks, pages, strangers, unseen
from training.sources import DRAWN, FOLDS, Original

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator

# How many pictures in random looks are made of one original, by view: the fewer originals, the more.
_LOOKS = {
    View.PERIAPICAL: 22,
    View.PANORAMIC: 14,
    View.CEPHALOMETRIC: 40,
    View.PHOTOGRAPH: 30,
    View.DOCUMENT: 16,
    View.OTHER_RADIOGRAPH: 12,
}
_DRAWN_LOOKS = 4
# How many of each composition are made in one fold.
_NEVER_FITTED_ON = frozenset({"root end of a panoramic"})
_COMPOSED = {
    "bitewing of films": 170,
    "bitewing of a panoramic": 340,
    "occlusal of a panoramic": 160,
    "mount": 130,
    "mount of mixed films": 40,
    "screen": 110,
    "light box": 70,
    "photographed screen": 140,
    "typeset page": 110,
    "page with a film": 60,
    "part of a radiograph": 60,
    "part of a photograph": 100,
    "root end of a panoramic": 200,
    "drawn bones": 70,
    "nothing in particular": 170,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Specimen:
    """One picture to be.

    Attributes:
        recipe: what was done: `as found`, `look`, an unseen look's name, or a composition's name.
        source: where its parts come from.
        fold: the fold that it is held out in.
        alone: held out by picture, its view having one source only.
        unseen: never fitted on.
        colours: how far those of the picture that it was made of went beyond one tint.
    """

    name: str
    view: View
    recipe: str
    source: str
    fold: int
    alone: bool
    unseen: bool
    draw: Callable[[Dice], Grey]
    colours: float = 0.0

    def pixels(self) -> Grey:
        """The picture: by its name alone, whatever else is drawn."""
        return self.draw(np.random.default_rng(zlib.crc32(self.name.encode())))


def specimens(found: list[Original]) -> list[Specimen]:
    """All of them, in a fixed order."""
    made = [specimen for original in found for specimen in _of_original(original)]
    for fold in range(FOLDS):
        made += _composed(fold, [original for original in found if original.fold == fold and original.source != DRAWN])
    return made


def _of_original(original: Original) -> Iterator[Specimen]:
    drawn = original.source == DRAWN

    def named(recipe: str, number: int, draw: Callable[[Dice], Grey], *, unseen: bool = False) -> Specimen:
        return Specimen(
            name=f"{original.view}/{original.name}/{recipe}/{number}",
            view=original.view,
            recipe=recipe,
            source=original.source,
            fold=original.fold,
            alone=original.alone,
            unseen=unseen,
            draw=draw,
            colours=original.colours,
        )

    yield named("as found", 0, lambda _: original.pixels)
    for number in range(_DRAWN_LOOKS if drawn else _LOOKS.get(original.view, 12)):
        yield named("look", number, lambda dice: _in_look(original, dice))
    if not drawn:
        for look in unseen.UNSEEN:
            yield named(look.__name__, 0, partial(_seen_through, look, original.pixels), unseen=True)


def _seen_through(look: looks.Look, pixels: Grey, dice: Dice) -> Grey:
    return look(pixels, dice)


def _in_look(original: Original, dice: Dice) -> Grey:
    """Periapicals are of either jaw, near or far, treated or not: the one source has its own share of each."""
    pixels = original.pixels
    if original.view is View.PERIAPICAL:
        for look, share in ((looks.upended, 0.5), (looks.closer, 0.4), (looks.unfilled, 0.3)):
            if dice.random() < share:
                pixels = look(pixels, dice)
    return looks.in_some_look(pixels, dice)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What a fold has to make compositions of."""

    films: list[Grey]
    upper: list[Grey]
    lower: list[Grey]
    panoramics: list[Grey]
    others: list[Grey]
    photographs: list[Grey]


def _composed(fold: int, found: list[Original]) -> Iterator[Specimen]:
    parts = _Parts(
        films=[original.pixels for original in found if original.view is View.PERIAPICAL],
        upper=[original.pixels for original in found if original.maxillary is True],
        lower=[original.pixels for original in found if original.maxillary is False],
        panoramics=[original.pixels for original in found if original.view is View.PANORAMIC],
        others=[original.pixels for original in found if original.view is View.OTHER_RADIOGRAPH],
        photographs=[original.pixels for original in found if original.view is View.PHOTOGRAPH],
    )
    for recipe, (view, needs, compose) in _RECIPES.items():
        if not all(getattr(parts, need) for need in needs):
            continue
        for number in range(_COMPOSED[recipe]):
            yield Specimen(
                name=f"{view}/fold {fold}/{recipe}/{number}",
                view=view,
                recipe=recipe,
                source="composed",
                fold=fold,
                alone=False,
                unseen=recipe in _NEVER_FITTED_ON,
                draw=partial(_composed_in_look, compose, parts),
            )


def _composed_in_look(compose: Callable[[_Parts, Dice], Grey], parts: _Parts, dice: Dice) -> Grey:
    return looks.in_some_look(compose(parts, dice), dice)


def _bitewing_of_films(parts: _Parts, dice: Dice) -> Grey:
    """Either jaw stands for the other when it is upended."""
    upper = _one(parts.upper, dice) if dice.random() < 0.5 else _one(parts.lower, dice)[::-1]  # noqa: PLR2004 - a coin
    lower = _one(parts.lower, dice) if dice.random() < 0.5 else _one(parts.upper, dice)[::-1]  # noqa: PLR2004 - a coin
    return compositions.bitewing_of_films(upper, lower, dice)


def _mixed(parts: _Parts, dice: Dice) -> list[Grey]:
    """Periapicals and bitewings, and at times a panoramic, as a program shows a visit."""
    films = [_one(parts.films, dice) for _ in range(5)] + [_bitewing_of_films(parts, dice) for _ in range(2)]
    return films + ([_one(parts.panoramics, dice)] if parts.panoramics else [])


def _shown(parts: _Parts, dice: Dice) -> Grey:
    """What a monitor shows when it is photographed: a film alone, or the whole program."""
    alone = dice.random() < 0.5  # noqa: PLR2004 - a coin
    return _one(parts.films + parts.panoramics, dice) if alone else compositions.screen(_mixed(parts, dice), dice)


_RECIPES: dict[str, tuple[View, tuple[str, ...], Callable[[_Parts, Dice], Grey]]] = {
    "bitewing of films": (View.BITEWING, ("upper", "lower"), _bitewing_of_films),
    "bitewing of a panoramic": (
        View.BITEWING,
        ("panoramics",),
        lambda parts, dice: compositions.bitewing_of_panoramic(_one(parts.panoramics, dice), dice),
    ),
    "root end of a panoramic": (
        View.UNKNOWN,
        ("panoramics",),
        lambda parts, dice: compositions.root_end_of_panoramic(_one(parts.panoramics, dice), dice),
    ),
    "occlusal of a panoramic": (
        View.OCCLUSAL,
        ("panoramics",),
        lambda parts, dice: compositions.occlusal_of_panoramic(_one(parts.panoramics, dice), dice),
    ),
    "mount": (View.FULL_MOUTH_SERIES, ("films",), lambda parts, dice: compositions.mount(parts.films, dice)),
    "mount of mixed films": (
        View.FULL_MOUTH_SERIES,
        ("upper", "lower"),
        lambda parts, dice: compositions.mount(_mixed(parts, dice), dice),
    ),
    "screen": (
        View.FULL_MOUTH_SERIES,
        ("upper", "lower"),
        lambda parts, dice: compositions.screen(_mixed(parts, dice), dice),
    ),
    "light box": (
        View.PHOTOGRAPH,
        ("films",),
        lambda parts, dice: compositions.on_light_box(parts.films + parts.panoramics, dice),
    ),
    "photographed screen": (
        View.PHOTOGRAPH,
        ("upper", "lower"),
        lambda parts, dice: compositions.photographed(_shown(parts, dice), dice),
    ),
    "typeset page": (View.DOCUMENT, (), lambda parts, dice: pages.typeset(dice)),  # noqa: ARG005 - a recipe
    "page with a film": (
        View.DOCUMENT,
        ("films",),
        lambda parts, dice: pages.with_picture(dice, _one(parts.films + parts.panoramics, dice)),
    ),
    "drawn bones": (View.OTHER_RADIOGRAPH, (), lambda parts, dice: strangers.bones(dice)),  # noqa: ARG005 - a recipe
    "nothing in particular": (View.UNKNOWN, (), lambda parts, dice: strangers.stranger(dice)),  # noqa: ARG005 - likewise
    "part of a radiograph": (
        View.OTHER_RADIOGRAPH,
        ("others",),
        lambda parts, dice: compositions.part_of(_one(parts.others, dice), dice),
    ),
    "part of a photograph": (
        View.PHOTOGRAPH,
        ("photographs",),
        lambda parts, dice: compositions.part_of(_one(parts.photographs, dice), dice),
    ),
}


def _one(pictures: list[Grey], dice: Dice) -> Grey:
    return pictures[int(dice.integers(0, len(pictures)))]
