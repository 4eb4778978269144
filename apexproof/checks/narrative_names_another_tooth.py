"""APX806."""

from __future__ import annotations

from collections.abc import Collection

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, not_applicable, passed, unsure
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim
from apexproof.checks.wording import at_most, teeth_in_words
from apexproof.radiograph import TeethStatement
from apexproof.tooth import NumberingSystem, Tooth


@check("APX806", fault="narrative-names-another-tooth", failure=Failure.CONTRADICTED, since="0.1")
def narrative_names_another_tooth(case: Case) -> Answer:
    """The narrative names teeth, and the claimed one is not among them.

    ## What it looks at
    Every tooth that the narrative names. A number that two systems read differently is read in the system of the
    claim; a name that may mean the milk tooth is read as the claimed tooth when it can be. A narrative that speaks
    only of the teeth of other lines is left to a person.

    ## Why it matters
    Notes of another tooth mean that the tooth of the line, or the note, belongs elsewhere.

    ## How to clear it
    Correct the tooth of the line or the narrative; add the system when a number is valid in two.

    ## References
    RARC N206 (documentation does not match the claim), N37; CARC 16.
    """
    tooth = claimed_tooth(case)
    if tooth is None or case.line.tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    named = case.claim.narrative.teeth
    if not named:
        return not_applicable("The narrative names no tooth.")
    read = [teeth_in_words(statement) for statement in named]
    evidence = (*(in_claim("narrative", words) for words in read), tooth_in_claim(case))
    words = at_most(list(dict.fromkeys(read)))
    system = case.line.tooth.system
    if any(_names(statement, tooth, (system, None)) for statement in named):
        return passed(f"The narrative names {tooth}.", measured=words, limit=str(tooth)).because(*evidence)
    remedy = "Correct the tooth of the line or the narrative, and name the numbering system where it is open."
    if any(_names(statement, tooth, tuple(NumberingSystem)) for statement in named):
        return unsure(
            f"The narrative names {words}; only in another numbering system than the claim's is that {tooth}.",
            remedy=remedy,
            measured=words,
            limit=str(tooth),
        ).because(*evidence)
    if all(_is_of_another_line(case, statement) for statement in named):
        return unsure(
            f"The narrative names {words}, the tooth of another line, and not {tooth}.",
            remedy=f"Tell in the narrative what was done to {tooth} too.",
            measured=words,
            limit=str(tooth),
        ).because(*evidence)
    return failed(
        f"The narrative names {words}, and the line is for {tooth}.", remedy=remedy, measured=words, limit=str(tooth)
    ).because(*evidence)


def _names(statement: TeethStatement, tooth: Tooth, systems: Collection[NumberingSystem | None]) -> bool:
    """Whether one of the readings in these systems, or the only reading, has the tooth."""
    settled = statement.settled is not None
    return any(tooth in reading.teeth and (settled or reading.system in systems) for reading in statement.readings)


def _is_of_another_line(case: Case, statement: TeethStatement) -> bool:
    """Whether a statement can be read as teeth that other lines of the claim treat."""
    others = {line.tooth.tooth for line in case.claim.lines if line is not case.line and line.tooth}
    return any(reading.teeth and others.issuperset(reading.teeth) for reading in statement.readings)
