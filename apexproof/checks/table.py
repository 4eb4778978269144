"""Table: every check, in the order in which they are asked and shown. A check exists when it stands here."""

from __future__ import annotations

from collections.abc import Iterable

from apexproof.checks.age_implausible import age_implausible
from apexproof.checks.attachment_control_number_missing import attachment_control_number_missing
from apexproof.checks.billed_image_disagrees import billed_image_disagrees
from apexproof.checks.case import Check, ExhibitCheck, LineCheck
from apexproof.checks.cause_not_documented import cause_not_documented
from apexproof.checks.conflicting_procedure import conflicting_procedure
from apexproof.checks.declared_attachment_not_received import declared_attachment_not_received
from apexproof.checks.file_unreadable import file_unreadable
from apexproof.checks.image_attached_twice import image_attached_twice
from apexproof.checks.image_mirrored import image_mirrored
from apexproof.checks.image_of_another_patients_claim import image_of_another_patients_claim
from apexproof.checks.image_used_on_another_claim import image_used_on_another_claim
from apexproof.checks.impossible_date import impossible_date
from apexproof.checks.initial_visit_billed_before import initial_visit_billed_before
from apexproof.checks.narrative_denies_open_apex import narrative_denies_open_apex
from apexproof.checks.narrative_names_another_tooth import narrative_names_another_tooth
from apexproof.checks.narrative_tells_of_a_later_visit import narrative_tells_of_a_later_visit
from apexproof.checks.no_attachment import no_attachment
from apexproof.checks.no_periapical_view import no_periapical_view
from apexproof.checks.no_readable_image import no_readable_image
from apexproof.checks.open_apex_not_documented import open_apex_not_documented
from apexproof.checks.plan_not_documented import plan_not_documented
from apexproof.checks.radiograph_illegible import radiograph_illegible
from apexproof.checks.radiograph_of_another_patient import radiograph_of_another_patient
from apexproof.checks.radiograph_shows_another_tooth import radiograph_shows_another_tooth
from apexproof.checks.radiograph_taken_after_visit import radiograph_taken_after_visit
from apexproof.checks.radiograph_too_old import radiograph_too_old
from apexproof.checks.radiograph_turned import radiograph_turned
from apexproof.checks.service_date_missing import service_date_missing
from apexproof.checks.sources_disagree import sources_disagree
from apexproof.checks.tooth_listed_missing import tooth_listed_missing
from apexproof.checks.tooth_missing_or_invalid import tooth_missing_or_invalid
from apexproof.checks.tooth_not_permanent import tooth_not_permanent
from apexproof.checks.treatment_not_documented import treatment_not_documented
from apexproof.checks.visits_out_of_order import visits_out_of_order
from apexproof.errors import PolicyUnusable
from apexproof.policy import Policy

LINE_CHECKS: tuple[Check[LineCheck], ...] = (
    no_attachment,
    no_readable_image,
    file_unreadable,
    declared_attachment_not_received,
    attachment_control_number_missing,
    tooth_missing_or_invalid,
    tooth_not_permanent,
    tooth_listed_missing,
    age_implausible,
    service_date_missing,
    initial_visit_billed_before,
    visits_out_of_order,
    conflicting_procedure,
    billed_image_disagrees,
    narrative_denies_open_apex,
    open_apex_not_documented,
    cause_not_documented,
    treatment_not_documented,
    plan_not_documented,
    narrative_names_another_tooth,
    narrative_tells_of_a_later_visit,
)
"""Asked once for the line."""

EXHIBIT_CHECKS: tuple[Check[ExhibitCheck], ...] = (
    no_periapical_view,
    radiograph_shows_another_tooth,
    radiograph_of_another_patient,
    radiograph_taken_after_visit,
    radiograph_too_old,
    radiograph_illegible,
    image_of_another_patients_claim,
    image_used_on_another_claim,
    image_attached_twice,
    impossible_date,
    image_mirrored,
    radiograph_turned,
    sources_disagree,
)
"""Asked for each picture; one picture has to pass all that are required."""

ALL_CHECKS: tuple[Check[LineCheck] | Check[ExhibitCheck], ...] = (*LINE_CHECKS, *EXHIBIT_CHECKS)


def find_check(number: str) -> Check[LineCheck] | Check[ExhibitCheck] | None:
    """The check with that id or fault, whatever its case."""
    sought = number.strip().casefold()
    return next((check for check in ALL_CHECKS if sought in (check.id.casefold(), check.fault)), None)


def demand_all_known(policy: Policy) -> None:
    """Refuse a policy that names a check which does not exist, or leaves one out: both hide a mistake.

    Raises:
        PolicyUnusable: names the first such check.
    """
    known = {check.id for check in ALL_CHECKS}
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("checks", policy.checks),
        ("remark_codes", policy.remark_codes),
        ("attestations.may_settle", policy.attestations.may_settle),
        ("attestations.may_overrule", policy.attestations.may_overrule),
    )
    for section, named in sections:
        for number in sorted(set(named) - known):
            raise PolicyUnusable(origin=policy.name, place=f"{section}.{number}", reason="there is no such check")
    for number in sorted(known - policy.checks.keys()):
        reason = "the policy does not say what this check counts for: required, advisory or off"
        raise PolicyUnusable(origin=policy.name, place=f"checks.{number}", reason=reason)
