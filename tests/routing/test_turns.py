"""The order of turns is that of a serial run, however many writers take them at once."""

import threading
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import team, timeline
from prospects.ids import MemberId, ProspectId
from routing import turns
from routing.consider import consider
from routing.pointers import Pointers
from routing.rows import DecisionRow, HandoffRow
from tests.routing.office import arrive, rules, staff

LEADS = 2000
BATCH = 20
WEIGHTS = [1, 2, 0.5, 3, 1.5]


def prepare(session: Session, now: datetime) -> list[ProspectId]:
    reps = [{"name": f"rep{n:02}", "weight": WEIGHTS[n % len(WEIGHTS)]} for n in range(25)]
    staff(session, now, *reps)
    rules(
        session,
        now,
        teams=[{"slug": "all", "people": [f"{each['name']}@us.example" for each in reps]}],
        rules=[{"name": "all", "to": "team:all"}],
    )
    return arrive(session, now, *(f"p{n}@firm{n}.example" for n in range(LEADS)))


def test_25_reps_with_weights_2000_leads_8_writers_the_order_is_exact(
    database: Database, now: datetime
) -> None:
    ids = perform(database, lambda session: prepare(session, now))
    batches = [ids[n : n + BATCH] for n in range(0, LEADS, BATCH)]
    lock = threading.Lock()

    def look(session: Session, batch: Sequence[ProspectId]) -> list[ProspectId]:
        seen = timeline.lock_and_see(session, batch, now)
        consider(session, seen.snapshots, {}, now)
        return seen.busy

    def work() -> None:
        while True:
            with lock:
                batch = batches.pop() if batches else None
            if batch is None:
                return
            busy = perform(database, lambda session, batch=batch: look(session, batch))
            assert busy == []

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(database) as session:
        assert taken(session) == serial(session)
        owners = session.execute(select(HandoffRow.rep_id)).scalars().all()
        assert sorted(owners) == sorted(taken(session))


def taken(session: Session) -> list[MemberId]:
    """Who had each of the team's turns, in the order of the turns, of which none is missing."""
    rows = session.execute(
        select(DecisionRow.chosen_id, DecisionRow.turn).order_by(DecisionRow.turn)
    ).all()
    assert [row.turn for row in rows] == list(range(1, LEADS + 1))
    return [MemberId(row.chosen_id) for row in rows]


def serial(session: Session) -> list[MemberId]:
    """Who would have had them, one lead after the other."""
    reps = team.members(session)
    order, pointers = [], Pointers("all")
    for _ in range(LEADS):
        one = pointers.next(reps)
        pointers = pointers.after(one, reps)
        order.append(one.id)
    return order


def test_what_was_kept_is_what_is_read(session: Session, now: datetime) -> None:
    staff(session, now, {"name": "ann", "weight": 3}, {"name": "bob", "weight": 0.7})
    before = turns.lock(session, ["a", "b"])
    pointers = before["a"]
    everybody = team.members(session)
    for _ in range(7):
        pointers = pointers.after(pointers.next(everybody), everybody)
    turns.keep(session, before, {**before, "a": pointers})
    assert turns.lock(session, ["a", "b"]) == {**before, "a": pointers}
