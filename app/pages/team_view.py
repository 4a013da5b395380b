"""Reads who works here: the list, and one colleague whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy.orm import Session

from app import departure, staff
from app.auth import sessions
from app.auth.viewer import ROLES, words_of
from app.pages import colleagues, team_words
from app.pages.setup_views import Colleague, Invited
from app.pages.team_views import ColleaguePage, TeamLine
from app.pages.views import Mistake
from prospects import team
from prospects.ids import MemberId
from prospects.member import Member

MOST_SHOWN = 200
"""Colleagues on one page; whoever looks for somebody else types a part of their name."""
CHOICES = [(role.value, words.capitalize()) for role, words in ROLES.items()]
KEYS = {"roles": "roles", "active": "whether they work here", "hours": "hours", "zone": "zone"}
"""What a page shows of somebody, by the key of team.yaml that says it."""


def lines(session: Session, now: datetime, q: str) -> list[TeamLine]:
    """Everybody with these words in name, e-mail or roles, those who work here first."""
    shown = {each.email: each for each in colleagues.listed(session, now)}
    seen, files = sessions.last_seen(session), staff.in_files(session)
    found = [
        (not each.active, _line(each, shown[each.email], seen.get(each.id), files))
        for each in team.members(session)
    ]
    words = q.casefold().split()
    wanted = [(left, line) for left, line in found if _has(line, words)]
    wanted.sort(key=lambda each: (each[0], each[1].name.casefold(), each[1].email))
    return [line for _, line in wanted]


def _has(line: TeamLine, words: Sequence[str]) -> bool:
    text = f"{line.name} {line.email} {line.roles} {line.state}".casefold()
    return all(word in text for word in words)


def one(
    session: Session,
    member_id: MemberId,
    now: datetime,
    *,
    invited: Invited | None = None,
    mistakes: Mapping[str, Mistake] | None = None,
) -> ColleaguePage:
    """One colleague; absent (404) if there is none such."""
    member = team.member(session, member_id)
    if member is None:
        abort(404)
    state = next(each for each in colleagues.listed(session, now) if each.email == member.email)
    files = staff.in_files(session)
    burden = departure.burden(session, member.id, now)
    return ColleaguePage(
        line=_line(member, state, sessions.last_seen(session).get(member.id), files),
        active=member.active,
        able=member.id in colleagues.with_password(session),
        in_files=[words for key, words in KEYS.items() if key in files.get(member.email, {})],
        roles=CHOICES,
        ticked=[str(role) for role in member.roles],
        hands=team_words.hands(burden),
        becomes=team_words.becomes(burden, member.name),
        invited=invited,
        why=state.why,
        mistakes=mistakes or {},
    )


def _line(
    member: Member, shown: Colleague, seen_at: datetime | None, files: Mapping[str, Any]
) -> TeamLine:
    return TeamLine(
        url=f"/team/{member.id}",
        name=member.name,
        email=member.email,
        roles=words_of(member.roles),
        state=shown.state,
        tone=shown.tone,
        zone=member.zone,
        hours=team_words.hours(member.hours),
        seen_at=seen_at,
        files=member.email in files,
    )
