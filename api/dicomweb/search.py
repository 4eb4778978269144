"""Search: QIDO-RS. Studies, series and instances that came by DICOMweb or C-STORE, as DICOM JSON (PS3.18 10.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from pydicom.datadict import keyword_for_tag, tag_for_keyword

from apexproof.store.instances import Group, Matching, matching_groups, matching_instances
from apexproof.store.tables import InstanceRow
from api.dicomweb.answers import JSON_FORMS, MANY, Accepted, Attribute, DicomJson, values
from api.dicomweb.store import Uid
from api.premises import Here, Premises
from api.problems import NotAcceptable, NotFound, StudyUnusable, documented
from api.security import Reader

router = APIRouter(prefix="/dicom-web", tags=["DICOMweb"])
_COLUMNS = {
    "StudyInstanceUID": "study",
    "SeriesInstanceUID": "series",
    "SOPInstanceUID": "uid",
    "SOPClassUID": "sop_class",
    "AccessionNumber": "accession",
    "StudyID": "study_id",
    "PatientID": "patient_id",
    "PatientName": "patient_name",
    "Modality": "modality",
}
_UIDS = ("study", "series", "uid", "sop_class")
_DAYS, _MODALITIES = "StudyDate", "ModalitiesInStudy"
_MATCHED = (*_COLUMNS, _DAYS, _MODALITIES)
_PAGING = ("limit", "offset", "fuzzymatching", "includefield", "accept")
_DAY = re.compile(r"([0-9]{8})?(-)?([0-9]{8})?")
_LIMIT, _LIMIT_MOST, _OFFSET_MOST, _VALUE_MOST = 100, 500, 1_000_000, 200
# What is told of each level unasked: PS3.18 tables 10.6.3-3 to 10.6.3-5, as far as an intra-oral film has it.
_STUDY = [
    "SpecificCharacterSet",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "TimezoneOffsetFromUTC",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyID",
    "StudyDescription",
]
_SERIES = ["Modality", "SeriesDescription", "SeriesInstanceUID", "SeriesNumber", "SeriesDate", "SeriesTime"]
_INSTANCE = ["SOPClassUID", "SOPInstanceUID", "InstanceNumber", "Rows", "Columns", "BitsAllocated", "NumberOfFrames"]
_WARNING = '299 apexproof "There are more results; ask for them with offset."'
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "What was found, oldest first; a Warning header says when there is more", "content": MANY},
    **documented(StudyUnusable, NotAcceptable, NotFound),
}
_PARAMETERS: dict[str, Any] = {
    "parameters": [
        *({"name": name, "in": "query", "schema": {"type": "string", "maxLength": _VALUE_MOST}} for name in _MATCHED),
        {"name": "includefield", "in": "query", "schema": {"type": "string", "maxLength": _VALUE_MOST}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": _LIMIT_MOST}},
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": _OFFSET_MOST}},
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A search as it was asked for."""

    matching: Matching
    fields: frozenset[str]
    everything: bool
    limit: int
    offset: int

    @classmethod
    def of(cls, request: Request, **within: str) -> _Asked:
        """Read a search; what is not matched here is refused, for an unknown filter filters nothing."""
        matching = Matching(equal={name: [uid] for name, uid in within.items()})
        fields, everything = set[str](), False
        number = {"limit": _LIMIT, "offset": 0}
        for stated, value in request.query_params.multi_items():
            name = stated if stated in _PAGING else _keyword(stated)
            if name == "includefield":
                everything |= value == "all"
                fields |= {_keyword(one) for one in value.split(",") if one and one != "all"}
            elif name in number:
                number[name] = _number(name, value)
            elif name not in _PAGING:
                matching = _narrowed(matching, name, value)
        return cls(matching=matching, fields=frozenset(fields), everything=everything, **number)

    def shown(self, row: InstanceRow, names: Sequence[str]) -> dict[str, Attribute]:
        """The attributes of an instance that are told."""
        kept: dict[str, Attribute] = json.loads(row.attributes)
        if self.everything:
            return kept
        wanted = {f"{tag_for_keyword(name):08X}" for name in {*names, *self.fields}}
        return {tag: said for tag, said in kept.items() if tag in wanted}


@router.get(
    "/studies", summary="Search for studies", response_class=DicomJson, openapi_extra=_PARAMETERS, responses=_ANSWERS
)
def studies(request: Request, here: Here, caller: Reader) -> DicomJson:
    """The studies of which an instance matches."""
    return _groups(request, here, caller.organisation, ("study",), _STUDY)


@router.get(
    "/series", summary="Search for series", response_class=DicomJson, openapi_extra=_PARAMETERS, responses=_ANSWERS
)
def series(request: Request, here: Here, caller: Reader) -> DicomJson:
    """The series of which an instance matches."""
    return _groups(request, here, caller.organisation, ("study", "series"), [*_STUDY, *_SERIES])


@router.get(
    "/studies/{study}/series",
    summary="Search for series of a study",
    response_class=DicomJson,
    openapi_extra=_PARAMETERS,
    responses=_ANSWERS,
)
def series_of_study(study: Uid, request: Request, here: Here, caller: Reader) -> DicomJson:
    """The series of a study of which an instance matches; 404 when there is none."""
    return _groups(request, here, caller.organisation, ("study", "series"), _SERIES, study=study)


