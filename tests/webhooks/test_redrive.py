"""All that was given up is told again, in steps that go on by themselves, each call once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import drain
from app.settings import Settings
from prospects.ids import ProspectId, new_id
from prospects.message import MessageRow
from prospects.topics import Queue, Topic
from tests.webhooks.receiving import ada
from webhooks import redrive
from webhooks.call_rows import CallRow, CallState, RedriveRow
from webhooks.redrive import Redriven

__all__ = ["ada"]


@pytest.fixture
def many(
    database: Database, ada: ProspectId, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> int:
    """Seven calls that were given up, of which erasure has emptied one, where two go in a step."""
    monkeypatch.setattr(redrive, "STEP", 2)

    def die(session: Session) -> None:
        for n in range(7):
            row = CallRow(
                prospect_id=ada,
                id=new_id(now + timedelta(seconds=n)),
                activity_id=new_id(now),
                hook="crm",
                event="handoff.offered",
                body={"n": n} if n != 3 else {},
                state=CallState.DEAD,
                attempts=10,
                made_at=now,
            )
            session.add(row)

    perform(database, die)
    return 7


def states(database: Database) -> dict[str, int]:
    with reading(database) as session:
        counted = select(CallRow.state, func.count()).group_by(CallRow.state)
        return {row[0]: row[1] for row in session.execute(counted)}


def promised(database: Database, topic: Topic) -> int:
    with reading(database) as session:
        query = select(func.count()).select_from(MessageRow).where(MessageRow.topic == topic)
        return session.execute(query).scalar_one()


def test_the_first_are_told_at_once_and_the_others_by_a_job_that_says_how_far_it_is(
    database: Database, many: int, now: datetime, tmp_path: Path
) -> None:
    asked = perform(database, lambda s: redrive.all_dead(s, "crm", now))
    assert asked == Redriven(calls=many, left=many - 2)
    with reading(database) as session:
        assert redrive.under_way(session, "crm") == asked
    drain.drain(database, Settings(data=tmp_path, database_url=""), Queue.INSIDE)
    assert states(database) == {"waiting": 6, "dead": 1}
    assert promised(database, Topic.CALL) == 6
    with reading(database) as session:
        assert redrive.under_way(session, "crm") is None
        assert session.get_one(RedriveRow, "crm").told == 6
    # Asked again there is nothing left but what is nobody's any more.
    assert perform(database, lambda s: redrive.all_dead(s, "crm", now)) == Redriven(0)


def test_a_step_that_is_made_twice_tells_nothing_twice_and_what_dies_meanwhile_stays_dead(
    database: Database, many: int, now: datetime
) -> None:
    perform(database, lambda s: redrive.all_dead(s, "crm", now))
    dead = update(CallRow).where(CallRow.state == CallState.WAITING)
    perform(database, lambda s: s.execute(dead.values(state=CallState.DEAD)))
    for _ in range(5):
        perform(database, lambda s: redrive.go_on(s, ["crm"], now))
    assert states(database) == {"dead": 3, "waiting": 4}
    assert promised(database, Topic.CALL) == many - 1
