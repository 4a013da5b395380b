"""Reads who outside is told of what, how they are doing, and what platforms made of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages import out_words, turning
from app.pages.out_views import Fate, Lookup, Place, Platform, StepLine
from app.pages.views import Tone
from webhooks import conversion_report, endpoints, finding_out, hooks, known, letters
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.conversions import endpoint_of
from webhooks.destinations import Destination, Milestone
from webhooks.endpoints import Endpoint
from webhooks.hooks import Hook
from webhooks.letters import CHAT, CRM
from webhooks.poll_rows import SourcePollRow

MOST_FATES = 100
"""Fates that are shown, those of the most steps: a platform may find other words for each that it refuses."""


def programs(session: Session, now: datetime) -> list[Place]:
    """Every program that is told."""
    doing = endpoints.of_all(session)
    found = hooks.all_hooks(session).values()
    return [place_of_program(each, doing.get(each.slug, Endpoint()), now) for each in found]


def others(session: Session, now: datetime, *, secret: str) -> list[Place]:
    """Every ad platform, chat and CRM, those that cannot be used with why."""
    doing, found = endpoints.of_all(session), known.destinations(session, secret=secret)
    good = [
        place_of_destination(each, doing.get(name_of(each), Endpoint()), now)
        for each in found.destinations.values()
    ]
    return [*good, *(broken(slug, why) for slug, why in found.broken.items())]


def name_of(destination: Destination) -> str:
    """Under which name the table of endpoints has it."""
    return letters.name_of(destination) if destination.by_calls else endpoint_of(destination.slug)


def platform(
    session: Session,
    destination: Destination,
    now: datetime,
    *,
    before: UUID | None,
    may_change: bool,
) -> Platform:
    """One ad platform: what became of the steps of 90 days, and the last of them."""
    found = endpoints.of_all(session).get(name_of(destination), Endpoint())
    place = place_of_destination(destination, found, now)
    query = select(ConversionRow).where(ConversionRow.destination == destination.slug)
    if before is not None:
        query = query.where(ConversionRow.id < before)
    query = query.order_by(ConversionRow.id.desc()).limit(turning.PAGE + 1)
    rows, last = turning.one_page(list(session.execute(query).scalars()))
    counts = conversion_report.counts(session, [destination.slug], now)
    fates = [_fate(each) for each in counts[:MOST_FATES]]
    lacking = {*conversion_report.NOT_TOLD, *([ConversionState.WAITING] if found.failures else [])}
    untold = any(each.state in lacking for each in counts)
    return Platform(
        place=place,
        consent=destination.consent or "",
        steps=[
            (out_words.STEPS[Milestone(step)], named.name)
            for step, named in destination.events.items()
        ],
        fates=fates,
        lines=[_step(row) for row in rows],
        dry_run=destination.dry_run,
        may_tell_again=may_change and untold,
        next_url=turning.next_url(place.url, {}, last.id) if last else None,
    )


def lookup(session: Session, destination: Destination, now: datetime) -> Lookup:
    """One service that is asked about companies, and what it has told."""
    found = endpoints.of_all(session).get(name_of(destination), Endpoint())
    row = session.get(SourcePollRow, f"{finding_out.PREFIX}{destination.slug}")
    return Lookup(
        place=place_of_destination(destination, found, now),
        finds=sorted(destination.finds.items()),
        per_minute=destination.per_minute,
        found=row.found if row else 0,
        found_at=row.found_at if row else None,
        reason=row.reason if row else None,
    )


def place_of(session: Session, hook: str, now: datetime, *, secret: str) -> Place:
    """The program or chat of a call; it may be gone by now."""
    slug = hook.removeprefix(CHAT).removeprefix(CRM)
    if hook != slug:
        found = known.destinations(session, secret=secret).destinations.get(slug)
        if found is not None:
            return place_of_destination(found, Endpoint(), now)
    elif (there := hooks.all_hooks(session).get(slug)) is not None:
        return place_of_program(there, Endpoint(), now)
    return Place(url="/out", name=slug, kind="", state="gone", tone=Tone.PLAIN, line="It is gone.")


def place_of_program(hook: Hook, endpoint: Endpoint, now: datetime) -> Place:
    state, tone, line = out_words.doing(endpoint, now, active=hook.active, reason=hook.reason)
    return Place(
        url=f"/out/programs/{hook.slug}",
        name=hook.slug,
        kind="Program",
        state=state,
        tone=tone,
        line=line,
        told_at=endpoint.told_at,
    )


def place_of_destination(destination: Destination, endpoint: Endpoint, now: datetime) -> Place:
    state, tone, line = out_words.doing(
        endpoint,
        now,
        active=destination.active,
        dry_run=destination.dry_run,
        asked=destination.is_lookup,
    )
    return Place(
        url=f"/out/to/{destination.slug}",
        name=destination.slug,
        kind=out_words.KINDS[destination.kind],
        state=state,
        tone=tone,
        line=line,
        told_at=endpoint.told_at,
    )


def broken(slug: str, why: str) -> Place:
    """One that cannot be used as it is configured."""
    return Place(url="/out", name=slug, kind="", state="broken", tone=Tone.BAD, line=why)


def _fate(each: conversion_report.Count) -> Fate:
    state, tone = out_words.CONVERSIONS[each.state]
    return Fate(
        step=out_words.STEPS[Milestone(each.milestone)],
        state=state,
        tone=tone,
        count=each.count,
        reason=each.reason or "",
    )


def _step(row: ConversionRow) -> StepLine:
    state, tone = out_words.CONVERSIONS[ConversionState(row.state)]
    return StepLine(
        person_url=f"/people/{row.prospect_id}",
        at=row.at,
        step=out_words.STEPS[Milestone(row.milestone)],
        state=state,
        tone=tone,
        reason=row.reason or "",
    )
