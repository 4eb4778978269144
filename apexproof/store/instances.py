"""Instances: DICOM objects that came by themselves, which of them wait for a person, and what a viewer searches for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from apexproof.store.database import ask, insert_once
from apexproof.store.tables import InstanceRow, TombstoneRow


class InstanceState(StrEnum):
    """Where an instance is: with its claim, before a person, or sent away by one."""

    JOINED = "joined"
    WAITING = "waiting"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Which instances are searched for.

    `equal` and `alike` go by the name of a column; `alike` values hold `*` and `?` as PS3.4 C.2.2.2.4 says. `days` are
    the first and the last Study Date, as written. `modalities` are those of which a study has one.
    """

    equal: Mapping[str, Collection[str]] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    days: tuple[str, str] | None = None
    modalities: Collection[str] = ()


def add_instance(session: Session, values: Mapping[str, Any]) -> tuple[InstanceRow, bool]:
    """Add an instance, and say whether it is new: the same data set in the same syntax is the same instance."""
    is_new = insert_once(session, InstanceRow, values)
    found = select(InstanceRow).where(
        InstanceRow.organisation == values["organisation"], InstanceRow.content == values["content"]
    )
    return session.execute(found.with_for_update()).scalar_one(), is_new


def is_gone(session: Session, row: InstanceRow) -> bool:
    """Whether its file was deleted, or never came to be kept."""
    return row.attachment_id is None or session.get(TombstoneRow, row.attachment_id) is not None


def has_another(session: Session, row: InstanceRow) -> bool:
    """Whether another data set came under the same SOP Instance UID."""
    same = InstanceRow.organisation == row.organisation, InstanceRow.uid == row.uid
    return bool(session.scalar(select(exists().where(*same, InstanceRow.id != row.id))))


def waiting(session: Session, organisation: str, *, after: int = 0, most: int) -> Sequence[InstanceRow]:
    """What waits for a person, the longest waiting first, from behind the last one seen."""
    found = _waiting(organisation).where(InstanceRow.id > after)
    return session.scalars(found.order_by(InstanceRow.id).limit(most)).all()


def any_waits(session: Session, organisation: str) -> bool:
    """Whether anything of the organisation waits."""
    return ask(session, _ONE_WAITS, {"organisation": organisation}).first() is not None


def waiting_for(
    session: Session, organisation: str, numbers: Collection[str], birth_date: date | None, *, most: int
) -> Sequence[InstanceRow]:
    """What waits and states one of these numbers, or this birth date."""
    either = [getattr(InstanceRow, column).in_(numbers) for column in ("accession", "study_id", "study")]
    if birth_date is not None:
        either.append(InstanceRow.birth_date == birth_date)
    return session.scalars(_waiting(organisation).where(or_(*either)).order_by(InstanceRow.id).limit(most)).all()


def waiting_instance(session: Session, organisation: str, identity: int) -> InstanceRow | None:
    """One that waits, held until the transaction ends."""
    return session.scalar(_waiting(organisation).where(InstanceRow.id == identity).with_for_update())


def of_attachment(session: Session, attachment_id: int) -> InstanceRow | None:
    """The instance whose file an attachment is, if it waits; held until the transaction ends."""
    return session.scalar(_OF_ATTACHMENT, {"attachment": attachment_id})


def matching_instances(
    session: Session, organisation: str, matching: Matching, *, offset: int = 0, most: int
) -> Sequence[InstanceRow]:
    """The instances that are searched for, in the order in which they came; what is gone is left out."""
    query = select(InstanceRow).where(*_where(organisation, matching)).order_by(InstanceRow.id)
    return session.scalars(query.offset(offset).limit(most)).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A study or series: the first instance of it that came, and what it holds."""

    first: InstanceRow
    modalities: tuple[str, ...]
    series: int
    instances: int


def matching_groups(
    session: Session, organisation: str, matching: Matching, *, by: Sequence[str], offset: int, most: int
) -> list[Group]:
    """The studies (by `study`) or series (by `study` and `series`) of which an instance is searched for."""
    columns = [getattr(InstanceRow, name) for name in by]
    query = select(*columns).where(*_where(organisation, matching)).group_by(*columns)
    found = session.execute(query.order_by(func.min(InstanceRow.id)).offset(offset).limit(most)).all()
    return [_group(session, organisation, by, row) for row in found]


def _group(session: Session, organisation: str, by: Sequence[str], row: Row[Any]) -> Group:
    own = _where(organisation, Matching(equal={name: [row[place]] for place, name in enumerate(by)}))
    counted = select(func.min(InstanceRow.id), func.count(), func.count(InstanceRow.series.distinct())).where(*own)
    first, instances, series = session.execute(counted).one()
    modalities = session.scalars(select(InstanceRow.modality).where(*own).distinct().order_by(InstanceRow.modality))
    return Group(
        first=session.get_one(InstanceRow, first), modalities=tuple(modalities), series=series, instances=instances
    )


def _waiting(organisation: str | BindParameter[str]) -> Select[InstanceRow]:
    return select(InstanceRow).where(
        InstanceRow.organisation == organisation, InstanceRow.state == InstanceState.WAITING
    )


# Asked with every file, so made once: that takes longer than to ask it.
_ONE_WAITS = _waiting(bindparam("organisation")).with_only_columns(InstanceRow.id).limit(1)
_OF_ATTACHMENT = (
    select(InstanceRow)
    .where(InstanceRow.attachment_id == bindparam("attachment"), InstanceRow.state == InstanceState.WAITING)
    .with_for_update()
)


def _where(organisation: str, matching: Matching) -> list[ColumnElement[bool]]:
    gone = exists().where(TombstoneRow.attachment_id == InstanceRow.attachment_id)
    where: list[ColumnElement[bool]] = [
        InstanceRow.organisation == organisation,
        InstanceRow.attachment_id.is_not(None),
        ~gone,
    ]
    where += [getattr(InstanceRow, name).in_(values) for name, values in matching.equal.items()]
    where += [
        func.lower(getattr(InstanceRow, name)).like(_like(value), escape="\\") for name, value in matching.alike.items()
    ]
    if matching.days:
        where += [InstanceRow.study_date >= matching.days[0], InstanceRow.study_date <= matching.days[1]]
    if matching.modalities:
        other = aliased(InstanceRow)
        where.append(
            exists().where(
                other.organisation == organisation,
                other.study == InstanceRow.study,
                other.modality.in_(matching.modalities),
            )
        )
    return where


def _like(value: str) -> str:
    escaped = value.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")
