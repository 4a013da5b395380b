"""The people who work here: roles, hours, weight, capacity."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects import configuration
from prospects.ids import MemberId, new_id
from prospects.member import Member as Member
from prospects.member import Role as Role
from prospects.table import Base


class MemberRow(Base):
    """One colleague. E-mail is the key people know them by, in lower case."""

    __tablename__ = "member"
    __table_args__ = (CheckConstraint("weight > 0", name="weight"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    zone: Mapped[str] = mapped_column(default="UTC")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    weight: Mapped[float] = mapped_column(default=1.0)
    capacity: Mapped[dict[str, Any]] = mapped_column(default=dict)
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)
    absences: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


def members(session: Session) -> list[Member]:
    """Everybody, active or not, by e-mail."""
    return [
        member_of(row)
        for row in session.execute(select(MemberRow).order_by(MemberRow.email)).scalars()
    ]


def member(session: Session, member_id: MemberId) -> Member | None:
    """One colleague by id."""
    row = session.get(MemberRow, member_id)
    return member_of(row) if row else None


def by_email(session: Session, email: str) -> Member | None:
    """One colleague by e-mail, in any case."""
    row = session.execute(
        select(MemberRow).where(MemberRow.email == email.strip().lower())
    ).scalar_one_or_none()
    return member_of(row) if row else None


def left() -> Select[UUID]:
    """The ids of those who no longer work here, to be asked for within another query."""
    return select(MemberRow.id).where(MemberRow.active.is_(False))


def save(session: Session, people: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add or change colleagues by e-mail; keys as MemberRow's columns, absent ones keep or default."""
    known = {row.email: row for row in session.execute(select(MemberRow)).scalars()}
    for person in people:
        email = str(person["email"]).strip().lower()
        row = known.get(email)
        if row is None:
            created = {"name": email, "roles": [], **person, "email": email}
            session.add(MemberRow(id=new_id(now), created_at=now, **created))
            continue
        for name, value in {**person, "email": email}.items():
            setattr(row, name, value)
    session.flush()
    configuration.touch(session)


def member_of(row: MemberRow) -> Member:
    """The value of a row."""
    return Member(
        id=MemberId(row.id),
        email=row.email,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        zone=row.zone,
        hours=row.hours,
        weight=row.weight,
        capacity=row.capacity,
        skills=row.skills,
        absences=tuple(row.absences),
        active=row.active,
    )
