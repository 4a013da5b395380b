"""Understood items become people and their history; an item that cannot is dead, and stops no other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from prospects import consents, landing, people, timeline
from prospects.consents import Consent
from prospects.identity import Lead
from prospects.ids import CaptureId, ProspectId
from prospects.people import Resolved
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from webhooks import aliases, visitors
from webhooks.adapter import Agreement, Came, Read
from webhooks.fates import ERASED, NAMELESS, Fate, Fresh, FreshFeedback
from webhooks.generic_items import said
from webhooks.leads import lead_of
from webhooks.rows import CaptureState

log = structlog.get_logger(__name__)

Known = tuple[Fresh, ProspectId]

REFUSALS = {
    "erased": ERASED,
    "nobody": "there is no e-mail address, phone number or platform id, so this is about nobody",
}


def record(
    session: Session, fresh: Sequence[Fresh], now: datetime, *, secret: str
) -> dict[CaptureId, Fate]:
    """Find the people, write down what they did and agreed to; the fate of each capture."""
    return by_halves(session, fresh, lambda some: _together(session, some, now, secret))


def foresee(
    session: Session, fresh: Sequence[Fresh], now: datetime, *, secret: str
) -> tuple[dict[CaptureId, Fate], int]:
    """The fate each of these would have that names its person, and how many people are new; nothing is written."""
    fates, leads = _leads(fresh)
    refused, new = people.foresee(session, leads, now, secret=secret)
    for each in fresh:
        if each.capture_id not in fates:
            fates[each.capture_id] = _fate(refused.get(str(each.capture_id)))
    return fates, new


AnyFresh = TypeVar("AnyFresh", Fresh, FreshFeedback)


def by_halves(
    session: Session,
    fresh: Sequence[AnyFresh],
    write: Callable[[Sequence[AnyFresh]], dict[CaptureId, Fate]],
) -> dict[CaptureId, Fate]:
    """Write all of it; what the database will not take is narrowed down by halves to the one item."""
    if not fresh:
        return {}
    try:
        with session.begin_nested():
            return write(fresh)
    except Exception as error:
        if not _is_poison(error):
            raise
        if len(fresh) == 1:
            log.exception("an item could not be recorded", capture=str(fresh[0].capture_id))
            reason = f"it could not be recorded ({type(error).__name__})"
            return {fresh[0].capture_id: Fate(CaptureState.DEAD, reason)}
    middle = len(fresh) // 2
    halves = (fresh[:middle], fresh[middle:])
    first, second = (by_halves(session, each, write) for each in halves)
    return first | second


def _is_poison(error: Exception) -> bool:
    """Whether it is the value's fault: lost races and lost connections are tried again whole."""
    if not isinstance(error, DBAPIError):
        return True
    # Class 54: a value beyond a limit of PostgreSQL, such as a key too long for its index.
    too_much = str(getattr(error.orig, "sqlstate", "")).startswith("54")
    return too_much or isinstance(error, DataError | IntegrityError)


def _together(
    session: Session, fresh: Sequence[Fresh], now: datetime, secret: str
) -> dict[CaptureId, Fate]:
    # Locked before anybody else is: acts of one visitor are taken one after the other.
    guests = visitors.meet(session, fresh, now, secret=secret)
    named = [each for each in fresh if not _is_nameless(each.read)]
    fates = _resolved(session, named, now, secret) | _landed(session, fresh, secret)
    aliased = aliases.take(session, guests, fresh, now).items()
    fates = {each: Fate(CaptureState.RECORDED, prospect_id=who) for each, who in aliased} | fates
    whose = {each: fate.prospect_id for each, fate in fates.items() if fate.prospect_id}
    in_time = sorted(fresh, key=lambda each: each.read.happened_at)
    gained = {
        each.capture_id: guests.meet_one(each, whose.get(each.capture_id)) for each in in_time
    }
    for each in in_time:
        if each.capture_id not in fates and (owner := guests.owner(each)):
            guests.recognise(each, owner)
            fates[each.capture_id] = Fate(CaptureState.RECORDED, prospect_id=owner)
            whose[each.capture_id] = owner
    guests.keep(session)
    nameless = [each for each in fresh if each.capture_id not in fates]
    visitors.wait(session, guests, nameless)
    fates |= {each.capture_id: Fate(CaptureState.NAMELESS, NAMELESS) for each in nameless}
    known = [(each, whose[each.capture_id]) for each in fresh if each.capture_id in whose]
    aliases.learn(session, [each for each in known if _is_nameless(each[0].read)], now)
    _agree(session, known, now)
    _remember(session, known, gained, now)
    _join(session, visitors.joined(session, guests), now)
    aliases.join(session, guests, named, now)
    return fates


