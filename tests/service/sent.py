"""Sent: claims and films that nobody sent before, each following from its claim's number alone.

Three numbers in a row are of one patient, so that claims bear on each other as they do in a practice; no two films are
alike, so that no more of them do.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta

from apexproof.formats.native_documents import NamedPerson, PatientDocument
from fixtures.claims import MARIGOLD, TAKEN, line
from fixtures.claims import claim as claim_document
from fixtures.dicom_files import DicomFile, Sitter
from fixtures.radiographs import Film

_COUNTED = re.compile(r"(.*?)(\d+)")
_OF_ONE_PATIENT = 3
_BORN_WITHIN_DAYS = 300  # all of an age at which the root of an upper central incisor is open
_LETTERS = str.maketrans("0123456789", "aeiounlrst")
_WIDTH, _HEIGHT = 156, 208  # a quarter of the fixtures' films: as good to judge by, and painted four times as fast


def claim(number: str) -> bytes:
    """A claim under that number, for a visit and the film before it."""
    lines = line(), line(2, "D0220", day=TAKEN)
    written = claim_document(*lines, claim_number=number, patient=patient_of(number))
    return written.model_dump_json(exclude_defaults=True).encode()


def film(number: str, name: str) -> bytes:
    """A film of the patient of that claim; another name, another film."""
    patient = patient_of(number)
    sitter = Sitter(name=f"Quill^{patient.name.given}", birth_date=patient.birth_date, chart_number=f"CH-{name}"[:16])
    return DicomFile(frames=(Film(name=name, width=_WIDTH, height=_HEIGHT),), sitter=sitter).content()


def patient_of(number: str) -> PatientDocument:
    """Whose claim it is: the fixtures' Marigold, unless the number ends in a count."""
    counted = _COUNTED.fullmatch(number)
    if counted is None:
        return MARIGOLD
    chance = int.from_bytes(hashlib.sha256(f"{counted[1]}{int(counted[2]) // _OF_ONE_PATIENT}".encode()).digest()[:6])
    born: date = (MARIGOLD.birth_date or date.min) + timedelta(days=chance % _BORN_WITHIN_DAYS)
    given = f"Marigold{str(chance).translate(_LETTERS)}"
    name = NamedPerson(family="Quill", given=given)
    return PatientDocument(name=name, birth_date=born, member_id=f"MEMBER-{chance}", chart_number=f"CH-{chance}")
