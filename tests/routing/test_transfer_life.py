"""Whatever account managers, reps, managers and clocks do to a customer, and in whatever order, its life stays whole."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects.faults import FaultyError
from prospects.kinds import Kind
from prospects.rows import AccountRow, ActivityRow
from routing import transfer_acts, transfer_clock, transfers
from routing.lives import NoticeKind
from routing.refusals import RoutingError
from routing.rows import NoticeRow
from routing.transfer_life import WAITING, TransferRef, TransferState
from routing.transfer_moves import ref_of
from routing.transfer_rows import TransferRow
from tests.routing.customers import hire, won
from tests.routing.office import three_reps, who

NAMES = ("ann", "bob", "eva", "fin", "max")


@dataclass
class Life:
    """One customer, and the hour."""

    session: Session
    now: datetime
    row: TransferRow


def ask(life: Life, name: str) -> None:
    actor, ref = who(life.session, name), ref_of(life.row)
    transfer_acts.ask(life.session, ref, actor, "which day?", once=uuid4(), now=life.now)


def answer(life: Life, name: str) -> None:
    actor = who(life.session, name)
    transfer_acts.answer(life.session, ref_of(life.row), actor, "Thursday", now=life.now)


def accept(life: Life, name: str) -> None:
    transfer_acts.accept(life.session, ref_of(life.row), who(life.session, name), life.now)


def give(life: Life, name: str) -> None:
    to = who(life.session, name)
    transfers.give(life.session, ref_of(life.row), to=to, reason="x", by="max", now=life.now)


def time_passes(life: Life, name: str) -> None:
    life.now += timedelta(hours=30 * len(name))
    transfer_clock.tick(life.session, [str(ref_of(life.row))], life.now)


Act = Callable[[Life, str], None]
ACTS: list[Act] = [ask, ask, answer, answer, give, time_passes, accept]
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(NAMES)), max_size=12)


@pytest.fixture
def customer(database: Database, now: datetime) -> TransferRef:
    """One customer; each example begins with it, and undoes what it did."""

    def work(session: Session) -> TransferRef:
        three_reps(session, now)
        hire(session, now)
        return ref_of(won(session, now))

    return perform(database, work)


@given(steps=STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_customer_always_waits_for_exactly_one_or_is_somebody_s(
    database: Database, customer: TransferRef, now: datetime, steps: list[tuple[Act, str]]
) -> None:
    with Session(database.engine) as session:
        row = session.get_one(TransferRow, (customer.prospect_id, customer.transfer_id))
        life = Life(session, now, row)
        for act, name in steps:
            before = TransferState(life.row.state)
            with contextlib.suppress(RoutingError, FaultyError):
                act(life, name)
            session.flush()
            session.refresh(life.row)
            check(life, before)
        session.rollback()


def check(life: Life, before: TransferState) -> None:
    row, session = life.row, life.session
    asked = transfer_acts.questions(session, row)
    state = TransferState(row.state)
    assert not (before is TransferState.ACCEPTED and state is not TransferState.ACCEPTED)
    assert [each.n for each in asked] == list(range(1, len(asked) + 1))
    assert all(each.answer for each in asked[:-1]), "the one before was not answered"
    if state is TransferState.ASKED:
        assert asked[-1].answer is None
    if state is TransferState.PROPOSED and asked:
        assert asked[-1].answer is not None
    assert (row.due_at is not None) == (state in WAITING)
    taken = count(life, Kind.TRANSFERRED)
    assert taken == (state is TransferState.ACCEPTED)
    if state is TransferState.ACCEPTED:
        account = session.get_one(AccountRow, row.account_id, populate_existing=True)
        assert account.owner_id == row.member_id
    late = session.execute(
        select(func.count()).where(
            NoticeRow.prospect_id == row.prospect_id, NoticeRow.kind == NoticeKind.TRANSFER_LATE
        )
    ).scalar_one()
    assert late <= row.moves


def count(life: Life, kind: Kind) -> int:
    return life.session.execute(
        select(func.count()).where(
            ActivityRow.prospect_id == life.row.prospect_id, ActivityRow.kind == kind
        )
    ).scalar_one()
