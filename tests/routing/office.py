"""A small sales office for tests: colleagues, rules, and warm people, on a real database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import configuration, people, team, timeline
from prospects.identity import Identity, Lead
from prospects.ids import HandoffId, ProspectId
from prospects.kinds import Kind
from prospects.member import Member
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import HandoffRef, Person, Plan, Snapshot, StageClaim
from routing.consider import consider
from routing.drawing import NOBODY_IS_DRAWN, Lottery
from routing.rows import HandoffRow, OfferRow

SECRET = "a secret for tests"
STAGES = ("awareness", "consideration", "evaluation", "decision", "customer")


def staff(session: Session, now: datetime, *people_: Mapping[str, Any]) -> None:
    """Colleagues by their e-mail's name: {"name": "rita", ...}; a rep unless roles say otherwise."""
    team.save(
        session,
        [{"roles": ["rep"], **each, "email": f"{each['name']}@us.example"} for each in people_],
        now,
    )


def rules(session: Session, now: datetime, **written: Any) -> None:
    """The workspace's routing.yaml."""
    configuration.write(session, "routing", "routing", written, now, by="test")


def three_reps(session: Session, now: datetime, **written: Any) -> None:
    """ann, bob and cid take turns in lane fast (15 minutes, real clock); max answers for the rest."""
    staff(session, now, {"name": "ann"}, {"name": "bob"}, {"name": "cid"})
    staff(session, now, {"name": "max", "roles": ["manager"]})
    everybody = {
        "teams": [
            {"slug": "all", "people": [f"{who}@us.example" for who in ("ann", "bob", "cid")]}
        ],
        "rules": [{"name": "all", "to": "team:all", "lane": "fast"}],
        "fallback": "max@us.example",
    }
    rules(session, now, **{**everybody, **written})


def who(session: Session, name: str) -> Member:
    found = team.by_email(session, f"{name}@us.example")
    assert found is not None
    return found


def arrive(
    session: Session, now: datetime, *emails: str, warm: bool = True, **about: Any
) -> list[ProspectId]:
    """People who sent a form just now; a company for each domain but gmail.com."""
    leads = [
        Lead(
            ref=email,
            identities=(Identity("email", email),),
            person=Person(email=email, **{"name": email.partition("@")[0].title(), **about}),
            happened_at=now,
            domain=None if email.endswith("@gmail.com") else email.partition("@")[2],
        )
        for email in emails
    ]
    found = [each.prospect_id for each in people.resolve(session, leads, now, secret=SECRET)]
    ids = [each for each in found if each is not None]
    act(session, now, *ids)
    session.execute(
        update(ProspectRow).where(ProspectRow.id.in_(ids)).values(warm=warm, points=70.0)
    )
    return ids


def act(session: Session, now: datetime, *ids: ProspectId, kind: Kind = Kind.FORM) -> None:
    """Something the buyer did."""
    facts = [
        Fact(
            prospect_id=each,
            kind=kind,
            happened_at=now,
            source="site",
            key=uuid4().hex,
            body={"form": "demo", "campaign": "spring"},
        )
        for each in ids
    ]
    timeline.record(session, facts, now, ring=False)


def look(
    session: Session,
    now: datetime,
    *ids: ProspectId,
    plans: Sequence[Plan] = (),
    claimed: str | None = "evaluation",
    lottery: Lottery = NOBODY_IS_DRAWN,
) -> list[Snapshot]:
    """One reaction as routing sees it: everybody is claimed to be in a stage, and is considered."""
    seen = timeline.lock_and_see(session, ids, now)
    assert seen.busy == []
    claim = None
    if claimed:
        claim = StageClaim(
            stage=claimed,
            confidence=0.8,
            at=now - timedelta(days=1),
            expires_at=None,
            model="points/1",
        )
    snapshots = [replace(each, claim=claim) for each in seen.snapshots]
    by_person = {plan.prospect_id: plan for plan in plans}
    consider(session, snapshots, by_person, now, lottery=lottery)
    session.flush()
    return snapshots


def handoff(session: Session, prospect_id: ProspectId) -> HandoffRow:
    """The latest handoff of a person."""
    return session.execute(
        select(HandoffRow)
        .where(HandoffRow.prospect_id == prospect_id)
        .order_by(HandoffRow.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar_one()


def ref(row: HandoffRow) -> HandoffRef:
    return HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id))


def offers(session: Session, row: HandoffRow) -> list[OfferRow]:
    return list(
        session.execute(
            select(OfferRow)
            .where(OfferRow.prospect_id == row.prospect_id, OfferRow.handoff_id == row.id)
            .order_by(OfferRow.n)
            .execution_options(populate_existing=True)
        ).scalars()
    )


def offered(session: Session, now: datetime, email: str = "ida@firm.example") -> HandoffRow:
    """A fresh handoff, offered to whose turn it is."""
    (prospect_id,) = arrive(session, now, email)
    look(session, now, prospect_id)
    return handoff(session, prospect_id)


def lifecycle(session: Session, prospect_id: object) -> str:
    return session.execute(
        select(ProspectRow.lifecycle).where(ProspectRow.id == prospect_id)
    ).scalar_one()
