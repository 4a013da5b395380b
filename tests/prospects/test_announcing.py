"""Beliefs, consents and leads are announced only while somebody outside listens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import announcing, beliefs, configuration, consents, timeline
from prospects.consents import Consent
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.topics import Topic
from scoring.assess import assess
from scoring.current import current


def listen(session: Session, now: datetime, *events: str, active: bool = True) -> None:
    body = {"events": list(events), "active": active}
    configuration.write(session, announcing.HOOK, "crm", body, now, by="test")


def announced(session: Session) -> list[str]:
    """What is announced, without the ids."""
    query = select(MessageRow.ref).where(MessageRow.topic == Topic.ANNOUNCE)
    refs: Sequence[str] = session.execute(query.order_by(MessageRow.id)).scalars().all()
    return [ref.split("/", 2)[2] if ref.count("/") == 2 else "activity" for ref in refs]


def live(session: Session, now: datetime) -> None:
    """A lead comes in, agrees to something, and is assessed."""
    who = ProspectId(new_id(now))
    row = ProspectRow(id=who, fields={}, created_at=now, changed_at=now)
    session.add(row)
    session.flush()
    fact = Fact(prospect_id=who, kind=Kind.FORM, happened_at=now, source="site", key="1")
    timeline.record(session, [fact], now)
    said = Consent(
        prospect_id=who, topic="news", given=True, text=None, at=now, source="site", key="1"
    )
    for _ in range(2):
        consents.record(session, [said], now)
    later = now + timedelta(hours=1)
    seen = timeline.lock_and_see(session, [who], later).snapshots
    rules = current(session)
    beliefs.record(session, [(each, assess(each, rules, later)) for each in seen], later)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], []),
        (["handoff.offered"], []),
        (["consent.changed"], ["said"]),
        (["lead", "consent.changed"], ["activity", "said"]),
        (["prospect.stage_claimed"], ["stage"]),
    ],
)
def test_only_what_somebody_wants_is_announced_and_each_thing_once(
    session: Session, now: datetime, events: list[str], said: list[str]
) -> None:
    listen(session, now, *events)
    live(session, now)
    assert announced(session) == said


def test_who_was_switched_off_does_not_listen(session: Session, now: datetime) -> None:
    listen(session, now, "consent.changed", active=False)
    live(session, now)
    assert announced(session) == []
