"""A checked lead ends when a CRM says that its deal was won or lost; nobody has to say so twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import timeline
from prospects.ids import ProspectId
from prospects.kinds import IMPORTED, Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow
from prospects.timeline import Fact
from prospects.topics import Topic
from routing import clocks, offers
from routing.rows import HandoffRow
from routing.transfer_rows import TransferRow
from tests.routing.customers import checked, deal, hire
from tests.routing.office import act, handoff, lifecycle, look, offered, ref, three_reps, who

HOUR = timedelta(hours=1)


@pytest.fixture
def row(session: Session, now: datetime) -> HandoffRow:
    three_reps(session, now)
    hire(session, now)
    return checked(session, now)


@pytest.fixture
def crm_says(session: Session, row: HandoffRow) -> Callable[..., str]:
    """The CRM tells of a deal, and all that was promised is done; how the lead stands then."""

    def say(state: str, at: datetime, **body: Any) -> str:
        told = {"crm": "hub", "deal": "5", "name": "50 seats", "state": state, **body}
        fact = Fact(
            prospect_id=ProspectId(row.prospect_id),
            kind=Kind.DEAL,
            happened_at=at,
            source="crm:hub",
            key=f"deal:{told['deal']}:{state}",
            body=told,
        )
        timeline.record(session, [fact], at)
        look(session, at, ProspectId(row.prospect_id))
        promised = select(MessageRow.ref).where(MessageRow.topic == Topic.HANDOFF)
        for _ in range(2):
            clocks.tick(session, list(session.execute(promised).scalars()), at)
        session.refresh(row)
        return row.state

    return say


def outcomes(session: Session) -> list[tuple[str, dict[str, Any]]]:
    query = select(ActivityRow).where(ActivityRow.kind == Kind.OUTCOME)
    return [(each.source, each.body) for each in session.execute(query).scalars()]


def test_a_won_deal_ends_its_lead_with_its_amount_and_the_customer_goes_to_the_account_team(
    session: Session, now: datetime, row: HandoffRow, crm_says: Callable[..., str]
) -> None:
    opportunity = deal(session, row, now)
    assert crm_says("open", now + HOUR) == "checked"
    said = {"amount": "1200.00", "currency": "EUR", "opportunity": str(opportunity)}
    assert crm_says("won", now + 2 * HOUR, **said) == "won"
    ((source, body),) = outcomes(session)
    assert (source, body["result"]) == ("crm:hub", "won")
    assert (body["amount"], body["currency"]) == ("1200.00", "EUR")
    assert row.opportunity_id == opportunity
    assert row.reason == "the CRM says so of 50 seats"
    assert lifecycle(session, row.prospect_id) == "won"
    assert len(session.execute(select(TransferRow)).scalars().all()) == 1


def test_a_lead_is_lost_once_no_deal_is_open_any_more(
    session: Session, now: datetime, crm_says: Callable[..., str]
) -> None:
    assert crm_says("open", now + HOUR, deal="6") == "checked"
    assert crm_says("lost", now + 2 * HOUR) == "checked"
    assert crm_says("lost", now + 3 * HOUR, deal="6") == "lost"
    assert [body["result"] for _, body in outcomes(session)] == ["lost"]


def test_what_was_over_before_or_is_history_ends_nothing(
    session: Session, now: datetime, crm_says: Callable[..., str]
) -> None:
    assert crm_says("won", now - HOUR) == "checked"
    assert crm_says("lost", now - HOUR, deal="6") == "checked"
    assert crm_says("won", now + HOUR, deal="7", **{IMPORTED: True}) == "checked"
    assert crm_says("gone", now + HOUR, deal="8") == "checked"
    assert outcomes(session) == []


def test_a_lead_that_nobody_has_checked_waits_for_its_rep(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    offers.accept(session, ref(row), who(session, "ann"), now)
    told = {"deal": "5", "state": "won"}
    fact = Fact(
        prospect_id=ProspectId(row.prospect_id), kind=Kind.DEAL, happened_at=now + HOUR,
        source="crm:hub", key="deal", body=told,
    )  # fmt: skip
    timeline.record(session, [fact], now + HOUR)
    act(session, now + HOUR, ProspectId(row.prospect_id))
    look(session, now + HOUR, ProspectId(row.prospect_id))
    clocks.tick(session, [str(ref(row))], now + HOUR)
    assert handoff(session, ProspectId(row.prospect_id)).state == "accepted"
