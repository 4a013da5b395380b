"""A customer on their way to the account team, for tests: won by a rep of the office."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import OpportunityId
from prospects.member import Member
from prospects.rows import OpportunityRow
from prospects.team import members
from routing import offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.outcome import Result, conclude
from routing.rows import HandoffRow
from routing.transfer_rows import TransferRow
from tests.routing.office import SECRET, offered, ref, staff, who

DAY = timedelta(days=1)
MANAGERS = (
    {"name": "eva", "roles": ["account_manager"]},
    {"name": "fin", "roles": ["account_manager"]},
)


def hire(session: Session, now: datetime, *people: dict[str, Any]) -> None:
    """eva and fin are the account team, unless others are named."""
    staff(session, now, *(people or MANAGERS))


def checked(session: Session, now: datetime, email: str = "ida@firm.example") -> HandoffRow:
    """A lead that its rep has talked to: the security paper is promised."""
    row = offered(session, now, email)
    rep = _rep(session, row)
    offers.accept(session, ref(row), rep, now)
    finding = RepFinding.model_validate(
        {
            "verdict": "later",
            "stage_found": "decision",
            "spoke_with": "Ida",
            "channel": "call",
            "at": now.isoformat(),
            "fact": "wants two plants by May",
            "still_needed": ["delivery day"],
            "deciders": [{"name": "Bo", "role": "decision_maker", "stance": "for"}],
            "promises": [{"what": "the security paper", "due_at": (now + DAY).isoformat()}],
        }
    )
    confirm(session, ref(row), rep, finding, now=now, secret=SECRET)
    return row


def win(
    session: Session, row: HandoffRow, now: datetime, opportunity: OpportunityId | None = None
) -> TransferRow:
    """The rep wins it; the transfer that comes of it."""
    conclude(
        session, ref(row), _rep(session, row),
        result=Result.WON, reason="best offer", opportunity=opportunity, now=now,
    )  # fmt: skip
    return transfer(session, row)


def won(session: Session, now: datetime, email: str = "ida@firm.example") -> TransferRow:
    return win(session, checked(session, now, email), now)


def deal(session: Session, row: HandoffRow, now: datetime) -> OpportunityId:
    """A deal at the company of this lead."""
    assert row.account_id
    key = uuid4()
    session.add(
        OpportunityRow(
            id=key, account_id=row.account_id, product="Chiller", amount=1200, currency="EUR",
            created_at=now,
        )
    )  # fmt: skip
    session.flush()
    return OpportunityId(key)


def transfer(session: Session, row: HandoffRow) -> TransferRow:
    return session.execute(
        select(TransferRow)
        .where(TransferRow.prospect_id == row.prospect_id, TransferRow.handoff_id == row.id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def named(session: Session, member_id: object) -> str | None:
    """A colleague by id, as tests call them."""
    return next(
        (each.email.partition("@")[0] for each in members(session) if each.id == member_id), None
    )


def _rep(session: Session, row: HandoffRow) -> Member:
    name = named(session, row.rep_id)
    assert name
    return who(session, name)
