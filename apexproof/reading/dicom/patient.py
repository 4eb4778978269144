"""Patient: who a data set says its picture is of (PS3.3 C.2.2, C.2.3)."""

from __future__ import annotations

from datetime import date

from pydicom.valuerep import PersonName as WrittenName

from apexproof.observation import Observation, Strength
from apexproof.person import PersonName
from apexproof.radiograph import PatientStatement
from apexproof.reading.dicom.attributes import Attributes, source
from apexproof.reading.dicom.moments import NoMoment, parse_day

PatientObservation = Observation[PatientStatement]
_NAME, _BIRTH_DATE, _CHART_NUMBER = "PatientName", "PatientBirthDate", "PatientID"


def read_patient(attributes: Attributes) -> tuple[PatientObservation, ...]:
    """Name, birth date and chart number as one statement; what stands there and names nobody comes with its reason."""
    if attributes.word("PatientIdentityRemoved") == "YES":
        where = source("PatientIdentityRemoved")
        return (_unusable(where, "the file says that the patient's identity was removed"),)
    unusable: list[PatientObservation] = []
    name = PersonName.parse(_written_name(attributes))
    if name is None and _written_name(attributes):
        unusable.append(_unusable(source(_NAME), "names nobody"))
    birth_date = _birth_date(attributes, unusable)
    chart_number = attributes.text(_CHART_NUMBER) or None
    statement = PatientStatement(name=name, birth_date=birth_date, chart_number=chart_number)
    stated = {_NAME: name, _BIRTH_DATE: birth_date, _CHART_NUMBER: chart_number}
    keywords = [keyword for keyword, value in stated.items() if value is not None]
    if not keywords:
        return tuple(unusable)
    found = Observation(value=statement, source=source(*keywords), strength=Strength.ATTRIBUTE)
    return (found, *unusable)


def _written_name(attributes: Attributes) -> str:
    """The alphabetic group of the name, else the ideographic, else the phonetic one (PS3.5 section 6.2.1.1)."""
    value = attributes.value(_NAME)
    if not isinstance(value, WrittenName):
        return attributes.text(_NAME)
    groups = (value.alphabetic, value.ideographic, value.phonetic)
    return next((group.strip(" \0") for group in groups if group.strip(" \0^")), "")


def _birth_date(attributes: Attributes, unusable: list[PatientObservation]) -> date | None:
    text = attributes.text(_BIRTH_DATE)
    if not text:
        return None
    try:
        return parse_day(text)
    except NoMoment as error:
        unusable.append(_unusable(source(_BIRTH_DATE), str(error)))
        return None


def _unusable(where: str, note: str) -> PatientObservation:
    return Observation(value=None, source=where, strength=Strength.ATTRIBUTE, note=note)
