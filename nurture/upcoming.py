"""The mails that will follow if nothing more happens, for the brief and the marketer's preview. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from nurture.advance import Place
from nurture.flow import Branch, Flow, HandingOff, Leaving, Mailing, WaitFor
from nurture.holding import BUSINESS_DAYS
from nurture.splitting import Split, way_of
from prospects.ids import ProspectId
from prospects.values import UpcomingMail

MOST = 3
FARTHEST = 100
"""Steps looked ahead: a flow may lead in a circle."""


def upcoming(
    who: ProspectId, flow: Flow, place: Place, *, now: datetime, held_until: datetime | None = None
) -> tuple[UpcomingMail, ...]:
    """At most three mails to this person from here on, each with its earliest time."""
    return tuple(islice(_mails(who, flow, place, max(now, held_until or now)), MOST))


def _mails(who: ProspectId, flow: Flow, place: Place, at: datetime) -> Iterator[UpcomingMail]:
    step, since = flow.by_id.get(place.step), place.since
    for _ in range(FARTHEST):
        if step is None:
            return
        match step.action:
            case Mailing(template=template):
                yield UpcomingMail(flow=flow.flow, step=step.id, template=template, at=at)
                to = flow.after(step)
            case timedelta() as length:
                at, to = max(at, since + length), flow.after(step)
            case WaitFor(within=within, otherwise=other):
                at, to = max(at, since + within), other or flow.after(step)
            case Branch(otherwise=other):
                to = other or flow.after(step)
            case Split() as split:
                to = way_of(split, who, flow.flow, step.id)
            case HandingOff():
                at = max(at, since + timedelta(days=BUSINESS_DAYS))
                to = flow.after(step)
            case Leaving():
                return
        step, since = flow.by_id.get(to or ""), at
