"""Line: one line of text that stands in a picture, with its place, how surely it was read, and which way round."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place in a picture, in pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    def __str__(self) -> str:
        """As a person points to it: `12,20-310,44`."""
        return f"{self.left},{self.top}-{self.right},{self.bottom}"

    def around(self, other: Box) -> Box:
        """The least box with both in it."""
        return Box(
            left=min(self.left, other.left),
            top=min(self.top, other.top),
            right=max(self.right, other.right),
            bottom=max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Direction:
    """How a line is to be turned to be read: mirrored first, then clockwise by so many degrees."""

    turn: int = 0
    mirrored: bool = False


UPRIGHT = Direction()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; `sureness` has one share (0-1) for each character."""

    text: str
    sureness: tuple[float, ...]
    box: Box
    direction: Direction = UPRIGHT

    @property
    def confidence(self) -> float:
        """The mean sureness of its characters."""
        return sum(self.sureness) / len(self.sureness) if self.sureness else 0.0
