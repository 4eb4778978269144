"""Earlier images: which images of other claims are this picture, and whose they were."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from apexproof.checks.case import Case, Evidence, in_history
from apexproof.checks.names import names_agree
from apexproof.claim import EarlierImage, Exhibit, Patient
from apexproof.perceptual import UNLIKE, perceptual_distance
from apexproof.radiograph import Fingerprint, strongest
from apexproof.view import View

_SIZE_DIGITS = 4
# By the pixels: what surrounds the films there is the same in other pictures.
_FRAMED = frozenset({View.DOCUMENT, View.FULL_MOUTH_SERIES})


class Whose(Enum):
    """Whose image it was."""

    SAME = "this patient's"
    OTHER = "another patient's"
    UNKNOWN = "nobody says whose"


class Match(Struct, frozen=True, kw_only=True):
    """An image of another claim that is this picture: exactly (same file or same pixels), or by its looks."""

    image: EarlierImage
    whose: Whose
    exact: bool
    distance: int

    @property
    def evidence(self) -> Evidence:
        """The match as evidence."""
        how = "the same picture" if self.exact else f"a picture at perceptual distance {self.distance}"
        return in_history(f"image of claim {self.image.claim_number}", f"{how}, {self.whose.value}")


def fingerprint_of(exhibit: Exhibit) -> Fingerprint | None:
    """The hashes of the picture, if its pixels were read and show anything: all blanks are alike and prove nothing."""
    best = strongest(exhibit.radiograph.fingerprint)
    return best.value if best and best.value and best.value.perceptual[_SIZE_DIGITS:].strip("0") else None


def likeness(exhibit: Exhibit, fingerprint: Fingerprint, perceptual: str) -> int:
    """The distance by looks; two pages of one form, or screens of one program, look alike and are not compared."""
    return UNLIKE if _framed(exhibit) else perceptual_distance(fingerprint.perceptual, perceptual)


def _framed(exhibit: Exhibit) -> bool:
    said = (observation.value for observation in exhibit.radiograph.view)
    return any(value is not None and value.probabilities is not None and value.view in _FRAMED for value in said)


def earlier_matches(case: Case, exhibit: Exhibit) -> tuple[Match, ...]:
    """The images of the history that are this picture, exact ones first; this claim's own are left out."""
    if not case.history.images:
        return ()
    fingerprint = fingerprint_of(exhibit)
    most = case.policy.reuse.perceptual_distance_most
    matches = []
    for image in case.history.images:
        exact = image.sha256 is not None and image.sha256 == exhibit.file.reading.sha256
        distance = 0
        if not exact and fingerprint is not None:
            exact = image.pixel_sha256 is not None and image.pixel_sha256 == fingerprint.pixel_sha256
            if not exact and image.perceptual is not None:
                distance = likeness(exhibit, fingerprint, image.perceptual)
        if not exact and (fingerprint is None or image.perceptual is None or distance > most):
            continue
        whose = _whose(case.claim.patient, image)
        if whose is not Whose.OTHER and image.claim_number == case.claim.number:
            continue  # this claim, sent again
        matches.append(Match(image=image, whose=whose, exact=exact, distance=distance))
    return tuple(sorted(matches, key=lambda match: (not match.exact, match.distance)))


def _whose(patient: Patient, image: EarlierImage) -> Whose:
    """Name and birth date tell patients apart; a member id may be a whole family's, so it only joins."""
    born, theirs = patient.birth_date, image.patient_birth_date
    same_birth = None if born is None or theirs is None else born == theirs
    if image.patient_name is not None:
        if not names_agree(patient.name, image.patient_name):
            return Whose.UNKNOWN if same_birth else Whose.OTHER
        return Whose.UNKNOWN if same_birth is False else Whose.SAME
    if same_birth is False:
        return Whose.OTHER
    same_member = image.patient_member_id is not None and image.patient_member_id == patient.member_id
    return Whose.SAME if same_member and same_birth else Whose.UNKNOWN
