"""What is in force: routing rules, the ladder of stages for briefs, and the sales side with its loads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from prospects import configuration, team
from prospects.configuration import Document
from prospects.ids import MemberId
from prospects.ladder import STAGES
from prospects.member import Member
from routing.availability import Load, hours_of, limit
from routing.lives import HandoffState
from routing.rows import HandoffRow, OfferRow
from routing.rules import RoutingRules
from routing.stages import Rung

ON_HAND = (HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.CHECKED)
"""Handoffs that count against a rep's capacity."""


def current(session: Session) -> RoutingRules:
    """The rules in force; with none applied, leads go by turns to every active rep."""
    return configuration.parsed(session, "routing", _rules)


def ladder(session: Session) -> tuple[Rung, ...]:
    """The buying stages in their order, with what a brief says about each."""
    return configuration.parsed(session, "stages", _ladder)


def colleagues(session: Session) -> dict[str, Member]:
    """Everybody who works or worked here, by e-mail."""
    return {member.email: member for member in team.members(session)}


def loads(session: Session, members: Iterable[Member], now: datetime) -> dict[MemberId, Load]:
    """How much each member with a cap has on their hands; nobody else is counted."""
    everybody = list(members)
    held = _open(session, [each.id for each in everybody if limit(each, "open") is not None])
    capped = [each for each in everybody if limit(each, "per_day") is not None]
    got = _today(session, capped, now)
    return {
        each.id: Load(held.get(each.id, 0), got.get(each.id, 0))
        for each in everybody
        if each.id in held or each.id in got
    }


def _open(session: Session, ids: Sequence[MemberId]) -> Mapping[Any, int]:
    if not ids:
        return {}
    counted = session.execute(
        select(HandoffRow.rep_id, func.count())
        .where(HandoffRow.rep_id.in_(ids), HandoffRow.state.in_(ON_HAND))
        .where(HandoffRow.drawn.is_(None))
        .group_by(HandoffRow.rep_id)
    )
    return {row[0]: row[1] for row in counted}


def _today(session: Session, members: Sequence[Member], now: datetime) -> Mapping[Any, int]:
    if not members:
        return {}
    mine = [
        and_(OfferRow.rep_id == each.id, OfferRow.offered_at >= _midnight(each, now))
        for each in members
    ]
    counted = session.execute(
        select(OfferRow.rep_id, func.count()).where(or_(*mine)).group_by(OfferRow.rep_id)
    )
    return {row[0]: row[1] for row in counted}


def _midnight(member: Member, now: datetime) -> datetime:
    """The beginning of the member's own day."""
    local = now.astimezone(hours_of(member).zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _rules(documents: Mapping[str, Document]) -> RoutingRules:
    for document in documents.values():
        return RoutingRules.model_validate(document.body)
    return RoutingRules()


def _ladder(documents: Mapping[str, Document]) -> tuple[Rung, ...]:
    for document in documents.values():
        return tuple(_rung(stage) for stage in document.body["stages"])
    return tuple(_rung(stage) for stage in STAGES)


def _rung(stage: Mapping[str, Any]) -> Rung:
    return Rung(
        slug=str(stage["slug"]),
        name=str(stage.get("name") or stage["slug"]),
        needs=tuple(stage.get("needs") or ()),
        questions=tuple(stage.get("questions") or ()),
        content=tuple(stage.get("content") or ()),
    )
