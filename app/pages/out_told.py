"""Reads what programs, chats and CRMs were told, call by call, and each attempt."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.pages import out_words, turning
from app.pages.out_view import name_of, place_of_destination, place_of_program
from app.pages.out_views import CallPage, Place, Program, Told, Try
from app.pages.views import Tone
from app.pages.words import several
from webhooks import attempts, crm_report, endpoints, redrive
from webhooks.call_rows import CallAttemptRow, CallRow, CallState
from webhooks.destinations import Destination
from webhooks.endpoints import Endpoint
from webhooks.events import Event
from webhooks.hooks import Hook
from webhooks.redrive import DEAD


class _Again(TypedDict):
    again: str
    far: int


def program(
    session: Session, hook: Hook, now: datetime, *, asked: Mapping[str, str], may_change: bool
) -> Program:
    """One program with its last calls; `asked` says from where on, and whether only of those given up."""
    place = place_of_program(hook, endpoints.of_all(session).get(hook.slug, Endpoint()), now)
    calls, next_url = _calls(session, hook.slug, asked, place.url)
    live = hook.former_until is not None and hook.former_until > now
    return Program(
        place=place,
        address=hook.url,
        events=[out_words.EVENTS[each] for each in hook.events],
        calls=calls,
        dead=_dead(session, hook.slug),
        **_again(session, hook.slug),
        may_change=may_change,
        only_dead=_only_dead(asked),
        switched_off=not hook.active,
        former_until=hook.former_until if live else None,
        next_url=next_url,
    )


def listener(
    session: Session,
    destination: Destination,
    now: datetime,
    *,
    asked: Mapping[str, str],
    may_change: bool,
) -> Program:
    """One chat or CRM with what it was told, and of a CRM how it is asked."""
    name = name_of(destination)
    place = place_of_destination(destination, endpoints.of_all(session).get(name, Endpoint()), now)
    calls, next_url = _calls(session, name, asked, place.url)
    wanted = [event for event in Event if event in destination.wants]
    return Program(
        place=place,
        address="",
        events=[out_words.EVENTS[each] for each in wanted],
        calls=calls,
        dead=_dead(session, name),
        **_again(session, name),
        is_chat=destination.is_chat,
        asked=out_words.asked(crm_report.of(session, destination)) if destination.is_crm else "",
        may_change=may_change,
        only_dead=_only_dead(asked),
        next_url=next_url,
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


def _calls(
    session: Session, hook: str, asked: Mapping[str, str], url: str
) -> tuple[Sequence[Told], str | None]:
    query = select(CallRow).where(CallRow.hook == hook)
    if _only_dead(asked):
        query = query.where(DEAD)
    if before := turning.start(asked):
        query = query.where(CallRow.id < before)
    query = query.order_by(CallRow.id.desc()).limit(turning.PAGE + 1)
    rows, last = turning.one_page(list(session.execute(query).scalars()))
    return [_told(row) for row in rows], turning.next_url(url, asked, last.id) if last else None


def _only_dead(asked: Mapping[str, str]) -> bool:
    return asked.get("state") == CallState.DEAD


def _dead(session: Session, hook: str) -> int:
    dead = select(func.count()).select_from(CallRow).where(DEAD, CallRow.hook == hook)
    return session.execute(dead).scalar_one()


def _again(session: Session, hook: str) -> _Again:
    found = redrive.under_way(session, hook)
    if found is None:
        return {"again": "", "far": 0}
    back, calls = found.calls - found.left, several(found.calls, "call", "calls")
    words = f"What was given up is being told again: {back:,} of {calls} so far."
    return {"again": words, "far": 100 * back // max(found.calls, 1)}


def _told(row: CallRow) -> Told:
    state, tone = out_words.CALLS[CallState(row.state)]
    return Told(
        id=str(row.id),
        url=f"/out/calls/{row.id}",
        at=row.made_at,
        event=row.event,
        state=state,
        tone=tone,
        tries=several(row.attempts, "try", "tries"),
        reason=row.reason or "",
        given_up=row.state == CallState.DEAD and bool(row.body),
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
