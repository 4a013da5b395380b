"""What a workspace needs before leads flow, each asked of the record."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app import times
from app.auth.viewer import Viewer
from app.checkup import asking
from app.pages import looks
from app.pages.colleagues import with_password
from app.pages.setup_views import Check
from app.pages.words import several
from app.permissions import Act, may_at_all
from app.settings import Settings
from nurture.switches import Switch, switched_on
from prospects import configuration, team
from prospects.identities import domain_of, is_free_mail
from prospects.ids import MemberId
from prospects.member import Member, Role
from webhooks import health


def all_of(session: Session, settings: Settings, viewer: Viewer, now: datetime) -> list[Check]:
    """Every check, in the order in which one would mend them."""
    people = [member for member in team.members(session) if member.active]
    rows = asking.latest(session)
    return [
        looks.mail(settings, rows, now),
        looks.sender(settings, rows, now),
        looks.site(settings, rows, now),
        _leads(session, now),
        _people(people, with_password(session)),
        _routing(session),
        _flows(session, now),
        looks.offer(rows, viewer.id),
        _live(session, may_go_live=may_at_all(viewer.roles, Act.GO_LIVE)),
    ]


def _leads(session: Session, now: datetime) -> Check:
    title = "Test lead in"
    slugs = list(configuration.read(session, "source"))
    if not slugs:
        return Check(
            title=title,
            done=False,
            line="Nobody can send you leads yet.",
            mend="Write sources.yaml and run warmline apply.",
        )
    count = several(len(slugs), "source", "sources")
    if test := health.latest_test(session):
        line = f"{test.source} took a test lead {times.ago(test.at, now)}."
        return Check(title=title, done=True, line=line, url="/sources", action="See the sources")
    latest = _latest(health.of(session, slugs).values())
    if latest is None:
        return Check(
            title=title,
            done=False,
            line=f"{count}, but nothing has arrived yet.",
            mend="Open a source and send a test lead; for a platform, press its own test button.",
            url=f"/sources/{slugs[0]}" if len(slugs) == 1 else "/sources",
            action="Open the sources",
        )
    line = f"{count}; the last delivery came {times.ago(latest, now)}."
    return Check(title=title, done=True, line=line, url="/received", action="See what was received")


def _latest(found: Iterable[health.Health]) -> datetime | None:
    return max((each.last_delivery_at for each in found if each.last_delivery_at), default=None)


def _people(people: Iterable[Member], able: frozenset[MemberId]) -> Check:
    reps = [member for member in people if Role.REP in member.roles]
    ready = [member for member in reps if member.id in able]
    line = f"{several(len(reps), 'rep', 'reps')}, {len(ready)} of them can sign in."
    mend = "Invite a rep." if not reps else "Give each rep a link."
    return Check(
        title="People",
        done=bool(ready),
        line=line,
        mend=mend,
        url=None if ready else "#people",
        action="To the people who work here",
    )


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


def _flows(session: Session, now: datetime) -> Check:
    flows = configuration.read(session, "flow")
    line = "No flow is published, so nobody is written to."
    if flows:
        last = max(each.applied_at for each in flows.values())
        count = several(len(flows), "flow", "flows")
        line = f"{count}; the last was published {times.ago(last, now)}."
    return Check(
        title="Flow published",
        done=bool(flows),
        line=line,
        mend="Write one here and publish it, or put it into flows/ and run warmline apply.",
        url="/flows" if flows else "/flow-editor",
        action="See the flows" if flows else "Write a flow",
    )


def _live(session: Session, *, may_go_live: bool) -> Check:
    on = switched_on(session)
    if Switch.LIVE in on and Switch.MAIL_STOPPED not in on:
        return Check(title="Live", done=True, line="Flows write to prospects.")
    if Switch.MAIL_STOPPED in on:
        line, name, action = "All mail is stopped.", "resume", "Let mail go again"
    else:
        line = f"Rehearsal: mail goes to {_own_domains(session)} alone, whatever the flows say."
        name, action = "live", "Go live"
    return Check(
        title="Live",
        done=False,
        line=line,
        mend="" if may_go_live else "An administrator can change that.",
        url=f"/setup/mail/{name}" if may_go_live else None,
        action=action,
    )


def _own_domains(session: Session) -> str:
    named = {domain_of(member.email) for member in team.members(session) if member.active}
    own = sorted(each for each in named if each and not is_free_mail(each))
    return ", ".join(own[:3]) if own else "your colleagues"
