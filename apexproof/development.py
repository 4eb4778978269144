"""Development: at which ages a tooth erupts, closes its apex and, when it is a milk tooth, is shed.

Sources, and what could not be confirmed:

- Eruption and shedding: the eruption charts of the American Dental Association ("Tooth Development: Permanent Teeth"
  and "Primary Teeth"; checked against ebooks.ada.org/154clpm).
- Apex closure: "Age of Tooth Eruption and Root Formation", a teaching table (loveperio.com, 2012-09-25). It agrees with
  the widely reprinted chronology of Logan and Kronfeld (1933), which was not read. Third molars, 18 to 25 years, are a
  recollection that was not confirmed.

These are ages of most children, in whole or half years. They make a reader look twice; they prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from apexproof.tooth import Dentition, Tooth


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """From which to which age, in years, something usually happens."""

    earliest: float
    latest: float

    def __str__(self) -> str:
        """The ages in words: `9 to 9.5`, or `10` when they are one."""
        if self.earliest == self.latest:
            return f"{self.earliest:g}"
        return f"{self.earliest:g} to {self.latest:g}"


def _table(*rows: tuple[float, float]) -> dict[int, Ages]:
    """Ages by the tooth's position, counted from the midline."""
    return {
        position: Ages(earliest=earliest, latest=latest) for position, (earliest, latest) in enumerate(rows, start=1)
    }


# Position by position: central incisor, lateral incisor, canine, two premolars, three molars.
_ERUPTION_UPPER = _table((7, 8), (8, 9), (11, 12), (10, 11), (10, 12), (6, 7), (12, 13), (17, 21))
_ERUPTION_LOWER = _table((6, 7), (7, 8), (9, 10), (10, 12), (11, 12), (6, 7), (11, 13), (17, 21))
_CLOSURE_UPPER = _table((10, 10), (11, 11), (14, 15), (13, 14), (14, 15), (9.5, 9.5), (15, 15), (18, 25))
_CLOSURE_LOWER = _table((9, 9.5), (9.5, 9.5), (12, 13), (12, 13), (12, 13), (9.5, 9.5), (15, 15), (18, 25))
# Central incisor, lateral incisor, canine, two molars.
_SHEDDING_UPPER = _table((6, 7), (7, 8), (10, 12), (9, 11), (10, 12))
_SHEDDING_LOWER = _table((6, 7), (7, 8), (9, 12), (9, 11), (10, 12))


def eruption_ages(tooth: Tooth) -> Ages | None:
    """When this permanent tooth usually erupts; None for a milk tooth and for a supernumerary one."""
    if tooth.dentition is not Dentition.PERMANENT or tooth.supernumerary:
        return None
    return (_ERUPTION_UPPER if tooth.maxillary else _ERUPTION_LOWER)[tooth.position]


def apex_closure_ages(tooth: Tooth) -> Ages | None:
    """When the root end of this permanent tooth usually closes; None for a milk tooth and for a supernumerary one."""
    if tooth.dentition is not Dentition.PERMANENT or tooth.supernumerary:
        return None
    return (_CLOSURE_UPPER if tooth.maxillary else _CLOSURE_LOWER)[tooth.position]


def shedding_ages(tooth: Tooth) -> Ages | None:
    """When this milk tooth is usually shed; None for a permanent tooth and for a supernumerary one."""
    if tooth.dentition is not Dentition.DECIDUOUS or tooth.supernumerary:
        return None
    return (_SHEDDING_UPPER if tooth.maxillary else _SHEDDING_LOWER)[tooth.position]
