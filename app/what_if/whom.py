"""Whom a flow or the routing rules are tried on: people we know as they were at an instant, or one made up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.flow import Flow
from prospects import groups
from prospects.identities import normalise_email
from prospects.ids import ActivityId, ProspectId, parse_id
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.values import Activity, Lifecycle, Person, Snapshot
from scoring.assess import assess
from scoring.rules import ScoringRules

SOMEBODY = ProspectId(UUID(int=1))


def find(session: Session, written: str) -> ProspectRow | None:
    """The person of this id or e-mail address, who is neither forgotten nor part of another."""
    by_email = groups.at_address(normalise_email(written) or "")
    wanted = parse_id(written)
    named = ProspectRow.id == wanted if wanted else ProspectRow.id.in_(by_email)
    query = select(ProspectRow).where(
        named, ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None)
    )
    return session.execute(query.limit(1)).scalar_one_or_none()


def as_known(whole: Snapshot, rules: ScoringRules) -> Callable[[datetime], Snapshot]:
    """What was known of somebody at an instant, with what we would have believed then by these rules.

    Names and fields are as they are now: the record keeps no older ones.
    """

    def known(at: datetime) -> Snapshot:
        acts = tuple(each for each in whole.activities if each.learned_at <= at)
        then = replace(whole, as_of=at, activities=acts)
        return then.assessed(assess(then, rules, at))

    return known


def made_up(flow: Flow, stages: tuple[str, ...], now: datetime) -> Snapshot:
    """Somebody who just did what lets people into this flow, and of whom nothing else is known."""
    kind = flow.enter.activity or (Kind.VERDICT if flow.enter.verdict else Kind.FORM)
    act = Activity(ActivityId(UUID(int=2)), kind, now, now, "simulation", {})
    return Snapshot(
        prospect_id=SOMEBODY,
        as_of=now,
        person=Person(email="somebody@example.com", name="Somebody"),
        company=None,
        activities=(act,),
        lifecycle=Lifecycle.INQUIRY,
        stages=stages,
    )
