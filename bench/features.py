"""Features kept up to date beside features made anew from each history, over a crowd on PostgreSQL."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psutil
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import open_database
from app.garbage import look_seldom
from bench.crowd import Size
from bench.kept import Say, check_disk, crowd
from bench.stage import NotMeasuredError
from prospects import timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.store import on_sqlite
from prospects.timeline import Fact
from prospects.values import Snapshot
from scoring import current, feature_states
from scoring.features.seeing import features_from, features_of

BATCH = 100
"""People a look takes together, about as many as a busy worker does."""
PEOPLE = 1_200
ROUNDS = 3
"""The best of so many counts: the first look finds nothing in memory, and others use the machine too."""
NEWS = (1, 5)
"""New acts of one person in a batch."""
CHEAPER_GOAL = 20.0
SAME = 1e-9
LIVELY = (50, 100, 200, 400, 800)
"""Acts of people who did all of it lately."""
LOOKS = 14
"""In a row, with five acts each: more acts than wait beside a tally of 400."""


@dataclass(frozen=True, slots=True)
class Share:
    """People whose histories are about as long: acts of each on record, and what one new act cost to take in."""

    acts: float
    people: int
    us_an_act: float


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What it costs to keep features, in microseconds of CPU time, the database's among it.

    `anew_us` makes one person's from the history; `a_person_us` follows one person's news of `news` acts.
    `shares` go from short histories to long ones, and so do `lively`, of people who did all of it in the
    last hundred days: there it is the mean of so many looks in a row that each is also written anew.
    """

    activities: int
    anew_us: float
    a_person_us: dict[int, float]
    shares: list[Share]
    lively: list[Share]
    cheaper: float
    cheaper_goal: float = CHEAPER_GOAL

    @property
    def an_act_us(self) -> float:
        """What one act costs in the largest batches."""
        news = max(self.a_person_us)
        return self.a_person_us[news] / news

    @property
    def reached(self) -> bool:
        return self.cheaper >= CHEAPER_GOAL


def run(*, size: Size, keep: Path | None, say: Say) -> Upkeep:
    """Measure on such a crowd; what is written is let go of again.

    Raises NotMeasuredError where what was kept is not what the history says.
    """
    check_disk(size, keep or Path("/tmp"))
    # As workers do once they are up.
    look_seldom()
    with crowd(size, keep, say) as kept:
        database = open_database(kept.url, connections=1)
        with Session(database.engine, expire_on_commit=False) as session:
            say("looking at some of them")
            found = measured(session, kept.now)
            session.rollback()
        database.close()
    return found


def measured(session: Session, now: datetime, lively: Sequence[int] = LIVELY) -> Upkeep:
    """Measure on the people there are; what is written is the caller's to let go of."""
    activities = session.execute(select(func.count()).select_from(ActivityRow)).scalar_one()
    batches = _batches(session)
    looks = [now + timedelta(minutes=n) for n in range(1, ROUNDS + 1)]
    anew = [min(_anew(session, some, now) for _ in looks) for some in batches]
    cost: dict[int, list[float]] = {}
    for news in NEWS:
        hours = timedelta(hours=news)
        cost[news] = [
            min(_followed(session, some, at + hours, news) for at in looks) for some in batches
        ]
    at = looks[-1] + timedelta(hours=max(NEWS))
    _check(session, batches[-1], at)
    people = sum(map(len, batches))
    a_person = {news: sum(spent) / people * 1e6 for news, spent in cost.items()}
    anew_us = sum(anew) / people * 1e6
    news = max(NEWS)
    return Upkeep(
        activities=activities,
        anew_us=anew_us,
        a_person_us=a_person,
        shares=_shares(session, batches, cost[news], news),
        lively=[_lively(session, batches[0], many, at) for many in lively],
        cheaper=anew_us / (a_person[news] / news),
    )


