"""Precedents: what an organisation's other claims say that bears on a claim: services on its teeth, and its films.

What bears on a claim follows from what was claimed and read alone, never from an outcome: judging one claim anew
changes nothing for another, so it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.claim import INITIAL_VISIT, Claim, ClaimKind, EarlierImage, EarlierService, History, Patient, ServiceLine
from apexproof.errors import ClaimUnusable
from apexproof.formats.native import parse_earlier_claim
from apexproof.person import NameAgreement, compare_names
from apexproof.store.claims import as_read_by
from apexproof.store.films import Use, films_by_id, uses_elsewhere
from apexproof.store.histories import (
    NO_PAST,
    ClaimedThen,
    Past,
    claimed_then,
    digest_of,
    files_now,
    index_patient,
    judged_against,
    kept_history,
    kin,
    patient_keys,
    revisions_now,
)
from apexproof.store.jobs import Clock, Ring, Work, promise, queued_for_claims
from apexproof.store.tables import ClaimRow, FilmRow
from apexproof.store.verifications import standing
from apexproof.tooth import Tooth

_ENDODONTIC = "D33"
_TOLD_MOST = 200  # claims that one change lets be judged again


class _ServiceReference(BaseModel):
    model_config = ConfigDict(frozen=True)

    claim: int
    revision: int
    line: int
    doubted: bool


class _ImageReference(BaseModel):
    model_config = ConfigDict(frozen=True)

    claim: int
    revision: int
    sha256: str
    film: int | None


class _References(BaseModel):
    """Where each service and image of a history stands."""

    model_config = ConfigDict(frozen=True)

    services: tuple[_ServiceReference, ...] = ()
    images: tuple[_ImageReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """The claims and films that references lead to."""

    claims: Mapping[ClaimedThen, Claim]
    films: Mapping[int, FilmRow]


def index_claim(session: Session, row: ClaimRow, claim: Claim) -> None:
    """Let a claim be found by its patient, when it has a service on the inside of a tooth."""
    has_any = any(line.procedure.startswith(_ENDODONTIC) for line in claim.lines)
    index_patient(session, row, patient_keys(claim.patient) if has_any else ())


def pasts(
    session: Session, organisation: str, claims: Mapping[int, int], files: Mapping[int, Sequence[str]]
) -> dict[int, Past]:
    """What bears on each of these claims (their revisions, and the hashes of their files), now."""
    of_patient = kin(session, organisation, list(claims))
    uses = uses_elsewhere(
        session, organisation, {claim: files.get(claim, ()) for claim in claims}, reader=READER_VERSION
    )
    affected = sorted({*of_patient, *uses})
    wanted = {ClaimedThen(claim_id=claim, revision=claims[claim]) for claim in of_patient}
    wanted |= {other for others in of_patient.values() for other in others}
    wanted |= {_then(use) for of_claim in uses.values() for use in of_claim}
    earlier = _earlier(session, organisation, wanted, (use.film_id for each in uses.values() for use in each))
    found = dict.fromkeys(claims, NO_PAST)
    for claim in affected:
        own = ClaimedThen(claim_id=claim, revision=claims[claim])
        references = _References(
            services=tuple(_services(earlier, own, of_patient.get(claim, ()))),
            images=tuple(
                _ImageReference(claim=use.claim_id, revision=use.revision, sha256=use.sha256, film=use.film_id)
                for use in uses.get(claim, ())
            ),
        )
        near = {use.claim_id for use in uses.get(claim, ())} | {other.claim_id for other in of_patient.get(claim, ())}
        found[claim] = _past(references, earlier, near)
    return found


def past_as_kept(session: Session, organisation: str, claim_id: int, digest: str) -> Past:
    """What a claim was judged against then, from what is kept of it."""
    document = kept_history(session, claim_id, digest)
    if document is None:
        return NO_PAST
    references = _References.model_validate_json(document)
    wanted = {ClaimedThen(claim_id=one.claim, revision=one.revision) for one in references.services}
    wanted |= {ClaimedThen(claim_id=one.claim, revision=one.revision) for one in references.images}
    films = (image.film for image in references.images)
    return _past(references, _earlier(session, organisation, wanted, films), ())


def tell_others(session: Session, row: ClaimRow, past: Past, clock: Clock) -> list[Ring]:
    """Promise to judge the claims again on which this one bears otherwise than when they were judged.

    Those who wait in the queue already will see it without being told.
    """
    others = sorted({*past.near, *judged_against(session, row.organisation, row.id)} - {row.id})[:_TOLD_MOST]
    if not others:
        return []
    waiting = queued_for_claims(session, others)
    asked = standing(session, others)
    revisions = revisions_now(session, row.organisation, others)
    now = pasts(session, row.organisation, revisions, files_now(session, row.organisation, others))
    stale = [
        other
        for other in revisions
        if other not in waiting and (other not in asked or asked[other].history_digest != now[other].digest)
    ]
    return [promise(session, Work.VERIFY, of=session.get_one(ClaimRow, other), clock=clock) for other in sorted(stale)]


def _earlier(
    session: Session, organisation: str, wanted: Iterable[ClaimedThen], films: Iterable[int | None]
) -> _Earlier:
    claims: dict[ClaimedThen, Claim] = {}
    for then, kept in claimed_then(session, organisation, wanted).items():
        with suppress(ClaimUnusable):  # an older version took it; what it says is not known to this one
            claims[then] = parse_earlier_claim(kept.document, as_read_by(__version__, kept.as_read))
    ids = sorted({film for film in films if film is not None})
    return _Earlier(claims=claims, films=films_by_id(session, organisation, ids) if ids else {})


def _then(use: Use) -> ClaimedThen:
    return ClaimedThen(claim_id=use.claim_id, revision=use.revision)


def _services(earlier: _Earlier, own: ClaimedThen, others: Sequence[ClaimedThen]) -> Iterator[_ServiceReference]:
    """What other claims bill for this patient on a tooth whose initial visit is claimed."""
    claim = earlier.claims.get(own)
    visits = {} if claim is None else _visits(claim)
    if claim is None or not visits:
        return
    for other in others:
        theirs = earlier.claims.get(other)
        if theirs is None or theirs.kind is ClaimKind.PREDETERMINATION:
            continue  # what is only asked for has not been done
        doubted = _doubted(claim, theirs)
        if doubted is None:
            continue
        for line in theirs.lines:
            if line.procedure.startswith(_ENDODONTIC) and _bears(line, visits, earlier=other.claim_id < own.claim_id):
                yield _ServiceReference(
                    claim=other.claim_id, revision=other.revision, line=line.number, doubted=doubted
                )


def _visits(claim: Claim) -> dict[Tooth, date | None]:
    """The teeth whose initial visit is claimed, each with the first day that is stated for it."""
    visits: dict[Tooth, date | None] = {}
    for line in claim.initial_visits():
        if line.tooth is not None and line.tooth.tooth is not None:
            known = visits.get(line.tooth.tooth)
            visits[line.tooth.tooth] = min((day for day in (known, line.first_day) if day), default=None)
    return visits


def _bears(line: ServiceLine, visits: Mapping[Tooth, date | None], *, earlier: bool) -> bool:
    """Whether a line of another claim says something of these visits.

    Of two claims for one initial visit the later one repeats it: by its day, or by when it came when the days are one
    or not stated. So the first keeps its answer when the second arrives.
    """
    tooth = line.tooth.tooth if line.tooth else None
    if line.procedure != INITIAL_VISIT:
        return tooth in visits
    if tooth is not None and tooth not in visits:
        return False
    ours = visits[tooth] if tooth is not None else min((day for day in visits.values() if day), default=None)
    if ours is not None and line.first_day is not None and ours != line.first_day:
        return line.first_day < ours
    return earlier


def _doubted(claim: Claim, other: Claim) -> bool | None:
    """Whether it is doubtful that two claims are of one patient; None when they are not known to be.

    Names that agree and one birth date are one patient, unless one payer knows them under two member ids. Where a
    birth date is missing, the member id has to be the same.
    """
    ours, theirs = claim.patient, other.patient
    if compare_names(ours.name, theirs.name) is NameAgreement.DIFFERENT:
        return None
    same_member = _same_member(ours, theirs)
    if ours.birth_date is None or theirs.birth_date is None:
        return False if same_member else None
    if ours.birth_date != theirs.birth_date:
        return None
    payer = claim.payer.identifier or claim.payer.name
    return same_member is False and payer is not None and payer == (other.payer.identifier or other.payer.name)


def _same_member(one: Patient, other: Patient) -> bool | None:
    if one.member_id is None or other.member_id is None:
        return None
    return one.member_id.casefold() == other.member_id.casefold()


def _past(references: _References, earlier: _Earlier, near: Iterable[int]) -> Past:
    services = sorted(_earlier_services(references, earlier), key=_service_said)
    images = sorted(_earlier_images(references, earlier), key=_image_said)
    others = {one.claim for one in references.services} | {one.claim for one in references.images}
    return Past(
        history=History(services=tuple(services), images=tuple(images)),
        digest=digest_of([_service_said(one) for one in services], [_image_said(one) for one in images]),
        document=references.model_dump_json(),
        others=frozenset(others),
        near=frozenset(near),
    )


def _earlier_services(references: _References, earlier: _Earlier) -> Iterator[EarlierService]:
    for reference in references.services:
        claim = earlier.claims.get(ClaimedThen(claim_id=reference.claim, revision=reference.revision))
        lines = () if claim is None else (line for line in claim.lines if line.number == reference.line)
        for line in lines:
            yield EarlierService(
                procedure=line.procedure,
                tooth=line.tooth.tooth if line.tooth else None,
                service_date=line.first_day,
                claim_number=claim.number if claim else None,
                patient_doubted=reference.doubted,
            )


def _earlier_images(references: _References, earlier: _Earlier) -> Iterator[EarlierImage]:
    for reference in references.images:
        claim = earlier.claims.get(ClaimedThen(claim_id=reference.claim, revision=reference.revision))
        film = earlier.films.get(reference.film) if reference.film is not None else None
        if claim is not None and (film is not None or reference.film is None):
            yield EarlierImage(
                claim_number=claim.number,
                sha256=reference.sha256,
                pixel_sha256=film.pixel_sha256 if film else None,
                perceptual=film.perceptual if film else None,
                patient_name=claim.patient.name,
                patient_birth_date=claim.patient.birth_date,
                patient_member_id=claim.patient.member_id,
            )


def _service_said(service: EarlierService) -> tuple[str, ...]:
    return (
        str(service.service_date or ""),
        service.claim_number or "",
        service.procedure,
        str(service.tooth or ""),
        "doubted" if service.patient_doubted else "",
    )


def _image_said(image: EarlierImage) -> tuple[str, ...]:
    patient = image.patient_name
    said = (image.claim_number, image.sha256, image.pixel_sha256, image.perceptual)
    name = () if patient is None else (patient.family, patient.given, patient.middle, patient.suffix)
    return tuple(str(one or "") for one in (*said, *name, image.patient_birth_date, image.patient_member_id))
