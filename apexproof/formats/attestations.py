"""Attestations as documents: what a person sends, what is listed, and what `apexproof verify --attestations` takes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from apexproof.attestation import Attestation, Decision
from apexproof.errors import AttestationsUnusable
from apexproof.formats.native import declared_exposure, load_document, validated_document
from apexproof.formats.native_documents import Number, Sha256, Short, WrittenTooth
from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.view import View, ViewStatement

_FINDING_KEYS = ("line", "check")
_VALUE_KEYS = ("tooth", "date_taken", "view")


class AttestationDocument(BaseModel):
    """What a person says who looked.

    `accepted` and `rejected` settle the finding of a check on a line, about a file where the check is asked of each
    picture. `stated` says one thing of a file: its tooth, when it was taken, or its view. `revoked` takes an earlier
    word back.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    decision: Annotated[Decision, Field(strict=False)]
    person: Annotated[Short, Field(description="who looked", examples=["Dr. R. Larkspur"])]
    why: Annotated[str, Field(min_length=1, max_length=2000, description="what was seen, and where")]
    line: Annotated[int | None, Field(ge=1, le=9999, description="the service line of the finding")] = None
    check: Annotated[str | None, Field(pattern=r"^APX[0-9]{3}$", description="the check that found it")] = None
    file: Sha256 | None = None
    place: Annotated[str, Field(max_length=1000, description="the picture in the file, as the finding names it")] = ""
    tooth: WrittenTooth | None = None
    date_taken: Annotated[date | datetime | None, Field(union_mode="left_to_right")] = None
    view: Annotated[View | None, Field(strict=False)] = None
    revokes: Annotated[int | None, Field(ge=1, description="the number of the attestation that is taken back")] = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> AttestationDocument:
        stated = {name for name in (*_FINDING_KEYS, *_VALUE_KEYS, "file", "revokes") if getattr(self, name) is not None}
        match self.decision:
            case Decision.ACCEPTED | Decision.REJECTED:
                if stated - {"file"} != set(_FINDING_KEYS):
                    raise ValueError("'accepted' and 'rejected' need 'line' and 'check', 'file' for a picture, no more")
            case Decision.STATED:
                if stated - set(_VALUE_KEYS) != {"file"} or len(stated) != 2:  # noqa: PLR2004 - the file and the value
                    raise ValueError("'stated' needs 'file' and one of 'tooth', 'date_taken' and 'view', and no more")
            case Decision.REVOKED:
                if stated != {"revokes"}:
                    raise ValueError("'revoked' needs 'revokes' and no more")
        if self.tooth is not None and self.tooth.parsed() is None:
            raise ValueError("there is no such tooth in that system")
        return self


class ListedAttestation(AttestationDocument):
    """An attestation on record: the same, with its number, when and by which key it came, and what it settles.

    `finding` is a digest over what the finding said: when that says something else, it is open again.
    """

    number: Annotated[int | None, Field(ge=1, description="its place in the list when it is not stated")] = None
    claim_number: Number | None = None
    made_at: Annotated[datetime | None, Field(strict=False)] = None
    key: Annotated[str | None, Field(max_length=100, description="name of the key by which it was sent")] = None
    finding: Sha256 | None = None


class AttestationsDocument(BaseModel):
    """The attestations of a claim, or of several."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    attestations: Annotated[list[ListedAttestation], Field(max_length=10_000)]


def parse_attestation(content: bytes, *, origin: str) -> AttestationDocument:
    """Read one attestation.

    Raises:
        AttestationsUnusable: it is no JSON or not of the schema.
    """
    loaded = load_document(content, origin, AttestationsUnusable)
    return validated_document(AttestationDocument, loaded, origin, AttestationsUnusable)


def parse_attestations(content: bytes, *, origin: str) -> tuple[Attestation, ...]:
    """Read a document of attestations.

    Raises:
        AttestationsUnusable: it is no JSON or not of the schema.
    """
    loaded = load_document(content, origin, AttestationsUnusable)
    document = validated_document(AttestationsDocument, loaded, origin, AttestationsUnusable)
    return tuple(attestation_of(one, number) for number, one in enumerate(document.attestations, start=1))


def attestation_of(document: ListedAttestation, number: int) -> Attestation:
    """The attestation that a document writes down; `number` when it states none."""
    tooth = document.tooth.parsed() if document.tooth else None
    teeth = None
    if document.tooth is not None and tooth is not None:
        reading = TeethReading(system=document.tooth.system, teeth=(tooth,))
        teeth = TeethStatement(written=document.tooth.number, readings=(reading,))
    return Attestation(
        number=document.number or number,
        person=document.person,
        why=document.why,
        decision=document.decision,
        claim_number=document.claim_number,
        key=document.key,
        line=document.line,
        check=document.check,
        sha256=document.file,
        place=document.place,
        finding=document.finding,
        teeth=teeth,
        taken=declared_exposure(document.date_taken),
        view=ViewStatement(possible=frozenset({document.view})) if document.view else None,
        revokes=document.revokes,
    )