def _batches(session: Session) -> list[Sequence[UUID]]:
    """People with the shortest histories first, in batches of about equal ones."""
    every = select(ProspectRow.id).order_by(ProspectRow.changed_at).limit(PEOPLE * 4).subquery()
    rows = session.execute(
        select(ActivityRow.prospect_id)
        .where(ActivityRow.prospect_id.in_(select(every)))
        .group_by(ActivityRow.prospect_id)
        .order_by(func.count())
    ).scalars()
    found = rows.all()
    if len(found) < BATCH:
        raise NotMeasuredError(f"{len(found)} people are too few")
    some = found[:: max(len(found) // PEOPLE, 1)]
    return [some[start : start + BATCH] for start in range(0, len(some), BATCH)]


def _seen(session: Session, people: Sequence[UUID], now: datetime) -> list[Snapshot]:
    rows = session.execute(select(ProspectRow).where(ProspectRow.id.in_(people))).scalars().all()
    return snapshots(session, rows, now)


def _anew(session: Session, people: Sequence[UUID], now: datetime) -> float:
    """Seconds to read these histories, and to make and write what is kept."""
    rules = current.current(session)
    before = _cpu(session)
    feature_states.make(session, _seen(session, people, now), rules, now)
    return _cpu(session) - before


def _followed(session: Session, people: Sequence[UUID], now: datetime, news: int) -> float:
    """Seconds to take in what is new, by people who are being looked at."""
    rules = current.current(session)
    facts = [_fact(ProspectId(who), now, n) for who in people for n in range(news)]
    timeline.record(session, facts, now, ring=False)
    seen = _seen(session, people, now)
    before = _cpu(session)
    feature_states.follow(session, seen, rules, now)
    return _cpu(session) - before


def _cpu(session: Session) -> float:
    """CPU seconds of this process and of what PostgreSQL does for it: what neighbours disturb least."""
    if on_sqlite(session):
        return time.process_time()
    pid = session.execute(select(func.pg_backend_pid())).scalar_one()
    kept = Path(f"/proc/{pid}/schedstat")
    if kept.exists():
        theirs = int(kept.read_text().split()[0]) / 1e9
    else:
        theirs = sum(psutil.Process(pid).cpu_times()[:2])
    return time.process_time() + theirs


def _lively(session: Session, people: Sequence[UUID], many: int, now: datetime) -> Share:
    """What an act costs of people who did so much in the last hundred days; what is written is let go of."""
    rules, news = current.current(session), max(NEWS)
    with session.begin_nested() as undone:
        had = {seen.prospect_id: len(seen.activities) for seen in _seen(session, people, now)}
        apart = timedelta(days=98) / many
        facts = [
            _fact(who, now - n * apart, n)
            for who, count in had.items()
            for n in range(many - count)
        ]
        timeline.record(session, facts, now, ring=False)
        feature_states.make(session, _seen(session, people, now), rules, now)
        looks = [now + timedelta(hours=n) for n in range(1, LOOKS + 1)]
        spent = sum(_followed(session, people, at, news) for at in looks)
        _check(session, people, looks[-1])
        undone.rollback()
    return Share(many, len(people), spent / (len(people) * LOOKS * news) * 1e6)


def _fact(who: ProspectId, now: datetime, n: int) -> Fact:
    kind = (Kind.PAGE_VIEW, Kind.CLICK)[n % 2]
    at = now - timedelta(seconds=n)
    return Fact(
        prospect_id=who,
        kind=kind,
        happened_at=at,
        source="bench",
        key=f"{now}{n}",
        body={"page": "/"},
    )


def _check(session: Session, people: Sequence[UUID], now: datetime) -> None:
    rules, kept = current.current(session), feature_states.read(session, people)
    for seen in _seen(session, people, now):
        state = kept[seen.prospect_id].state
        found = features_from(state, seen.person, seen.company, now=now, rules=rules)
        anew = features_of(seen, now, rules)
        other = [name for name, value in anew.items() if not _alike(value, found[name])]
        if other:
            raise NotMeasuredError(f"kept otherwise than the history says: {', '.join(other)}")


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= SAME * max(1.0, abs(one))
    return one == other


def _shares(
    session: Session, batches: Sequence[Sequence[UUID]], spent: Sequence[float], news: int
) -> list[Share]:
    """What an act cost by the length of histories, in thirds."""
    third = max(len(batches) // 3, 1)
    shares = []
    for start in range(0, min(third * 3, len(batches)), third):
        some = batches[start : start + third]
        people = [who for batch in some for who in batch]
        acts = session.execute(
            select(func.count()).where(ActivityRow.prospect_id.in_(people))
        ).scalar_one()
        us = sum(spent[start : start + third]) / (len(people) * news) * 1e6
        shares.append(Share(acts / len(people), len(people), us))
    return shares
