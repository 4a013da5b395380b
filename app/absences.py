"""Absences entered in the browser: each with who entered it, so that files and browser do not undo one another."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.times import zone_of
from prospects import audit, configuration, team
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId
from prospects.member import Member
from routing import going_away

LONGEST = timedelta(days=366)
MOST = 100
BY = "by"
"""The key that tells an absence of the browser from one of team.yaml."""


def enter(
    session: Session, member_id: MemberId, absence: Mapping[str, Any], now: datetime, *, by: str
) -> int:
    """The colleague is away on these days (`from`, `until`, `reason`); returns how many offers end sooner for it.

    Raises FaultyError under `from` or `until`.
    """
    configuration.lock(session)
    member = _member(session, member_id)
    first, last = absence["from"], absence["until"]
    _check(member, first, last, now)
    entered = {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "reason": absence["reason"],
        BY: by,
    }
    _keep(session, member, [*member.absences, entered], now)
    audit.note(session, "absence entered", member.id, now, who=by)
    return going_away.let_go(session, [_member(session, member_id)], now)


def take_back(
    session: Session, member_id: MemberId, first: str, last: str, now: datetime, *, by: str
) -> bool:
    """Take an absence away that was entered in the browser; False if there is none of these days."""
    configuration.lock(session)
    member = _member(session, member_id)
    gone = [each for each in member.absences if BY in each and _days(each) == (first, last)]
    if not gone:
        return False
    kept = [each for each in member.absences if each not in gone]
    _keep(session, member, kept, now)
    audit.note(session, "absence taken back", member.id, now, who=by)
    return True


def together(
    written: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What a file says, and what was entered in the browser besides: applying a file takes none of that away."""
    return [*written, *(each for each in before if BY in each and each not in written)]


def _member(session: Session, member_id: MemberId) -> Member:
    member = team.member(session, member_id)
    assert member is not None, "nobody who works here is ever deleted"
    return member


def _check(member: Member, first: date, last: date, now: datetime) -> None:
    today = now.astimezone(zone_of(member.zone)).date()
    if last < first:
        raise FaultyError(Fault("until", "this ends before it begins", "swap the two"))
    if last < today:
        raise FaultyError(Fault("until", "this is over already", "a day from today on"))
    if last - first > LONGEST or first - today > LONGEST:
        raise FaultyError(Fault("until", "this is more than a year", "days within a year"))
    if len(member.absences) >= MOST:
        raise FaultyError(Fault("from", "there are too many already", "take old ones away"))


def _keep(
    session: Session, member: Member, absences: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    team.save(session, [{"email": member.email, "absences": list(absences)}], now)


def _days(absence: Mapping[str, Any]) -> tuple[str, str]:
    return str(absence.get("from")), str(absence.get("until"))
