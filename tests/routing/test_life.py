"""Whatever reps, managers, buyers and clocks do to a lead, and in whatever order, its life stays whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from prospects.faults import FaultyError
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from routing import clocks, offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.finding_rows import ConfirmationRow
from routing.lifecycle import of_handoff
from routing.lives import OPEN, DeclineReason, HandoffState
from routing.outcome import Result, conclude
from routing.refusals import RoutingError
from routing.rows import DecisionRow, HandoffRow, OpenHandoffRow
from routing.verdicts import standing
from tests.routing.office import SECRET, act, arrive, look, ref, three_reps, who
from tests.routing.office import offers as offers_of

MINUTE = timedelta(minutes=1)
STAGES = {"earlier": "awareness", "later": "decision"}


@dataclass
class Life:
    """One account with two people, and the hour."""

    session: Session
    now: datetime
    people: list[ProspectId]

    @property
    def row(self) -> HandoffRow:
        """The handoff that was opened last."""
        newest = select(HandoffRow).order_by(HandoffRow.opened_at.desc(), HandoffRow.id.desc())
        return self.session.execute(newest.limit(1)).scalar_one()


def accept(life: Life, name: str) -> None:
    offers.accept(life.session, ref(life.row), who(life.session, name), life.now)


def decline(life: Life, name: str) -> None:
    rep = who(life.session, name)
    reason = DeclineReason.CONFLICT
    offers.decline(life.session, ref(life.row), rep, reason=reason, note=None, now=life.now)


def snooze(life: Life, name: str) -> None:
    until = life.now + 30 * MINUTE
    rep = who(life.session, name)
    offers.snooze(life.session, ref(life.row), rep, until=until, now=life.now)


def reassign(life: Life, name: str) -> None:
    to = who(life.session, name)
    offers.reassign(life.session, ref(life.row), to=to, reason="because", by="max", now=life.now)


def found(verdict: str) -> Callable[[Life, str], None]:
    def answer(life: Life, name: str) -> None:
        before = standing(life.session, ref(life.row))
        finding = RepFinding.model_validate(
            {
                "verdict": verdict,
                "stage_found": STAGES.get(verdict),
                "spoke_with": "Ida",
                "channel": "call",
                "at": life.now.isoformat(),
                "fact": "a fact",
                "supersedes": before.id if before else None,
                "reason": "again" if before else None,
            }
        )
        rep = who(life.session, name)
        confirm(life.session, ref(life.row), rep, finding, now=life.now, secret=SECRET)

    return answer


def ended(result: Result) -> Callable[[Life, str], None]:
    def end(life: Life, name: str) -> None:
        rep = who(life.session, name)
        conclude(
            life.session,
            ref(life.row),
            rep,
            result=result,
            reason="so it was",
            opportunity=None,
            now=life.now,
        )

    return end


def time_passes(life: Life, name: str) -> None:
    life.now += {"ann": 5, "bob": 15, "cid": 60, "max": 5000}[name] * MINUTE
    clocks.tick(life.session, [str(ref(life.row))], life.now)


def buyer_acts(life: Life, name: str) -> None:
    person = life.people[len(name) % 2 if name == "max" else 0]
    life.now += MINUTE
    act(life.session, life.now, person)
    look(life.session, life.now, person)


ACTS: list[Callable[[Life, str], None]] = [
    *(accept, accept, decline, snooze, reassign, time_passes, time_passes, buyer_acts),
    *(found(each) for each in ("confirmed", "earlier", "later", "not_a_buyer", "not_reached")),
    *(ended(each) for each in Result),
]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(["ann", "bob", "cid", "max"])),
        max_size=25,
    )
)
def test_a_life_stays_whole(
    database: Database,
    now: datetime,
    acts: list[tuple[Callable[[Life, str], None], str]],
) -> None:
    with Session(database.engine, expire_on_commit=False) as session:
        three_reps(session, now)
        people = arrive(session, now, "ida@firm.example", "bo@firm.example")
        look(session, now, people[0])
        life = Life(session, now, people)
        for do, name in acts:
            with_refusals(life, do, name)
            check(life)
        session.rollback()


def with_refusals(life: Life, do: Callable[[Life, str], None], name: str) -> None:
    """As at the door: what is refused leaves nothing behind."""
    savepoint = life.session.begin_nested()
    try:
        do(life, name)
        savepoint.commit()
    except (RoutingError, FaultyError):
        savepoint.rollback()


def check(life: Life) -> None:
    session = life.session
    session.flush()
    session.expire_all()
    open_ones = (
        session.execute(select(HandoffRow).where(HandoffRow.state.in_(OPEN))).scalars().all()
    )
    kept = session.execute(select(OpenHandoffRow.handoff_id)).scalars().all()
    assert [each.id for each in open_ones] == list(kept)
    assert len(open_ones) <= 1
    for row in session.execute(select(HandoffRow)).scalars():
        check_offers(session, row)
        check_findings(session, row)
    for person in life.people:
        check_place(session, person)


def check_offers(session: Session, row: HandoffRow) -> None:
    made = offers_of(session, row)
    standing_ones = [each for each in made if each.state in ("open", "snoozed")]
    waiting = [each for each in standing_ones if each is made[-1]]
    assert [each.n for each in made] == list(range(1, len(made) + 1))
    assert len([each for each in made if each.state == "open"]) <= 1
    assert bool(waiting) == (row.state == HandoffState.OFFERED)
    if waiting:
        assert waiting[0].rep_id == row.rep_id
        assert row.expires_at == (waiting[0].until or waiting[0].expires_at)
    assert row.rep_id is not None
    assert (row.closed_at is None) == (row.state in OPEN)
    decided = select(func.count()).where(DecisionRow.handoff_id == row.id)
    on_the_spot = len(made) - session.execute(decided).scalar_one()
    assert on_the_spot in range(3)  # a held lead taken by its fallback owner has no decision
    asked = [each.rep_id for each in made if each.state in ("declined", "expired")]
    chosen = (
        session.execute(
            select(DecisionRow.chosen_id).where(
                DecisionRow.handoff_id == row.id, DecisionRow.turn.is_not(None)
            )
        )
        .scalars()
        .all()
    )
    assert len(set(chosen)) == len(chosen), (asked, "by turn nobody is asked twice")


def check_findings(session: Session, row: HandoffRow) -> None:
    count = select(func.count()).where(
        ConfirmationRow.handoff_id == row.id, ConfirmationRow.superseded_at.is_(None)
    )
    stands = session.execute(count).scalar_one()
    assert stands <= 1
    if row.state in ("checked", "recycled", "disqualified", "won", "lost"):
        assert stands == 1
    assert (row.confirm_by is not None) == (row.state == HandoffState.ACCEPTED)
    if row.state in ("accepted", "checked"):
        assert row.accepted_at is not None
    if row.state == "offered":
        assert row.accepted_at is None


def check_place(session: Session, person: ProspectId) -> None:
    place = session.execute(
        select(ProspectRow.lifecycle).where(ProspectRow.id == person)
    ).scalar_one()
    mine = (
        session.execute(
            select(HandoffRow)
            .where(HandoffRow.prospect_id == person)
            .order_by(HandoffRow.opened_at.desc(), HandoffRow.id.desc())
        )
        .scalars()
        .first()
    )
    if mine is not None:
        assert place == of_handoff(HandoffState(mine.state))
