"""What comes next for one person in one flow: a decision, made of values only. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from nurture.flow import Branch, Flow, HandingOff, Leaving, Mailing, Step, WaitFor
from nurture.holding import held_since, held_until, verdict_after
from nurture.setting import Setting
from nurture.splitting import Split, way_of
from prospects.change import Change, changed
from prospects.conditions import Sight, look
from prospects.values import Lifecycle, Snapshot

MOST_MOVES = 50
"""Moves of one person in one reaction; more means that the flow runs in a circle."""

GRACE = timedelta(minutes=1)
"""How far a sender's clock may be behind ours: platforms also cut seconds off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands in a flow, and since when.

    `visits` counts how often each step was reached; `known` are recent activities that were known
    when this one was, so that a wait is ended by something new and by nothing else; `asked` says
    that this visit's handoff was asked for.
    """

    step: str
    visit: int
    since: datetime
    visits: Mapping[str, int]
    known: tuple[str, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """On to another step; None is the end of the flow."""

    to: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """Send a mail for this visit of this step, and go on."""

    step: str
    visit: int
    template: str
    topic: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Set:
    """Write something down about this person for this visit of this step, and go on."""

    step: str
    visit: int
    change: Change
    to: str | None


@dataclass(frozen=True, slots=True)
class HandOff:
    """Ask sales to take this person, and stay."""

    step: str
    visit: int
    lane: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing before then, unless something happens."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A rep works on this person: nothing before then, unless there is a verdict."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Exit:
    """Out of the flow, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Out at the flow's end."""


@dataclass(frozen=True, slots=True)
class Park:
    """Something is wrong with the flow: stop here until a person has looked."""

    reason: str


Rest = Wait | Held | Exit | Finish | Park
"""Moves after which nothing more happens now."""
Effect = Mail | Set | HandOff
Move = Go | Effect | Rest


@dataclass(frozen=True, slots=True)
class Progress:
    """One reaction: the effects asked for, the places reached, and where and how it came to rest."""

    effects: tuple[Effect, ...]
    reached: tuple[Place, ...]
    place: Place
    rest: Rest


def enter(seen: Snapshot, flow: Flow, now: datetime) -> Place:
    """The first place in a flow."""
    return _arrive(seen, {}, flow.steps[0].id, now)


def advance(seen: Snapshot, flow: Flow, place: Place, now: datetime) -> Progress:
    """Everything that is due for this person in this flow, in order; at most fifty moves."""
    sight = look(seen)
    effects: list[Effect] = []
    reached: list[Place] = []
    for _ in range(MOST_MOVES):
        move = decide(seen, sight, flow, place=place, now=now)
        if not isinstance(move, Go | Mail | Set | HandOff):
            return Progress(tuple(effects), tuple(reached), place, move)
        # The steps that follow see what was set at once; scoring and other flows at the next look.
        if isinstance(move, Mail | HandOff):
            effects.append(move)
        if isinstance(move, Set) and (after := changed(seen, move.change)) is not seen:
            effects.append(move)
            seen, sight = after, look(after)
        if isinstance(move, HandOff):
            place = replace(place, asked=True)
            continue
        if move.to is None:
            return Progress(tuple(effects), tuple(reached), place, Finish())
        place = _arrive(seen, place.visits, move.to, now)
        reached.append(place)
    rest = Park(f"more than {MOST_MOVES} moves at once")
    return Progress(tuple(effects), tuple(reached), place, rest)


def decide(seen: Snapshot, sight: Sight, flow: Flow, *, place: Place, now: datetime) -> Move:
    """The one next move from a place. What makes people leave is looked at before each step."""
    step = flow.by_id.get(place.step)
    if step is None:
        return Park(f"there is no step {place.step}")
    if seen.lifecycle is Lifecycle.DISQUALIFIED:
        return Exit("disqualified")
    for leave in flow.exits:
        if leave.holds(sight):
            return Exit(leave.reason)
    if isinstance(step.action, HandingOff):
        return _hand_off(seen, flow, step, place=place, now=now)
    if until := held_until(seen, now):
        return Held(until)
    return _act(seen, sight, flow, step, place=place, now=now)


def _act(
    seen: Snapshot, sight: Sight, flow: Flow, step: Step, *, place: Place, now: datetime
) -> Move:
    match step.action:
        case Mailing(template=template, topic=topic):
            return Mail(step.id, place.visit, template, topic, flow.after(step))
        case timedelta() as length:
            due = place.since + length
            return Go(flow.after(step)) if now >= due else Wait(due)
        case WaitFor() as wait:
            return _wait_for(seen, wait, place, now) or Go(wait.otherwise or flow.after(step))
        case Branch(when=cases, otherwise=other):
            found = next((case.then for case in cases if case.holds(sight)), other)
            return Go(found or flow.after(step))
        case Setting(change=change):
            return Set(step.id, place.visit, change, flow.after(step))
        case Split() as split:
            return Go(way_of(split, seen.prospect_id, flow.flow, step.id))
        case Leaving(reason=reason):
            return Exit(reason)
        case HandingOff():
            raise AssertionError("decided before")
        case _:
            assert_never(step.action)


def _wait_for(seen: Snapshot, wait: WaitFor, place: Place, now: datetime) -> Move | None:
    """Where the first thing that happened leads; None once the time is over without any."""
    due = place.since + wait.within
    earliest = place.since - GRACE
    new = (
        each
        for each in seen.activities
        if earliest <= each.happened_at <= due and str(each.id) not in place.known
    )
    fitting = (
        watch.then
        for each in new
        for watch in wait.first
        if watch.fits(each, watch.activity, seen.stages)
    )
    if to := next(fitting, None):
        return Go(to)
    return Wait(due) if now < due else None


def _hand_off(seen: Snapshot, flow: Flow, step: Step, *, place: Place, now: datetime) -> Move:
    if not place.asked:
        lane = step.hand_off.lane if step.hand_off else None
        return HandOff(step.id, place.visit, lane)
    until = held_since(seen, place.since)
    if now >= until or verdict_after(seen, place.since):
        return Go(flow.after(step))
    return Held(until)


def _arrive(seen: Snapshot, visits: Mapping[str, int], step: str, now: datetime) -> Place:
    visit = visits.get(step, 0) + 1
    recent = (each for each in seen.activities if each.happened_at >= now - GRACE)
    return Place(
        step=step,
        visit=visit,
        since=now,
        visits={**visits, step: visit},
        known=tuple(str(each.id) for each in recent),
    )
