"""APX301."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in, unsure
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim
from apexproof.checks.tooth_readings import TeethObservation, settled_teeth
from apexproof.checks.wording import teeth_in_words
from apexproof.claim import Exhibit
from apexproof.observation import Stance, Weighed, Weight, weigh
from apexproof.radiograph import TeethStatement
from apexproof.tooth import Tooth

# An intraoral film shows three to five teeth; a statement with more than six names a region or a series, and whether
# the tooth is in this picture it does not say. (The engine's own judgement, no published limit.)
_MOST_TEETH_OF_ONE_FILM = 6


@check("APX301", fault="radiograph-shows-another-tooth", failure=Failure.CONTRADICTED, since="0.1")
def radiograph_shows_another_tooth(case: Case, exhibit: Exhibit) -> Answer:
    """The radiograph shows another tooth than the claimed one.

    ## What it looks at
    Every statement about teeth, in the system in which it was written. A statement with several teeth fits when the
    claimed one is among them. A number that is valid in two systems, or a name that may mean a milk tooth, counts for
    what remains after the patient's age and the other statements on the same picture; it is then as strong as the
    weakest of them.

    ## Why it matters
    18 numbers mean one tooth in the Universal system and another in FDI: #11 of one is not 11 of the other.

    ## How to clear it
    Attach the image of the claimed tooth, or correct the tooth of the line; state the numbering system.

    ## References
    RARC N206 (documentation does not match the claim); CARC 250. DICOM PS3.3 C.8.11.9.1.1; PS3.16 CID 4018, 4019.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth, so no image can be compared with it; see APX302.")
    observations = settled_teeth(case, exhibit)
    weighed = weigh(observations, lambda statement: _stance(statement, tooth), demanded=case.policy.strength.tooth)
    telling = (*weighed.supporting, *weighed.contradicting)
    evidence = (*seen_in(exhibit, *(telling or observations), value=teeth_in_words), tooth_in_claim(case))
    measured = evidence[0].value if telling else None
    if weighed.weight is Weight.ESTABLISHED:
        return passed(
            f"{exhibit.label} shows {tooth} ({weighed.supporting[0].source}).", measured=measured, limit=str(tooth)
        ).because(*evidence)
    if weighed.weight is Weight.REFUTED:
        best = weighed.contradicting[0]
        return failed(
            f"{exhibit.label} shows {measured} ({best.source}), and the line is for {tooth}.",
            remedy="Attach the image of the claimed tooth; if the image is right, correct the tooth of the line.",
            measured=measured,
            limit=str(tooth),
        ).because(*evidence)
    return unsure(
        _open_question(exhibit.label, tooth, weighed, observations),
        remedy=f"Look whether the image shows {tooth}, and record the tooth with its numbering system in the file.",
        measured=measured,
        limit=str(tooth),
    ).because(*evidence)


def _stance(statement: TeethStatement, tooth: Tooth) -> Stance:
    containing = [reading for reading in statement.readings if tooth in reading.teeth]
    if not statement.readings:
        return Stance.SILENT
    if not containing:
        return Stance.CONTRADICTS
    if len(containing) < len(statement.readings):
        return Stance.SILENT
    narrow = all(len(reading.teeth) <= _MOST_TEETH_OF_ONE_FILM for reading in containing)
    return Stance.SUPPORTS if narrow else Stance.SILENT


def _open_question(
    name: str, tooth: Tooth, weighed: Weighed[TeethStatement], observations: tuple[TeethObservation, ...]
) -> str:
    if weighed.supporting and weighed.contradicting:
        yes, no = weighed.supporting[0], weighed.contradicting[0]
        other = teeth_in_words(no.value) if no.value else "another tooth"
        return f"{name} shows {tooth} by {yes.source}, but {other} by {no.source}."
    if weighed.supporting:
        return f"{name} shows {tooth} only by {weighed.supporting[0].source}, which this policy does not rely on."
    if weighed.contradicting:
        return f"{name} seems to show another tooth, but only by a guess ({weighed.contradicting[0].source})."
    best = max(observations, key=lambda observation: observation.strength, default=None)
    if best is not None and best.value is not None:
        if best.value.settled is not None:
            return f"{name} names a whole region with {tooth} in it ({best.source}), not the tooth itself."
        return f"{name} names {teeth_in_words(best.value)} ({best.source}), and nothing settles which."
    return f"Nothing says which tooth {name} shows."
