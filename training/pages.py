"""Pages: documents set in type, each different and none real."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator

_WIDTH = 560
_WHITE = 255
_VOCABULARY = (
    *("claim", "tooth", "patient", "member", "date", "of", "service", "provider"),
    *("the", "and", "of", "to", "apexification", "initial", "visit", "narrative"),
    *("pulp", "necrotic", "trauma", "root", "open", "radiograph", "attached", "please"),
    *("review", "benefits", "explanation", "amount", "paid", "deductible", "fee", "number"),
    *("group", "subscriber", "signature", "office", "street", "city", "state", "zip"),
    *("code", "phone", "we", "were", "unable", "to", "process", "this"),
    *("request", "because", "additional", "information", "is", "required", "2026", "01"),
    *("14", "D3351", "8", "9", "14", "30", "$412.00", "$0.00"),
    *("Quill", "Marigold", "Fernsby"),
)


def typeset(dice: Dice) -> Grey:
    """One page: a letter, a form or a table, dark on light or (rarely) light on dark."""
    height = int(_WIDTH * dice.uniform(0.7, 1.5))
    paper = int(dice.integers(225, 256))
    page = Image.new("L", (_WIDTH, height), paper)
    pen = ImageDraw.Draw(page)
    kind = int(dice.integers(0, 3))
    (_letter, _form, _table)[kind](pen, height, dice)
    grey = np.asarray(page, np.uint8).copy()
    return _WHITE - grey if dice.random() < 0.12 else grey  # noqa: PLR2004 - a dark terminal is no rarity


def with_picture(dice: Dice, picture: Grey) -> Grey:
    """A page on which a picture takes a tenth to two fifths of the room."""
    page = typeset(dice)
    height, width = page.shape
    room = float(dice.uniform(0.1, 0.4)) * height * width
    aspect = picture.shape[1] / picture.shape[0]
    wide = int(min((room * aspect) ** 0.5, width * 0.85))
    high = int(min(wide / aspect, height * 0.6))
    small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    x, y = int(dice.integers(0, width - wide)), int(dice.integers(0, height - high))
    page[max(0, y - 8) : y + high + 8, max(0, x - 8) : x + wide + 8] = page.max()
    page[y : y + high, x : x + wide] = small
    return page


def _font(dice: Dice, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu where the machine has it, else the one face that Pillow brings along."""
    faces = sorted(Path("/usr/share/fonts/truetype/dejavu").glob("*.ttf"))
    if faces and dice.random() < 0.7:  # noqa: PLR2004 - mostly
        return ImageFont.truetype(str(faces[int(dice.integers(0, len(faces)))]), max(7, round(size)))
    return ImageFont.load_default(max(7, round(size)))


def _line(dice: Dice, words: int) -> str:
    return " ".join(str(dice.choice(_VOCABULARY)) for _ in range(words))


def _letter(pen: ImageDraw.ImageDraw, height: int, dice: Dice) -> None:
    size = float(dice.uniform(8, 20))
    margin, ink = int(dice.uniform(0.03, 0.15) * _WIDTH), int(dice.integers(0, 90))
    font, y = _font(dice, size), int(dice.uniform(0.02, 0.15) * height)
    if dice.random() < 0.6:  # noqa: PLR2004 - mostly
        pen.text((margin, y), _line(dice, 3).upper(), fill=ink, font=_font(dice, size * 1.8))
        y += int(size * 3)
    longest = max(3, int((_WIDTH - 2 * margin) / size / 3.4))
    while y < height * float(dice.uniform(0.7, 1.0)):
        if dice.random() < 0.85:  # noqa: PLR2004 - else an empty line
            pen.text((margin, y), _line(dice, int(dice.integers(2, longest + 2))), fill=ink, font=font)
        y += int(size * 1.5)


def _form(pen: ImageDraw.ImageDraw, height: int, dice: Dice) -> None:
    font, ink = _font(dice, float(dice.uniform(7, 11))), int(dice.integers(0, 110))
    y = int(dice.uniform(4, 60))
    while y < height - 20:
        row, x = int(dice.uniform(18, 44)), 6
        while x < _WIDTH - 40:
            wide = int(dice.uniform(60, 260))
            pen.rectangle((x, y, min(x + wide, _WIDTH - 6), y + row), outline=ink)
            pen.text((x + 3, y + 2), _line(dice, 2), fill=ink, font=font)
            x += wide
        y += row


def _table(pen: ImageDraw.ImageDraw, height: int, dice: Dice) -> None:
    size = float(dice.uniform(8, 14))
    font, columns = _font(dice, size), int(dice.integers(3, 8))
    for number, y in enumerate(range(20, height - 20, int(size * 1.9))):
        if number % 2 and dice.random() < 0.5:  # noqa: PLR2004 - a coin
            pen.rectangle((8, y - 2, _WIDTH - 8, y + int(size * 1.5)), fill=int(dice.integers(205, 245)))
        for column in range(columns):
            pen.text((14 + column * (_WIDTH - 20) // columns, y), _line(dice, 1), fill=20, font=font)
