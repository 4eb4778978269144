"""Attesting: a person's word on a claim is taken in, when there is something to settle, and the claim judged again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from apexproof.attestation import Attestation, Decision, in_force
from apexproof.checks.case import Result
from apexproof.errors import ApexproofError
from apexproof.formats.attestations import AttestationDocument, ListedAttestation, attestation_of, parse_attestation
from apexproof.policy import Policy
from apexproof.settlement import finding_digest, may_be_accepted, may_be_rejected, may_be_settled, stated_values
from apexproof.store.attachments import attachments_of
from apexproof.store.attestations import Word, add_attestation, attestations_of
from apexproof.store.claims import hold_claim
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.keys import Caller, key_name
from apexproof.store.tables import AttestationRow, ClaimRow
from apexproof.store.verifications import verification


class AttestationRefused(ApexproofError):
    """There is nothing that this word could settle, or the policy does not let it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A word that was taken in; `is_new` unless the same was said before and holds."""

    row: AttestationRow
    is_new: bool
    rings: tuple[Ring, ...]


def attest(session: Session, claim_id: int, content: bytes, who: Caller, clock: Clock) -> Attested:
    """Take in what a person says of a claim.

    Raises:
        AttestationsUnusable: it is no attestation.
        AttestationRefused: it settles nothing here.
    """
    said = parse_attestation(content, origin="request body")
    claim = hold_claim(session, claim_id)
    rows = attestations_of(session, claim.organisation, [claim.id]).get(claim.id, ())
    holding = in_force(known_attestations(rows))
    document = said.model_dump_json(exclude_defaults=True)
    finding = _must_settle(session, claim, said, holding)
    for row in rows:
        same = (row.document, row.finding) == (document, finding)
        if same and any(one.number == row.number for one in holding):
            return Attested(row=row, is_new=False, rings=())
    word = Word(document=document, finding=finding, key=who.key, key_name=key_name(session, who.key))
    row = add_attestation(session, claim, word, now=clock.now)
    return Attested(row=row, is_new=True, rings=(promise(session, Work.VERIFY, of=claim, clock=clock),))


def known_attestations(rows: Iterable[AttestationRow]) -> tuple[Attestation, ...]:
    """The nouns of what is kept."""
    return tuple(attestation_of(listed(row), row.number) for row in rows)


def listed(row: AttestationRow) -> ListedAttestation:
    """A word as it is listed."""
    said = AttestationDocument.model_validate_json(row.document)
    return ListedAttestation(
        **dict(said), number=row.number, made_at=row.made_at, key=row.key_name or row.key, finding=row.finding
    )


def _must_settle(
    session: Session, claim: ClaimRow, said: AttestationDocument, holding: Sequence[Attestation]
) -> str | None:
    """The digest of the finding that it settles; None when it is about no finding."""
    if said.decision is Decision.REVOKED:
        if not any(one.number == said.revokes for one in holding):
            raise AttestationRefused(
                "There is no attestation of this number on the claim, or it was taken back before."
            )
        return None
    found = verification(session, claim.id, claim.verification) if claim.verification else None
    if found is None:
        raise AttestationRefused("This claim has not been verified yet; look at what is found before you settle it.")
    policy = Policy.model_validate_json(found[1].document)
    if said.file is not None and said.file not in {file.sha256 for file in attachments_of(session, claim)}:
        raise AttestationRefused("This claim has no file of this hash; name one that is attached.")
    if said.decision is Decision.STATED:
        heard = stated_values(attestation_of(ListedAttestation(**dict(said)), 1))
        if not any(may_be_settled(policy, check) for check in heard):
            raise AttestationRefused(f"The policy {policy.name} takes no person's word for that; send evidence.")
        return None
    return _settled_finding(json.loads(found[0].document), said, policy)


def _settled_finding(document: dict[str, Any], said: AttestationDocument, policy: Policy) -> str:
    check = said.check or ""
    found = next((one for one in _findings(document, said) if one["check"] == check), None)
    if found is None:
        raise AttestationRefused(
            "The verification that holds now has no such finding; name line, check, file and place as it does."
        )
    result = Result(found["result"])
    if not may_be_settled(policy, check):
        raise AttestationRefused(f"The policy {policy.name} lets nobody settle {check}; send evidence.")
    accepts = said.decision is Decision.ACCEPTED
    if accepts and result is Result.FAIL and not may_be_accepted(policy, check, result):
        raise AttestationRefused(f"{check} was refuted, which no word turns round under this policy; send evidence.")
    if not (may_be_accepted(policy, check, result) if accepts else may_be_rejected(result)):
        raise AttestationRefused(f"{check} came out '{result}', so there is nothing to settle.")
    evidence = [(piece["value"], piece["source"]) for piece in found["evidence"]]
    return finding_digest(check, result, found["message"], evidence)


def _findings(document: dict[str, Any], said: AttestationDocument) -> Iterator[dict[str, Any]]:
    """The findings on that line, about that picture or about none."""
    for line in document["lines"]:
        if line["line"] != said.line:
            continue
        for one in (*line["findings"], *(found for seen in line["considered"] for found in seen["obstacles"])):
            picture = one["radiograph"]
            about = (picture["sha256"], picture["place"]) if picture else (None, "")
            if about == (said.file, said.place):
                yield one