@router.get(
    "/instances",
    summary="Search for instances",
    response_class=DicomJson,
    openapi_extra=_PARAMETERS,
    responses=_ANSWERS,
)
def instances(request: Request, here: Here, caller: Reader) -> DicomJson:
    """The instances that match."""
    return _instances(request, here, caller.organisation, [*_STUDY, *_SERIES, *_INSTANCE])


@router.get(
    "/studies/{study}/instances",
    summary="Search for instances of a study",
    response_class=DicomJson,
    openapi_extra=_PARAMETERS,
    responses=_ANSWERS,
)
def instances_of_study(study: Uid, request: Request, here: Here, caller: Reader) -> DicomJson:
    """The instances of a study that match; 404 when there is none."""
    return _instances(request, here, caller.organisation, [*_SERIES, *_INSTANCE], study=study)


@router.get(
    "/studies/{study}/series/{series}/instances",
    summary="Search for instances of a series",
    response_class=DicomJson,
    openapi_extra=_PARAMETERS,
    responses=_ANSWERS,
)
def instances_of_series(study: Uid, series: Uid, request: Request, here: Here, caller: Reader) -> DicomJson:
    """The instances of a series that match; 404 when there is none."""
    return _instances(request, here, caller.organisation, _INSTANCE, study=study, series=series)


def _groups(
    request: Request, here: Premises, organisation: str, by: Sequence[str], names: Sequence[str], **within: str
) -> DicomJson:
    asked = _prepared(request, within)
    with here.database.looking() as session:
        found = matching_groups(session, organisation, asked.matching, by=by, offset=asked.offset, most=asked.limit + 1)
    return _listed(request, [_shown(asked, group, by, names, request) for group in found], asked, within)


def _shown(
    asked: _Asked, group: Group, by: Sequence[str], names: Sequence[str], request: Request
) -> dict[str, Attribute]:
    row = group.first
    said = asked.shown(row, names)
    place = f"{request.base_url}dicom-web/studies/{row.study}"
    if len(by) == 1:
        said["00080061"] = values("CS", *group.modalities)
        said["00201206"] = values("IS", group.series)
        said["00201208"] = values("IS", group.instances)
    else:
        place = f"{place}/series/{row.series}"
        said["00201209"] = values("IS", group.instances)
    return said | {"00081190": values("UR", place)}


def _instances(request: Request, here: Premises, organisation: str, names: Sequence[str], **within: str) -> DicomJson:
    asked = _prepared(request, within)
    with here.database.looking() as session:
        rows = matching_instances(session, organisation, asked.matching, offset=asked.offset, most=asked.limit + 1)
    found = [asked.shown(row, names) | {"00081190": values("UR", place_of(request, row))} for row in rows]
    return _listed(request, found, asked, within)


def place_of(request: Request, row: InstanceRow) -> str:
    """Where an instance is fetched."""
    return f"{request.base_url}dicom-web/studies/{row.study}/series/{row.series}/instances/{row.uid}"


def _prepared(request: Request, within: Mapping[str, str]) -> _Asked:
    Accepted(request).demand_one(JSON_FORMS, "DICOM JSON")
    return _Asked.of(request, **within)


def _listed(
    request: Request, found: Sequence[dict[str, Attribute]], asked: _Asked, within: Mapping[str, str]
) -> DicomJson:
    del request
    if within and not found:
        raise NotFound("There is nothing of this study here that matches.")
    further = len(found) > asked.limit
    in_order = [dict(sorted(one.items())) for one in found[: asked.limit]]
    return DicomJson(in_order, headers={"Warning": _WARNING} if further else None)


def _narrowed(matching: Matching, name: str, value: str) -> Matching:
    """A search with one more condition (PS3.18 8.3.4.1, PS3.4 C.2.2.2); an empty value matches all."""
    if name not in _MATCHED or len(value) > _VALUE_MOST or not value.isprintable():
        raise StudyUnusable(f"This cannot be searched for; what can is {', '.join(_MATCHED)}.")
    column = _COLUMNS.get(name)
    if not value:
        return matching
    if name == _DAYS:
        return replace(matching, days=_days(value))
    if name == _MODALITIES:
        return replace(matching, modalities=value.replace("\\", ",").split(","))
    if column in _UIDS:
        wanted = set(value.replace("\\", ",").split(","))
        before = matching.equal.get(column)
        return replace(matching, equal={**matching.equal, column: wanted if before is None else wanted & set(before)})
    return replace(matching, alike={**matching.alike, str(column): value})


def _days(value: str) -> tuple[str, str]:
    match = _DAY.fullmatch(value)
    if match is None or value == "-":
        raise StudyUnusable("StudyDate is a day (20260127) or a range of days (20260101-20260131).")
    first, ranged, last = match.groups()
    return (first or "00000000", (last or "99999999") if ranged else (first or "99999999"))


def _keyword(stated: str) -> str:
    """The keyword of an attribute that is named by it or by its tag."""
    tag = int(stated, 16) if re.fullmatch(r"[0-9A-Fa-f]{8}", stated) else None
    keyword = stated if tag is None else keyword_for_tag(tag)
    if not keyword or tag_for_keyword(keyword) is None:
        raise StudyUnusable("The address names an attribute that is not known; name it by keyword or tag.")
    return keyword


def _number(name: str, value: str) -> int:
    least, most = (1, _LIMIT_MOST) if name == "limit" else (0, _OFFSET_MOST)
    if not re.fullmatch(r"[0-9]{1,7}", value, re.ASCII) or not least <= int(value) <= most:
        raise StudyUnusable(f"'{name}' is a whole number from {least} to {most}.")
    return int(value)
