"""A plan counts the people each change concerns, and nobody twice."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.workspace.changes import Action, Change
from app.workspace.touched import touched
from app.workspace.wanted import Thing
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects import team, timeline
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from routing.rows import HandoffRow


def somebody(session: Session, now: datetime) -> ProspectId:
    found = ProspectId(new_id(now))
    session.add(ProspectRow(id=found, created_at=now, changed_at=now))
    session.flush()
    facts = [
        Fact(prospect_id=found, kind=Kind.FORM, happened_at=now, source="site", key=key)
        for key in ("one", "two")
    ]
    timeline.record(session, facts, now)
    return found


def in_flow(session: Session, person: ProspectId, now: datetime, *, state: str) -> None:
    session.add(
        EnrollmentRow(
            prospect_id=person, id=new_id(now), flow="f", version=1, state=state, entry=state,
            entered_at=now, step="s", visit=1, visits={}, since=now, known=[],
        )
    )  # fmt: skip


@pytest.fixture
def crowd(session: Session, now: datetime) -> Session:
    """Ada in the flow twice and with a rep, Bo out of the flow, Cy nowhere."""
    ada, bo, _cy = (somebody(session, now) for _ in range(3))
    team.save(session, [{"email": "rita@acme.example", "roles": ["rep"]}], now)
    body = {"steps": [{"id": "s", "mail": {"template": "hello", "topic": "t"}}]}
    session.add(
        FlowVersionRow(flow="f", version=1, definition=body, published_at=now, entering_since=now)
    )
    session.flush()
    for person, state in ((ada, "active"), (ada, "held"), (bo, "exited")):
        in_flow(session, person, now, state=state)
    rita = team.by_email(session, "rita@acme.example")
    assert rita is not None
    for person, state in ((ada, "accepted"), (bo, "lost")):
        session.add(
            HandoffRow(
                prospect_id=person, id=new_id(now), lane="normal", state=state, rep_id=rita.id,
                brief_template=1, requested_by="flow", opened_at=now,
            )
        )  # fmt: skip
    session.flush()
    return session


@pytest.mark.parametrize(
    ("kind", "slug", "count"),
    [
        (Thing.STAGES, "stages", 3),
        (Thing.SCORING, "scoring", 3),
        (Thing.SOURCE, "site", 3),
        (Thing.SOURCE, "other", 0),
        (Thing.FLOW, "f", 1),
        (Thing.MAIL, "hello", 1),
        (Thing.MAIL, "nudge", 0),
        (Thing.ROUTING, "routing", 1),
        (Thing.PERSON, "rita@acme.example", 1),
    ],
)
def test_a_change_touches_whom_it_concerns(
    crowd: Session, kind: Thing, slug: str, count: int
) -> None:
    change = Change("x", kind, slug, Action.CHANGE, {})
    new = Change("x", kind, slug, Action.ADD, {})

    assert touched(crowd, [new, change]) == [0, count]
