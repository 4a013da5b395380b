"""Reads who outside is told of what, how they are doing, and what became of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.pages import out_words, turning
from app.pages.out_views import CallPage, Fate, Place, Platform, Program, StepLine, Told, Try
from app.pages.views import Tone
from app.pages.words import several
from webhooks import attempts, conversion_report, crm_report, endpoints, hooks, known, letters
from webhooks.call_rows import CallAttemptRow, CallRow, CallState
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.conversions import endpoint_of
from webhooks.destinations import Destination, Milestone
from webhooks.endpoints import Endpoint
from webhooks.events import Event
from webhooks.hooks import Hook
from webhooks.letters import CHAT, CRM
from webhooks.redrive import DEAD


def programs(session: Session, now: datetime) -> list[Place]:
    """Every program that is told."""
    doing = endpoints.of_all(session)
    found = hooks.all_hooks(session).values()
    return [_program(each, doing.get(each.slug, Endpoint()), now) for each in found]


def others(session: Session, now: datetime, *, secret: str) -> list[Place]:
    """Every ad platform, chat and CRM, those that cannot be used with why."""
    doing, found = endpoints.of_all(session), known.destinations(session, secret=secret)
    good = [
        _destination(each, doing.get(name_of(each), Endpoint()), now)
        for each in found.destinations.values()
    ]
    bad = [
        Place(url="/out", name=slug, kind="", state="broken", tone=Tone.BAD, line=why)
        for slug, why in found.broken.items()
    ]
    return [*good, *bad]


def name_of(destination: Destination) -> str:
    """Under which name the table of endpoints has it."""
    return letters.name_of(destination) if destination.by_calls else endpoint_of(destination.slug)


def program(
    session: Session, hook: Hook, now: datetime, *, before: UUID | None, may_change: bool
) -> Program:
    """One program with its last calls."""
    place = _program(hook, endpoints.of_all(session).get(hook.slug, Endpoint()), now)
    calls, next_url = _calls(session, hook.slug, before, place.url)
    live = hook.former_until is not None and hook.former_until > now
    return Program(
        place=place,
        address=hook.url,
        events=[out_words.EVENTS[each] for each in hook.events],
        calls=calls,
        dead=_dead(session, hook.slug),
        may_change=may_change,
        switched_off=not hook.active,
        former_until=hook.former_until if live else None,
        next_url=next_url,
    )


def listener(
    session: Session,
    destination: Destination,
    now: datetime,
    *,
    before: UUID | None,
    may_change: bool,
) -> Program:
    """One chat or CRM with what it was told, and of a CRM how it is asked."""
    name = name_of(destination)
    place = _destination(destination, endpoints.of_all(session).get(name, Endpoint()), now)
    calls, next_url = _calls(session, name, before, place.url)
    wanted = [event for event in Event if event in destination.wants]
    return Program(
        place=place,
        address="",
        events=[out_words.EVENTS[each] for each in wanted],
        calls=calls,
        dead=_dead(session, name),
        is_chat=destination.is_chat,
        asked=out_words.asked(crm_report.of(session, destination)) if destination.is_crm else "",
        may_change=may_change,
        next_url=next_url,
    )


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
    place = _destination(destination, found, now)
    query = select(ConversionRow).where(ConversionRow.destination == destination.slug)
    if before is not None:
        query = query.where(ConversionRow.id < before)
    query = query.order_by(ConversionRow.id.desc()).limit(turning.PAGE + 1)
    rows, last = turning.one_page(list(session.execute(query).scalars()))
    fates = [_fate(each) for each in conversion_report.counts(session, [destination.slug], now)]
    untold = any(each.state in ("refused", "not told") for each in fates)
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


def call(
    session: Session, row: CallRow, place: Place, now: datetime, *, may_change: bool
) -> CallPage:
    """One call with each attempt at it."""
    key = (row.prospect_id, row.id)
    tried = attempts.of_calls(session, [key], now).get(row.id, [])
    return CallPage(
        told=_told(row),
        program=place,
        id=str(row.id),
        person_url=f"/people/{row.prospect_id}",
        document=json.dumps(row.body, indent=2, ensure_ascii=False) if row.body else "",
        attempts=[_try(each) for each in tried],
        replayable=may_change and row.state != CallState.WAITING and bool(row.body),
    )


def place_of(session: Session, hook: str, now: datetime, *, secret: str) -> Place:
    """The program or chat of a call; it may be gone by now."""
    slug = hook.removeprefix(CHAT).removeprefix(CRM)
    if hook != slug:
        found = known.destinations(session, secret=secret).destinations.get(slug)
        if found is not None:
            return _destination(found, Endpoint(), now)
    elif (there := hooks.all_hooks(session).get(slug)) is not None:
        return _program(there, Endpoint(), now)
    return Place(url="/out", name=slug, kind="", state="gone", tone=Tone.PLAIN, line="It is gone.")


def _program(hook: Hook, endpoint: Endpoint, now: datetime) -> Place:
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


def _destination(destination: Destination, endpoint: Endpoint, now: datetime) -> Place:
    state, tone, line = out_words.doing(
        endpoint, now, active=destination.active, reason=None, dry_run=destination.dry_run
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


def _calls(
    session: Session, hook: str, before: UUID | None, url: str
) -> tuple[Sequence[Told], str | None]:
    query = select(CallRow).where(CallRow.hook == hook)
    if before is not None:
        query = query.where(CallRow.id < before)
    query = query.order_by(CallRow.id.desc()).limit(turning.PAGE + 1)
    rows, last = turning.one_page(list(session.execute(query).scalars()))
    return [_told(row) for row in rows], turning.next_url(url, {}, last.id) if last else None


def _dead(session: Session, hook: str) -> int:
    dead = select(func.count()).select_from(CallRow).where(DEAD, CallRow.hook == hook)
    return session.execute(dead).scalar_one()


def _told(row: CallRow) -> Told:
    state, tone = out_words.CALLS[CallState(row.state)]
    return Told(
        url=f"/out/calls/{row.id}",
        at=row.made_at,
        event=row.event,
        state=state,
        tone=tone,
        tries=several(row.attempts, "try", "tries"),
        reason=row.reason or "",
    )


def _try(row: CallAttemptRow) -> Try:
    good = row.status is not None and 200 <= row.status < 300
    return Try(
        at=row.at,
        took=f"{row.took_ms:,} ms",
        outcome=f"status {row.status}" if row.status is not None else row.reason or "no answer",
        tone=Tone.GOOD if good else Tone.BAD,
        answer=row.answer or "",
    )


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
