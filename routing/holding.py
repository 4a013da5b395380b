"""Takes one handoff in hand: locks its account and person, waits its turn, and closes it in the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import ProspectId
from prospects.member import Member
from prospects.rows import AccountRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.store import on_sqlite, table_of
from prospects.topics import Topic
from prospects.values import HandoffRef, Snapshot
from routing.intervention_rows import InterventionRow
from routing.lives import OPEN, HandoffState, OfferState
from routing.refusals import NotYoursError, OfferExpiredError, PassedOnError
from routing.rows import (
    ColleagueRow,
    DecisionRow,
    HandoffRow,
    NoticeRow,
    OfferRow,
    OpenHandoffRow,
)
from routing.write_up_rows import WriteUpRow

STANDING = (OfferState.OPEN, OfferState.SNOOZED)


@dataclass(frozen=True, slots=True)
class Held:
    """A handoff under lock, with its person and all offers made of it, in order."""

    handoff: HandoffRow
    person: ProspectRow
    offers: list[OfferRow]

    @property
    def who(self) -> ProspectId:
        return ProspectId(self.person.id)

    @property
    def state(self) -> HandoffState:
        return HandoffState(self.handoff.state)

    @property
    def offer(self) -> OfferRow | None:
        """The offer that still waits for an answer."""
        last = self.offers[-1] if self.offers else None
        return last if last is not None and last.state in STANDING else None

    def see(self, session: Session, now: datetime) -> Snapshot:
        """What is known of the person."""
        return snapshots(session, [self.person], now)[0]


def hold(session: Session, ref: HandoffRef) -> Held:
    """Lock the account, then the person, and read the handoff; whoever holds them is waited for.

    Raises NotYoursError if there is no such handoff, or the person has been forgotten.
    """
    account = session.execute(
        select(ProspectRow.account_id).where(ProspectRow.id == ref.prospect_id)
    ).scalar_one_or_none()
    if account is not None:
        session.execute(_locked(session, select(AccountRow.id).where(AccountRow.id == account)))
    query = _locked(session, select(ProspectRow).where(ProspectRow.id == ref.prospect_id))
    person = session.execute(query).scalar_one_or_none()
    handoff = session.get(HandoffRow, (ref.prospect_id, ref.handoff_id), populate_existing=True)
    if person is None or handoff is None or person.erased_at is not None:
        raise NotYoursError
    return Held(handoff, person, offers_of(session, [handoff]))


def hold_person(session: Session, who: ProspectId) -> None:
    """Lock a person alone. Raises NotYoursError for who is not there, or has been forgotten."""
    known = select(ProspectRow.id).where(ProspectRow.id == who, ProspectRow.erased_at.is_(None))
    if session.execute(_locked(session, known)).scalar_one_or_none() is None:
        raise NotYoursError


def offers_of(session: Session, handoffs: Iterable[HandoffRow]) -> list[OfferRow]:
    """All offers of these handoffs, in the order they were made."""
    rows = session.execute(
        select(OfferRow)
        .where(OfferRow.prospect_id.in_([each.prospect_id for each in handoffs]))
        .where(OfferRow.handoff_id.in_([each.id for each in handoffs]))
        .order_by(OfferRow.handoff_id, OfferRow.n)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


def check_theirs(held: Held, actor: Member) -> None:
    """Raise unless the lead is this colleague's now, saying whether it ever was."""
    if held.handoff.rep_id == actor.id:
        return
    mine = [offer for offer in held.offers if offer.rep_id == actor.id]
    if not mine:
        raise NotYoursError
    if mine[-1].state == OfferState.EXPIRED:
        raise OfferExpiredError
    raise PassedOnError


def close(session: Session, handoff: HandoffRow, state: HandoffState, now: datetime) -> None:
    """End a handoff, whose account is free again from then on; its colleagues are looked at anew unless won.

    A held one that nobody ever had goes altogether.
    """
    assert state not in OPEN
    if handoff.rep_id is None:
        drop(session, handoff)
        return
    handoff.state, handoff.closed_at, handoff.confirm_by = state, now, None
    for offer in offers_of(session, [handoff]):
        if offer.state in STANDING:
            offer.state, offer.closed_at = OfferState.WITHDRAWN, now
    give_way(session, handoff)
    if state is HandoffState.WON:
        return
    joined = session.execute(
        select(ColleagueRow.prospect_id).where(ColleagueRow.handoff_id == handoff.id)
    ).scalars()
    outbox.post(session, Topic.REACT, sorted(joined), now)


def give_way(session: Session, handoff: HandoffRow) -> None:
    """Let its account have another open lead."""
    session.flush()
    session.execute(
        delete(OpenHandoffRow)
        .where(OpenHandoffRow.prospect_id == handoff.prospect_id)
        .where(OpenHandoffRow.handoff_id == handoff.id)
        .execution_options(synchronize_session=False)
    )


def drop(session: Session, handoff: HandoffRow) -> None:
    """Let a held lead go that nobody ever had, with why nobody could have it: no lead ends without a rep."""
    for table in map(
        table_of, (InterventionRow, DecisionRow, NoticeRow, ColleagueRow, OpenHandoffRow)
    ):
        session.execute(
            delete(table).where(
                table.c.prospect_id == handoff.prospect_id, table.c.handoff_id == handoff.id
            )
        )
    session.execute(
        update(WriteUpRow)
        .where(WriteUpRow.prospect_id == handoff.prospect_id, WriteUpRow.handoff_id == handoff.id)
        .values(handoff_id=None)
        .execution_options(synchronize_session=False)
    )
    session.delete(handoff)
    session.flush()


def _locked(session: Session, query: Select[Any]) -> Select[Any]:
    query = query.execution_options(populate_existing=True)
    return query if on_sqlite(session) else query.with_for_update()
