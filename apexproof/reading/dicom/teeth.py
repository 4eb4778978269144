"""Teeth: which teeth a data set says it shows, coded first, then the attributes of makers, then free text.

PS3.3 C.8.11.9 (Intra-oral Image Module) lists all imaged teeth as items of the Primary Anatomic Structure Sequence; a
conformant object may name a jaw and a region instead. DICOM has no code system for Universal or FDI numbers, so
private ones are read by what they call themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apexproof.observation import Observation, Strength
from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.reading.dicom.attributes import Attributes, Code, codes, source
from apexproof.reading.dicom.regions import region_teeth
from apexproof.reading.dicom.words import descriptions
from apexproof.tooth import NumberingSystem, Tooth, parse_tooth, teeth_of_code
from apexproof.words.teeth import find_teeth
from apexproof.words.together import together

TeethObservation = Observation[TeethStatement]
_STRUCTURES = "PrimaryAnatomicStructureSequence"
_REGIONS = "AnatomicRegionSequence"
# DEXIS is known by the creator's UID alone; that it is DEXIS is inferred from GDCM's table of owners.
_DEXIS_CREATOR, _DEXIS_GROUP = "2.16.840.1.114059.1.1.6.1.50.1", 0x0029
_DEXIS_TEETH, _DEXIS_JAW, _DEXIS_QUADRANT = 0x24, 0x25, 0x26
# Names of coding schemes: HL7's symbolic names (PS3.16 section 8) and private ones that begin with 99.
_SCHEMES = (
    (re.compile(r"universal|(?<![a-z])uns(?![a-z])|^(?:99)?ada", re.IGNORECASE), NumberingSystem.UNIVERSAL),
    (re.compile(r"fdi|3950", re.IGNORECASE), NumberingSystem.FDI),
    (re.compile(r"palmer|zsigmondy", re.IGNORECASE), NumberingSystem.PALMER),
)
_MEANS_TEETH = re.compile(r"\b(?:tooth|teeth|incisor|canine|premolar|molar)\b", re.IGNORECASE)


def read_teeth(attributes: Attributes, anatomy: Sequence[Attributes] = ()) -> tuple[TeethObservation, ...]:
    """What is said of teeth, in order of precedence; `anatomy` holds the items that say it of one frame alone."""
    found: list[TeethObservation] = []
    for item in (*anatomy, attributes):
        found.extend(_coded(item, attributes))
    found.extend(_of_dexis(attributes))
    for text, where, _ in descriptions(attributes):
        found.extend(_in_text(text, where, Strength.FREE_TEXT, bare_numbers=False))
    return tuple(found)


def _coded(item: Attributes, whole: Attributes) -> Iterator[TeethObservation]:
    """The coded sequences of a data set or of a frame; the side may stand further out than the codes."""
    yield from _by_codes(codes(item, _STRUCTURES), source(_STRUCTURES), Strength.CODED)
    for region in item.items(_REGIONS):
        modifiers = codes(region, "AnatomicRegionModifierSequence")
        # Objects outside the Intra-oral IOD put the tooth itself where the region belongs.
        for code in (*codes_of_region(region), *modifiers):
            if teeth_of_code(code.value) or _system_of(code):
                yield from _by_codes((code,), source(_REGIONS), Strength.CODED)
        side = item.word("FrameLaterality") or item.word("ImageLaterality")
        side = side or whole.word("ImageLaterality") or whole.word("Laterality")
        for code in codes_of_region(region):
            statement = region_teeth(code, modifiers, side)
            if statement is not None:
                where = source(_REGIONS, "AnatomicRegionModifierSequence", "ImageLaterality")
                yield Observation(value=statement, source=where, strength=Strength.ATTRIBUTE)


def codes_of_region(region: Attributes) -> tuple[Code, ...]:
    """The code of a region item."""
    code = Code(
        value=region.text("CodeValue") or region.text("LongCodeValue"),
        scheme=region.text("CodingSchemeDesignator"),
        meaning=region.text("CodeMeaning"),
    )
    return (code,) if code.value or code.meaning else ()


def _by_codes(found: Sequence[Code], where: str, strength: Strength) -> Iterator[TeethObservation]:
    """One statement for all known codes, and one of free text for the words of those that nobody knows."""
    known = [statement for code in found if (statement := _of_code(code)) is not None]
    if known:
        yield Observation(value=together(known), source=where, strength=strength)
    unknown = [code for code in found if _of_code(code) is None]
    for code in unknown:
        words = tuple(_in_text(code.meaning, f"{where}, Code Meaning", Strength.FREE_TEXT, bare_numbers=False))
        yield from words
        if not words and (_system_of(code) is not None or _MEANS_TEETH.search(code.meaning)):
            yield Observation(value=None, source=where, strength=strength, note="a code that is no tooth we know")


def _of_code(code: Code) -> TeethStatement | None:
    """The teeth of a code: by its value in any generation of SNOMED codes, else by the system that its scheme names."""
    written = f"{code.value} ({code.scheme})" if code.scheme else code.value
    system = _system_of(code)
    if system is not None:
        try:
            teeth: tuple[Tooth, ...] = (parse_tooth(code.value, system),)
        except ValueError:
            return None
        return TeethStatement(written=written, readings=(TeethReading(system=system, teeth=teeth),))
    alternatives = teeth_of_code(code.value)
    readings = tuple(TeethReading(system=NumberingSystem.SNOMED_CT, teeth=(tooth,)) for tooth in alternatives)
    return TeethStatement(written=written, readings=readings) if readings else None


def _system_of(code: Code) -> NumberingSystem | None:
    return next((system for pattern, system in _SCHEMES if pattern.search(code.scheme)), None)


def _of_dexis(attributes: Attributes) -> Iterator[TeethObservation]:
    text = attributes.private(_DEXIS_GROUP, _DEXIS_CREATOR, _DEXIS_TEETH)
    if not text.strip(" ,"):
        return
    where = f"DICOM Teeth ({_DEXIS_GROUP:04X},xx{_DEXIS_TEETH:02X}), private to DEXIS"
    quadrant = " ".join(
        attributes.private(_DEXIS_GROUP, _DEXIS_CREATOR, element) for element in (_DEXIS_JAW, _DEXIS_QUADRANT)
    )
    found = tuple(_in_text(text, where, Strength.ATTRIBUTE, bare_numbers=True))
    for observation in found:
        yield _narrowed(observation, quadrant)
    if not found:
        yield Observation(value=None, source=where, strength=Strength.ATTRIBUTE, note="names no tooth that can be read")


_MAXILLA = re.compile(r"\b(?:max\w*|upper|U[RL])\b", re.IGNORECASE)
_MANDIBLE = re.compile(r"\b(?:mand\w*|lower|L[RL])\b", re.IGNORECASE)


def _narrowed(observation: TeethObservation, quadrant: str) -> TeethObservation:
    """Keep the readings that lie in the jaw which the maker wrote beside the teeth, when that leaves one."""
    upper, lower = bool(_MAXILLA.search(quadrant)), bool(_MANDIBLE.search(quadrant))
    if observation.value is None or upper == lower:
        return observation
    left = tuple(r for r in observation.value.readings if all(tooth.maxillary == upper for tooth in r.teeth))
    if len(left) in (0, len(observation.value.readings)):
        return observation
    return Observation(
        value=TeethStatement(written=observation.value.written, readings=left),
        source=observation.source,
        strength=observation.strength,
        note="read by the jaw that stands beside it",
    )


def _in_text(text: str, where: str, strength: Strength, *, bare_numbers: bool) -> Iterator[TeethObservation]:
    statements = find_teeth(text, bare_numbers=bare_numbers)
    if statements:
        yield Observation(value=together(statements), source=where, strength=strength)
