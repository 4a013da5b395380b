"""Who outside can not be told, or not asked, and needs somebody: for the pages that say so, and for Prometheus."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.pages import out_view, out_words
from app.pages.out_views import Place
from app.pages.views import Tone
from webhooks import crm_report, endpoints, hooks, known
from webhooks.destinations import Destination
from webhooks.endpoints import Endpoint

AFTER = timedelta(minutes=15)
"""For so long somebody fails before anybody is told: a service that is restarted is back by then."""


def alarming(session: Session, now: datetime, *, secret: str) -> list[Place]:
    """Programs, platforms, chats and CRMs that somebody should look at, the worst first."""
    doing, found = endpoints.of_all(session), known.destinations(session, secret=secret)
    programs = [
        out_view.place_of_program(each, endpoint, now)
        for each in hooks.all_hooks(session).values()
        if _fails(endpoint := doing.get(each.slug, Endpoint()), now) or _was_ended(each)
    ]
    others = [
        out_view.place_of_destination(each, endpoint, now)
        for each in found.destinations.values()
        if each.active and _fails(endpoint := doing.get(out_view.name_of(each), Endpoint()), now)
    ]
    broken = [out_view.broken(slug, why) for slug, why in found.broken.items()]
    every = found.destinations.values()
    unasked = [place for each in every if (place := _unasked(session, each, now))]
    return sorted(
        [*programs, *others, *broken, *unasked],
        key=lambda place: (place.tone is not Tone.BAD, place.name, place.state),
    )


def _fails(endpoint: Endpoint, now: datetime) -> bool:
    since = endpoint.failing_since
    return endpoint.failures > 0 and since is not None and now - since >= AFTER


def _was_ended(hook: hooks.Hook) -> bool:
    """It switched itself off, as by 410; what a person switched off is no alarm."""
    return not hook.active and hook.reason is not None


def _unasked(session: Session, crm: Destination, now: datetime) -> Place | None:
    """A CRM whose passes have come to nothing for a while."""
    if not (crm.is_crm and crm.active):
        return None
    asked = crm_report.of(session, crm)
    if asked.trouble is None or (asked.at and now - asked.at < AFTER + crm.ask_every):
        return None
    place = out_view.place_of_destination(crm, Endpoint(), now)
    return replace(place, state="not asked", tone=Tone.BAD, line=out_words.asked(asked))
