"""APX501."""

from __future__ import annotations

from datetime import date

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, passed, seen_in, unsure
from apexproof.checks.names import names_agree
from apexproof.checks.wording import patient_in_words
from apexproof.claim import Exhibit, Patient
from apexproof.observation import Observation, Stance, Weight, weigh
from apexproof.radiograph import PatientStatement

_REMEDY = "Compare the name and birth date on the image with the claim; attach the image of this patient."


@check("APX501", fault="radiograph-of-another-patient", failure=Failure.CONTRADICTED, since="0.1")
def radiograph_of_another_patient(case: Case, exhibit: Exhibit) -> Answer:
    """The radiograph is of another patient.

    ## What it looks at
    Name, birth date and chart number on the picture against the claim's. Names are compared without order, case,
    accents, middle names and titles. A birth date whose day and month may be exchanged is read in the policy's order
    (`[words] dates`); left open, it contradicts only when neither order agrees. When name and birth date do not agree
    with each other, a person decides. Another chart number alone says nothing: practices renumber. That the sender sent
    the image with this claim is the sender's word for the patient.

    ## Why it matters
    The image of another patient proves nothing here, and sending it to the payer discloses that patient's record.

    ## How to clear it
    Attach the image of this patient. If only a birth date was mistyped, correct it where it is wrong.

    ## References
    RARC N206, N382; CARC 140, 250. DICOM PS3.3 C.7.1.1; the chart number has no assigning authority.
    """
    patient = case.claim.patient
    observations = exhibit.radiograph.patient
    weighed = weigh(observations, lambda statement: _stance(statement, patient), demanded=case.policy.strength.patient)
    decided = (*weighed.supporting, *weighed.contradicting)
    undecided = [o for o in observations if o not in decided]
    partly = [(o, why) for o in undecided if o.value is not None and (why := _half_agreement(o.value, patient))]
    name, limit = exhibit.label, _in_words(patient)
    seen = seen_in(exhibit, *decided, *(o for o, _ in partly), value=patient_in_words)
    evidence = (*seen, in_claim("patient", limit))
    measured = seen[0].value if seen else None
    if weighed.weight is Weight.REFUTED:
        best = weighed.contradicting[0]
        return failed(
            f"{name} is of another patient than the claim's ({best.source}).",
            remedy=_REMEDY,
            measured=_said(best),
            limit=limit,
        ).because(*evidence)
    doubt = max(partly, key=lambda pair: pair[0].strength, default=None)
    if weighed.weight is Weight.ESTABLISHED and not (doubt and doubt[0].strength >= weighed.supporting[0].strength):
        return passed(
            f"{name} is of the claim's patient ({weighed.supporting[0].source}).", measured=measured, limit=limit
        ).because(*evidence)
    if weighed.weight is Weight.DISPUTED:
        yes, no = weighed.supporting[0], weighed.contradicting[0]
        message = f"{name} is of the claim's patient by {yes.source}, but of another by {no.source}."
        measured = _said(no)
    elif doubt is not None:
        measured = _said(doubt[0])
        message = f"{name}: {doubt[1]} ({doubt[0].source})."
    elif weighed.supporting:
        source = weighed.supporting[0].source
        message = f"{name} is of the claim's patient only by {source}, which this policy does not rely on."
    else:
        message = f"Nothing on {name} says whose it is."
    return unsure(message, remedy=_REMEDY, measured=measured, limit=limit).because(*evidence)


def _said(observation: Observation[PatientStatement]) -> str | None:
    return patient_in_words(observation.value) if observation.value else None


def _stance(statement: PatientStatement, patient: Patient) -> Stance:
    named, born = _names_agree(statement, patient), _births_agree(statement, patient)
    if named is None:
        return Stance.SUPPORTS if _same_chart(statement, patient) and born is not False else Stance.SILENT
    if named:
        return Stance.SILENT if born is False else Stance.SUPPORTS
    return Stance.SILENT if born or _same_chart(statement, patient) else Stance.CONTRADICTS


def _half_agreement(statement: PatientStatement, patient: Patient) -> str | None:
    """What agrees and what does not, in a statement that takes no side; None when it says nothing."""
    named, born = _names_agree(statement, patient), _births_agree(statement, patient)
    if born is False and named is not False:
        subject = "the name agrees and the birth date does not" if named else "the birth date does not agree"
        if statement.birth_date and patient.birth_date and _swapped(statement.birth_date, patient.birth_date):
            return f"{subject}, as day and month are exchanged"
        return subject
    if named is False:
        return f"the {'birth date' if born else 'chart number'} agrees and the name does not"
    return None


def _names_agree(statement: PatientStatement, patient: Patient) -> bool | None:
    if statement.name is None:
        return None
    return names_agree(statement.name, patient.name)


def _births_agree(statement: PatientStatement, patient: Patient) -> bool | None:
    """Whether the birth dates agree; None when one is missing, or agrees in one of two orders of day and month."""
    possible = statement.possible_births
    if not possible or patient.birth_date is None:
        return None
    if patient.birth_date not in possible:
        return False
    return True if statement.birth_date is not None else None


def _same_chart(statement: PatientStatement, patient: Patient) -> bool:
    return statement.chart_number is not None and statement.chart_number == patient.chart_number


def _swapped(one: date, other: date) -> bool:
    return one.year == other.year and (one.day, one.month) == (other.month, other.day)


def _in_words(patient: Patient) -> str:
    return patient_in_words(
        PatientStatement(name=patient.name, birth_date=patient.birth_date, chart_number=patient.chart_number)
    )
