"""Who works here and how far each has come in, as the set-up page lists them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import ways_in
from app.auth.rows import PasswordRow
from app.auth.viewer import words_of
from app.auth.ways_in import Kind, Standing, State
from app.pages.setup_views import Colleague
from app.pages.views import Tone
from prospects import team
from prospects.ids import MemberId
from prospects.member import Member

ON_ITS_WAY = (State.WAITING, State.HANDING_OVER)


def listed(session: Session, now: datetime) -> list[Colleague]:
    """Everybody who works here, or did."""
    able, standings = with_password(session), ways_in.standings(session)
    return [
        _colleague(member, standings.get(member.id, Standing()), now, able=member.id in able)
        for member in team.members(session)
    ]


def with_password(session: Session) -> frozenset[MemberId]:
    """Who can sign in by a password."""
    return frozenset(
        MemberId(who) for who in session.execute(select(PasswordRow.member_id)).scalars()
    )


def _colleague(member: Member, standing: Standing, now: datetime, *, able: bool) -> Colleague:
    state, tone = _state(standing, now, able=able) if member.active else ("left", Tone.PLAIN)
    failed = member.active and standing.state is State.FAILED
    asked = able and standing.kind is Kind.RESET and standing.state in (State.HELD, State.FAILED)
    return Colleague(
        url=f"/setup/colleagues/{member.id}",
        name=member.name,
        email=member.email,
        roles=words_of(member.roles),
        state=state,
        tone=tone,
        why=standing.reason if failed else None,
        invitable=member.active and not able,
        was_invited=standing.kind is Kind.INVITATION or standing.open_until is not None,
        linkable=member.active and (not able or asked),
    )


def _state(standing: Standing, now: datetime, *, able: bool) -> tuple[str, Tone]:
    if able:
        return _able(standing)
    if standing.state in ON_ITS_WAY:
        return "invitation on its way", Tone.PLAIN
    if standing.state is State.FAILED:
        return "invitation was not taken", Tone.BAD
    if standing.open_until is None:
        return "no password yet", Tone.SOON
    return (
        ("invited", Tone.PLAIN) if standing.open_until > now else ("invitation ran out", Tone.SOON)
    )


def _able(standing: Standing) -> tuple[str, Tone]:
    if standing.kind is not Kind.RESET:
        return "can sign in", Tone.GOOD
    if standing.state is State.HELD:
        return "forgot their password", Tone.SOON
    if standing.state is State.FAILED:
        return "new password was not mailed", Tone.BAD
    return "can sign in", Tone.GOOD
