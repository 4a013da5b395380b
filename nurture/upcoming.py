"""The mails that will follow if nothing more happens, for the brief and the marketer's preview. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from nurture.advance import Place
from nurture.flow import Branch, Flow, HandingOff, Leaving, Mailing, Step, WaitFor
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
            case timedelta() as length:
                at = max(at, since + length)
            case WaitFor(within=within):
                at = max(at, since + within)
            case HandingOff():
                at = max(at, since + timedelta(days=BUSINESS_DAYS))
            case Leaving():
                return
            case _:
                pass  # taken at once
        step, since = flow.by_id.get(_onward(who, flow, step) or ""), at


def _onward(who: ProspectId, flow: Flow, step: Step) -> str | None:
    match step.action:
        case WaitFor(otherwise=other) | Branch(otherwise=other):
            return other or flow.after(step)
        case Split() as split:
            return way_of(split, who, flow.flow, step.id)
        case _:
            return flow.after(step)
