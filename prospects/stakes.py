"""Who is who at a company: each person's role in the purchase, and whether they are for us."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects import groups
from prospects.ids import MemberId, ProspectId
from prospects.store import upsert
from prospects.table import Base


class Stake(StrEnum):
    """What somebody is in their company's purchase."""

    DECISION_MAKER = "decision_maker"
    CHAMPION = "champion"
    USER = "user"
    BLOCKER = "blocker"


class Stance(StrEnum):
    """Whether somebody wants it."""

    FOR = "for"
    NEUTRAL = "neutral"
    AGAINST = "against"


class StakeRow(Base):
    """What one of us said last about one person, with who and when; gone with the person."""

    __tablename__ = "stake"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    stake: Mapped[str | None] = mapped_column(String(15))
    stance: Mapped[str | None] = mapped_column(String(10))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    said_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True


def of(session: Session, people: Collection[UUID]) -> dict[UUID, StakeRow]:
    """The last word on each of these people, or on somebody they absorbed; of whom nobody spoke is left out."""
    heads = groups.members(session, people)
    query = select(StakeRow).where(StakeRow.prospect_id.in_(list(heads)))
    rows = session.execute(query.order_by(StakeRow.said_at, StakeRow.prospect_id)).scalars()
    return {heads[row.prospect_id]: row for row in rows}


def say(
    session: Session,
    prospect_id: ProspectId,
    stake: Stake | None,
    stance: Stance | None,
    *,
    by: MemberId,
    now: datetime,
) -> None:
    """Write down who somebody is; the last word counts, and None is "not known"."""
    row = {"prospect_id": prospect_id, "stake": stake, "stance": stance}
    upsert(session, StakeRow, [{**row, "member_id": by, "said_at": now}], on=["prospect_id"])
