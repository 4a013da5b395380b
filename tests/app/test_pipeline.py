"""One reaction does the whole product: believes, nurtures, routes."""

from datetime import datetime, timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app import pipeline
from nurture import flows
from nurture.rows import EnrollmentRow, SendRow
from prospects import configuration, people, team, timeline
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import Person
from routing.lives import HandoffState
from routing.rows import HandoffRow


def arrive(session: Session, now: datetime, *names: str, form: str = "guide") -> list[ProspectId]:
    leads = [
        Lead(
            ref=name,
            identities=(Identity("email", f"{name}@{name}.example"),),
            person=Person(email=f"{name}@{name}.example", name=name),
            happened_at=now,
            domain=f"{name}.example",
        )
        for name in names
    ]
    found = [
        ProspectId(each.prospect_id)
        for each in people.resolve(session, leads, now, secret="s")
        if each.prospect_id
    ]
    facts = [
        Fact(
            prospect_id=who,
            kind=Kind.FORM,
            happened_at=now,
            source="site",
            key=f"{form}:{who}",
            body={"form": form},
        )
        for who in found
    ]
    timeline.record(session, facts, now)
    return found


def furnish(session: Session, now: datetime) -> None:
    team.save(session, [{"email": "rita@vendor.example", "name": "Rita", "roles": ["rep"]}], now)
    configuration.write(
        session,
        "routing",
        "routing",
        {
            "teams": [{"slug": "sales", "people": ["rita@vendor.example"]}],
            "rules": [
                {"name": "all", "if": {"field": "email", "op": "is_set"}, "to": "team:sales"}
            ],
            "fallback": "rita@vendor.example",
        },
        now,
        by="test",
    )
    flow = {
        "flow": "welcome",
        "enter": {"activity": "form", "again": "never"},
        "steps": [
            {"id": "hello", "mail": {"template": "hello", "topic": "newsletter"}},
            {"id": "pause", "wait": "2d"},
            {"id": "end", "exit": {"reason": "done"}},
        ],
    }
    configuration.write(session, "flow", "welcome", flow, now, by="test")
    flows.publish(session, "welcome", flow, now)


def test_a_cold_lead_is_assessed_and_nurtured(session: Session, now: datetime) -> None:
    furnish(session, now)
    (ann,) = arrive(session, now, "ann")
    assert pipeline.react(session, [ann], now) == []
    session.expire_all()
    person = session.get_one(ProspectRow, ann)
    assert person.grade is not None
    assert person.lifecycle == "nurturing"
    assert session.execute(select(func.count()).select_from(SendRow)).scalar_one() == 1
    assert session.execute(select(func.count()).select_from(HandoffRow)).scalar_one() == 0
    assert person.look_due_at is not None


def test_a_warm_lead_is_offered_and_a_second_look_offers_nothing_more(
    session: Session, now: datetime
) -> None:
    furnish(session, now)
    found = arrive(session, now, "ann", "bob", form="demo")
    for look in range(3):
        pipeline.react(session, found, now + timedelta(seconds=look))
    handoffs = session.execute(select(HandoffRow)).scalars().all()
    assert sorted(each.prospect_id for each in handoffs) == sorted(found)
    assert {each.state for each in handoffs} == {HandoffState.OFFERED}
    assert session.execute(select(func.count()).select_from(EnrollmentRow)).scalar_one() == 2
    topics = session.execute(
        select(MessageRow.topic, func.count()).group_by(MessageRow.topic)
    ).all()
    assert {row.topic: row[1] for row in topics}["handoff"] == 2


def test_a_reaction_costs_as_many_queries_for_fifty_people_as_for_five(
    session: Session, now: datetime
) -> None:
    furnish(session, now)
    counts = []
    for batch in (5, 50):
        names = [f"p{batch}x{n}" for n in range(batch)]
        found = arrive(session, now, *names, form="demo")
        statements: list[str] = []

        def count(_c: object, _u: object, statement: str, *_rest: object) -> None:
            statements.append(statement)  # noqa: B023 - removed within the turn

        event.listen(session.get_bind(), "before_cursor_execute", count)
        pipeline.react(session, found, now)
        event.remove(session.get_bind(), "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 3, counts
