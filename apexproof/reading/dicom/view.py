"""View: what a data set says of the kind of picture it is, short of its pixels.

No DICOM code says periapical or bitewing: CID 4010 has the occlusal projection only (checked in pydicom's copy of
PS3.16). So the object's class narrows, procedure codes and words name, and the size of the film narrows again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apexproof.observation import Observation, Strength
from apexproof.reading.dicom.attributes import Attributes, Code, codes, source
from apexproof.reading.dicom.film import read_film
from apexproof.reading.dicom.objects import (
    COMPUTED_TOMOGRAPHY,
    ENCAPSULATED_PDF,
    INTRA_ORAL,
    PHOTOGRAPHIC,
)
from apexproof.reading.dicom.regions import OCCLUSAL_REGION
from apexproof.reading.dicom.words import descriptions
from apexproof.view import View, ViewStatement
from apexproof.words.views import find_views, view_of_image_type

ViewObservation = Observation[ViewStatement]
_INTRA_ORAL_VIEWS = frozenset({View.PERIAPICAL, View.BITEWING, View.OCCLUSAL})
_OCCLUSAL_PROJECTION = frozenset({"260499007", "R-40810"})
_OCCLUSAL_REGIONS = frozenset({OCCLUSAL_REGION})
_PROCEDURES = ("ProcedureCodeSequence", "RequestedProcedureCodeSequence", "PerformedProtocolCodeSequence")
_CDT = re.compile(r"D\d{4}")
# PS3.3 C.7.3.1.1.1. Modalities that say nothing of the view (DX, CR, OT, RG) are absent.
_VIEW_OF_MODALITY = {
    "PX": View.PANORAMIC,
    "CT": View.CBCT,
    "XC": View.PHOTOGRAPH,
    "GM": View.PHOTOGRAPH,
    "ES": View.PHOTOGRAPH,
    "DOC": View.DOCUMENT,
} | dict.fromkeys(
    ("US", "MR", "NM", "PT", "MG", "XA", "RF", "BMD", "OP", "OPT", "OCT", "IVUS", "SM", "TG", "RTIMAGE", "RTDOSE"),
    View.OTHER_RADIOGRAPH,
)
# PS3.16 annex L, and what goes on in no mouth. HEAD, SKULL, JAW and the like may be dental and are absent.
_ELSEWHERE = frozenset(
    {
        *("ABDOMEN", "ANKLE", "ARM", "BREAST", "CALF", "CHEST", "CLAVICLE", "COCCYX", "CSPINE", "ELBOW", "FEMUR"),
        *("FINGER", "FOOT", "FOREARM", "HAND", "HEART", "HIP", "HUMERUS", "KIDNEY", "KNEE", "LEG", "LIVER", "LSPINE"),
        *("LUNG", "PELVIS", "PROSTATE", "RIB", "SCAPULA", "SHOULDER", "SPINE", "SSPINE", "STERNUM", "THIGH", "THUMB"),
        *("TOE", "TSPINE", "WRIST", "CAROTID", "UTERUS", "BLADDER", "WHOLEBODY"),
    }
)
# View Position is posteroanterior and the like (PS3.3 C.8.1.2); a real word in it is longer.
_LONGEST_POSITION = 4
_PARTS_OF_A_SERIES = frozenset({View.FULL_MOUTH_SERIES, View.PERIAPICAL, View.BITEWING})


def read_view(attributes: Attributes, sop_class: str) -> tuple[ViewObservation, ...]:
    """What is said of the view, in order of precedence."""
    return (
        *_by_procedure(attributes),
        *_by_view_code(attributes),
        *_by_class(attributes, sop_class),
        *_by_body_part(attributes),
        *_by_positioner(attributes),
        *_by_words(attributes),
        *read_film(attributes, sop_class),
    )


def _only(view: View, where: str, strength: Strength) -> ViewObservation:
    return Observation(value=ViewStatement(possible=frozenset({view})), source=where, strength=strength)


def _by_procedure(attributes: Attributes) -> Iterator[ViewObservation]:
    """CDT codes of the procedure; their words where they are no CDT codes."""
    for keyword in _PROCEDURES:
        for code in codes(attributes, keyword):
            view = view_of_image_type(code.value) if _CDT.fullmatch(code.value.upper()) else None
            if view is not None:
                yield _of_study(_only(view, source(keyword), Strength.CODED))
            else:
                yield from _in_words(code.meaning, f"{source(keyword)}, Code Meaning", of_study=True)


def _by_view_code(attributes: Attributes) -> Iterator[ViewObservation]:
    for code in codes(attributes, "ViewCodeSequence"):
        where = source("ViewCodeSequence")
        if code.value.upper() in _OCCLUSAL_PROJECTION:
            yield _only(View.OCCLUSAL, where, Strength.CODED)
        else:
            yield from _in_words(code.meaning, f"{where}, Code Meaning", of_study=False)
    for region in attributes.items("AnatomicRegionSequence"):
        modifiers: tuple[Code, ...] = codes(region, "AnatomicRegionModifierSequence")
        if any(code.value.upper() in _OCCLUSAL_REGIONS for code in modifiers):
            where = source("AnatomicRegionSequence", "AnatomicRegionModifierSequence")
            yield _only(View.OCCLUSAL, where, Strength.CODED)


def _by_class(attributes: Attributes, sop_class: str) -> Iterator[ViewObservation]:
    modality = attributes.word("Modality")
    if sop_class in INTRA_ORAL or modality == "IO":
        where = source("SOPClassUID") if sop_class in INTRA_ORAL else source("Modality")
        yield Observation(value=ViewStatement(possible=_INTRA_ORAL_VIEWS), source=where, strength=Strength.ATTRIBUTE)
    elif sop_class in COMPUTED_TOMOGRAPHY:
        yield _only(View.CBCT, source("SOPClassUID"), Strength.ATTRIBUTE)
    elif sop_class in PHOTOGRAPHIC:
        yield _only(View.PHOTOGRAPH, source("SOPClassUID"), Strength.ATTRIBUTE)
    elif sop_class == ENCAPSULATED_PDF:
        yield _only(View.DOCUMENT, source("SOPClassUID"), Strength.ATTRIBUTE)
    elif modality in _VIEW_OF_MODALITY:
        yield _only(_VIEW_OF_MODALITY[modality], source("Modality"), Strength.ATTRIBUTE)


def _by_body_part(attributes: Attributes) -> Iterator[ViewObservation]:
    if attributes.word("BodyPartExamined").replace(" ", "") in _ELSEWHERE:
        yield _only(View.OTHER_RADIOGRAPH, source("BodyPartExamined"), Strength.ATTRIBUTE)
    for code in codes(attributes, "AnatomicRegionSequence"):
        if code.meaning.upper().replace(" ", "") in _ELSEWHERE:
            yield _only(View.OTHER_RADIOGRAPH, source("AnatomicRegionSequence"), Strength.ATTRIBUTE)


def _by_positioner(attributes: Attributes) -> Iterator[ViewObservation]:
    if attributes.word("PositionerType") == "CEPHALOSTAT":
        yield _only(View.CEPHALOMETRIC, source("PositionerType"), Strength.ATTRIBUTE)


def _by_words(attributes: Attributes) -> Iterator[ViewObservation]:
    for text, where, of_study in descriptions(attributes):
        yield from _in_words(text, where, of_study=of_study)
    position = attributes.text("ViewPosition")
    if len(position) > _LONGEST_POSITION:
        yield from _in_words(position, source("ViewPosition"), of_study=False)


def _in_words(text: str, where: str, *, of_study: bool) -> Iterator[ViewObservation]:
    statement = find_views(text) if text else None
    if statement is not None:
        observation = Observation(value=statement, source=where, strength=Strength.FREE_TEXT)
        yield _of_study(observation) if of_study else observation


def _of_study(observation: ViewObservation) -> ViewObservation:
    """A full-mouth series consists of periapicals and bitewings, and this picture may be one of its parts."""
    if observation.value is None or View.FULL_MOUTH_SERIES not in observation.value.possible:
        return observation
    return Observation(
        value=ViewStatement(possible=observation.value.possible | _PARTS_OF_A_SERIES),
        source=observation.source,
        strength=observation.strength,
        note="said of the study, of which this picture may be a part",
    )
