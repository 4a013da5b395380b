"""Who is in an open deal of a CRM, so that nobody begins to court somebody whom sales are already selling to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects import groups
from prospects.ids import AccountId, ProspectId
from prospects.rows import ProspectRow
from prospects.store import insert_new, upsert
from prospects.table import Base


class OpenDealRow(Base):
    """One deal that is open in a CRM; gone once it is won, lost or deleted. `deal` is `CRM/its id there`.

    `names_people` says whether the CRM names anybody for it: if not, it is everybody's at the company.
    """

    __tablename__ = "open_deal"
    __table_args__ = (Index("ix_open_deal_account_id", "account_id"),)

    deal: Mapped[str] = mapped_column(String(120), primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    names_people: Mapped[bool]


class InDealRow(Base):
    """Somebody whom a CRM names for an open deal; gone with the deal, and with the person."""

    __tablename__ = "in_deal"
    __table_args__ = (Index("ix_in_deal_deal", "deal"),)

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    deal: Mapped[str] = mapped_column(
        ForeignKey("open_deal.deal", ondelete="CASCADE"), primary_key=True
    )

    __erasure_drops_row__: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal as it is open now, with whom the CRM names for it and we know."""

    deal: str
    account_id: AccountId | None
    names_people: bool
    people: tuple[ProspectId, ...] = ()


def opened(session: Session, deals: Sequence[OpenDeal]) -> None:
    """These are open, with these people and no others."""
    ordered = sorted(deals, key=lambda each: each.deal)
    rows: list[dict[str, Any]] = [
        {"deal": each.deal, "account_id": each.account_id, "names_people": each.names_people}
        for each in ordered
    ]
    upsert(session, OpenDealRow, rows, on=["deal"])
    names = [each.deal for each in ordered]
    session.execute(delete(InDealRow).where(InDealRow.deal.in_(names)))
    people = {(who, each.deal) for each in ordered for who in each.people}
    rows = [{"prospect_id": who, "deal": deal} for who, deal in sorted(people)]
    insert_new(session, InDealRow, rows, on=["prospect_id", "deal"])


def closed(session: Session, deals: Collection[str]) -> None:
    """These are open no more, whichever way they ended."""
    session.execute(delete(InDealRow).where(InDealRow.deal.in_(deals)))
    session.execute(delete(OpenDealRow).where(OpenDealRow.deal.in_(deals)))


def in_open_deal(
    session: Session, people: Mapping[ProspectId, AccountId | None]
) -> set[ProspectId]:
    """Who of these people (with their companies) is in an open deal.

    They, or whom they absorbed, are named for one; or their company has one that names nobody.
    """
    if session.execute(select(OpenDealRow.deal).limit(1)).first() is None:
        return set()
    members = groups.members(session, people)
    named = session.execute(
        select(InDealRow.prospect_id).where(InDealRow.prospect_id.in_(list(members)))
    ).scalars()
    found = {ProspectId(members[who]) for who in named}
    companies = {each for each in people.values() if each is not None}
    nobodys = set(
        session.execute(
            select(OpenDealRow.account_id).where(
                OpenDealRow.account_id.in_(companies), OpenDealRow.names_people.is_(False)
            )
        ).scalars()
    )
    return found | {who for who, company in people.items() if company in nobodys}


def people_of(session: Session, deals: Sequence[OpenDeal]) -> dict[str, set[ProspectId]]:
    """Everybody each of these deals is about: whom it names, else who is known at its company."""
    found = {each.deal: set(each.people) for each in deals}
    unnamed = [each for each in deals if not each.names_people and each.account_id]
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.account_id).where(
            ProspectRow.account_id.in_({each.account_id for each in unnamed}),
            ProspectRow.erased_at.is_(None),
            ProspectRow.absorbed_by.is_(None),
        )
    ).all()
    for each in unnamed:
        theirs = (ProspectId(row.id) for row in rows if row.account_id == each.account_id)
        found[each.deal].update(theirs)
    return found