def _is_nameless(read: Read) -> bool:
    """Whether only its visitor or a link of ours can tell who did it."""
    about = read.about
    told = about.email or about.phone or about.ids
    return bool(read.visitors or read.landing) and not told


def _resolved(
    session: Session, fresh: Sequence[Fresh], now: datetime, secret: str
) -> dict[CaptureId, Fate]:
    """Who sent these, by what they say of themselves; or why that is nobody."""
    fates, leads = _leads(fresh)
    resolved = {each.ref: each for each in people.resolve(session, leads, now, secret=secret)}
    for each in fresh:
        if each.capture_id not in fates:
            fates[each.capture_id] = _fate(resolved[str(each.capture_id)])
    return fates


def _leads(fresh: Sequence[Fresh]) -> tuple[dict[CaptureId, Fate], list[Lead]]:
    """What each says of its sender; or that it is about nobody, and why."""
    fates: dict[CaptureId, Fate] = {}
    leads: list[Lead] = []
    for each in fresh:
        lead = lead_of(each.read, str(each.capture_id), each.source)
        if isinstance(lead, str):
            fates[each.capture_id] = Fate(CaptureState.DEAD, lead)
        else:
            leads.append(lead)
    return fates, leads


def _fate(found: Resolved | None) -> Fate:
    """Recorded, unless it is refused; None is somebody who is still to be made."""
    if found is None or found.refused is None:
        return Fate(CaptureState.RECORDED, prospect_id=found.prospect_id if found else None)
    return Fate(CaptureState.DEAD, REFUSALS.get(found.refused, found.refused))


def _landed(session: Session, fresh: Sequence[Fresh], secret: str) -> dict[CaptureId, Fate]:
    """Those who came by a link of our mail and are still on record."""
    told = {
        each.capture_id: who
        for each in fresh
        if each.read.landing
        and _is_nameless(each.read)
        and (who := landing.whose(secret, each.read.landing, each.read.happened_at))
    }
    still = select(ProspectRow.id).where(ProspectRow.id.in_(set(told.values())))
    still = still.where(ProspectRow.erased_at.is_(None))
    there = set(session.execute(still).scalars()) if told else set()
    alone = [each for each in fresh if _is_nameless(each.read) and not each.read.visitors]
    return {each.capture_id: Fate(CaptureState.DEAD, REFUSALS["nobody"]) for each in alone} | {
        capture: Fate(CaptureState.RECORDED, prospect_id=who)
        for capture, who in told.items()
        if who in there
    }


def _agree(session: Session, known: Sequence[Known], now: datetime) -> None:
    agreed: list[Consent] = []
    of_old: list[Consent] = []
    for each, who in known:
        these = agreed if each.read.came is Came.LIVE else of_old
        these += _consents(who, each.source, each.key, each.read.agreements)
    consents.record(session, agreed, now)
    consents.record(session, consents.not_regained(session, of_old), now)


def _remember(
    session: Session,
    known: Sequence[Known],
    gained: Mapping[CaptureId, Mapping[str, Any]],
    now: datetime,
) -> None:
    facts: dict[bool, list[Fact]] = {True: [], False: []}
    for each, who in known:
        fact = _fact(each, who, gained[each.capture_id])
        facts[each.read.came is not Came.QUIETLY].append(fact)
    for ring, some in facts.items():
        timeline.record(session, some, now, ring=ring)


def _join(session: Session, facts: Sequence[Fact], now: datetime) -> None:
    """What has waited for these people: their history now, with what they agreed to and refused."""
    agreed = [
        consent
        for fact in facts
        for consent in _consents(
            fact.prospect_id,
            fact.source,
            fact.key,
            said(fact.kind, fact.body, fact.happened_at),
        )
    ]
    consents.record(session, agreed, now)
    timeline.record(session, facts, now)


def _fact(fresh: Fresh, prospect_id: ProspectId, gained: Mapping[str, Any]) -> Fact:
    read = fresh.read
    return Fact(
        prospect_id=prospect_id,
        kind=read.kind,
        happened_at=read.happened_at,
        source=fresh.source,
        key=fresh.key,
        body={**read.body, **gained},
        suspect_robot=read.suspect_robot,
    )


def _consents(
    who: ProspectId, source: str, key: str, agreements: Sequence[Agreement]
) -> list[Consent]:
    return [
        Consent(
            prospect_id=who,
            topic=each.topic,
            given=each.given,
            text=each.text,
            at=each.at,
            source=source,
            key=f"{key}/{each.topic}",
        )
        for each in agreements
    ]
