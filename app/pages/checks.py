"""What a workspace needs before leads flow, each asked of the record."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import times
from app.auth.rows import PasswordRow
from app.auth.viewer import words_of
from app.pages.office import Check, Colleague
from app.pages.words import several
from app.settings import Settings
from nurture.switches import Switch, switched_on
from prospects import configuration, team
from prospects.member import Member, Role
from webhooks import health


def all_of(session: Session, settings: Settings, now: datetime) -> list[Check]:
    """Every check, in the order in which one would mend them."""
    people = [member for member in team.members(session) if member.active]
    return [
        _sources(session, now),
        _people(people, _with_password(session)),
        _routing(session),
        _flows(session),
        _mail(settings),
        _live(session),
    ]


def colleagues(session: Session) -> list[Colleague]:
    """Everybody who works here."""
    able = _with_password(session)
    return [
        Colleague(
            name=member.name,
            email=member.email,
            roles=words_of(member.roles),
            can_sign_in=member.id in able,
            active=member.active,
        )
        for member in team.members(session)
    ]


def _with_password(session: Session) -> frozenset[object]:
    return frozenset(session.execute(select(PasswordRow.member_id)).scalars())


def _sources(session: Session, now: datetime) -> Check:
    slugs = list(configuration.read(session, "source"))
    if not slugs:
        return Check(
            title="Sources",
            done=False,
            line="Nobody can send you leads yet.",
            mend="Write sources.yaml and run warmline apply.",
        )
    latest = _latest(health.of(session, slugs).values())
    count = several(len(slugs), "source", "sources")
    if latest is None:
        return Check(
            title="Sources",
            done=False,
            line=f"{count}, but nothing has arrived yet.",
            mend=f"Give a platform its address, such as /webhooks/{slugs[0]}, or post a test lead.",
        )
    return Check(
        title="Sources",
        done=True,
        line=f"{count}; the last delivery came {times.ago(latest, now)}.",
        url="/received",
        action="See what was received",
    )


def _latest(found: Iterable[health.Health]) -> datetime | None:
    return max((each.last_delivery_at for each in found if each.last_delivery_at), default=None)


def _people(people: Iterable[Member], able: frozenset[object]) -> Check:
    reps = [member for member in people if Role.REP in member.roles]
    ready = [member for member in reps if member.id in able]
    line = f"{several(len(reps), 'rep', 'reps')}, {len(ready)} of them can sign in."
    mend = "Invite a rep below." if not reps else "Give each rep a link below."
    return Check(title="People", done=bool(ready), line=line, mend=mend)


def _routing(session: Session) -> Check:
    written = next(iter(configuration.read(session, "routing").values()), None)
    if written is None:
        line, done = "No rule is written, so leads go by turns to every rep.", False
    elif not written.body.get("fallback"):
        line, done = "Rules are written, but nobody answers for a lead that all reps leave.", False
    else:
        line, done = f"Rules are written; {written.body['fallback']} answers for the rest.", True
    mend = "Write routing.yaml with rules and a fallback, and run warmline apply."
    return Check(title="Routing", done=done, line=line, mend=mend)


def _flows(session: Session) -> Check:
    flows = configuration.read(session, "flow")
    return Check(
        title="Flows",
        done=bool(flows),
        line=f"{several(len(flows), 'flow', 'flows')}.",
        mend="Put a flow into flows/ and run warmline apply.",
    )


def _mail(settings: Settings) -> Check:
    if settings.smtp_url:
        return Check(title="Mail", done=True, line="A mail server is set.")
    return Check(
        title="Mail",
        done=False,
        line="No mail server is set; mails stay here, to be looked at.",
        mend="Set WARMLINE_SMTP_URL and start again.",
        url="/outbox",
        action="See the mails",
    )


def _live(session: Session) -> Check:
    on = switched_on(session)
    if Switch.MAIL_STOPPED in on:
        return Check(title="Live", done=False, line="All mail is stopped.")
    if Switch.LIVE in on:
        return Check(title="Live", done=True, line="Flows write to prospects.")
    return Check(title="Live", done=False, line="Rehearsal: only your own domain gets mail.")
