"""Understood items become people and their history; an item that cannot is dead, and stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from prospects import consents, people, timeline
from prospects.consents import Consent
from prospects.identity import Lead
from prospects.ids import CaptureId, ProspectId
from prospects.timeline import Fact
from webhooks.adapter import Came, Read
from webhooks.leads import lead_of
from webhooks.rows import CaptureState

log = structlog.get_logger(__name__)

ERASED = "this person was erased after it happened"
REFUSALS = {
    "erased": ERASED,
    "nobody": "there is no e-mail address, phone number or platform id, so this is about nobody",
}


@dataclass(frozen=True, slots=True)
class Fresh:
    """An item that came for the first time. `key` makes its recording unique for its person."""

    capture_id: CaptureId
    source: str
    key: str
    read: Read


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a capture."""

    state: CaptureState
    reason: str | None = None
    prospect_id: ProspectId | None = None


def record(
    session: Session, fresh: Sequence[Fresh], now: datetime, *, secret: str
) -> dict[CaptureId, Fate]:
    """Find the people, write down what they did and agreed to; the fate of each capture.

    What the database will not take is narrowed down by halves until the one item is found.
    """
    if not fresh:
        return {}
    try:
        with session.begin_nested():
            return _together(session, fresh, now, secret)
    except Exception as error:
        if not _is_poison(error):
            raise
        if len(fresh) == 1:
            log.exception("an item could not be recorded", capture=str(fresh[0].capture_id))
            reason = f"it could not be recorded ({type(error).__name__})"
            return {fresh[0].capture_id: Fate(CaptureState.DEAD, reason)}
    middle = len(fresh) // 2
    return record(session, fresh[:middle], now, secret=secret) | record(
        session, fresh[middle:], now, secret=secret
    )


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
    fates: dict[CaptureId, Fate] = {}
    leads: list[Lead] = []
    for each in fresh:
        lead = lead_of(each.read, str(each.capture_id))
        if isinstance(lead, str):
            fates[each.capture_id] = Fate(CaptureState.DEAD, lead)
        else:
            leads.append(lead)
    resolved = {each.ref: each for each in people.resolve(session, leads, now, secret=secret)}
    facts: dict[bool, list[Fact]] = {True: [], False: []}
    agreed: list[Consent] = []
    of_old: list[Consent] = []
    for each in fresh:
        if each.capture_id in fates:
            continue
        found = resolved[str(each.capture_id)]
        if found.prospect_id is None:
            reason = REFUSALS.get(found.refused or "", found.refused)
            fates[each.capture_id] = Fate(CaptureState.DEAD, reason)
            continue
        fates[each.capture_id] = Fate(CaptureState.RECORDED, prospect_id=found.prospect_id)
        came = each.read.came
        facts[came is not Came.QUIETLY].append(_fact(each, found.prospect_id))
        said = agreed if came is Came.LIVE else of_old
        said += _consents(each, found.prospect_id)
    consents.record(session, agreed, now)
    consents.record(session, consents.not_regained(session, of_old), now)
    for ring, some in facts.items():
        timeline.record(session, some, now, ring=ring)
    return fates


def _fact(fresh: Fresh, prospect_id: ProspectId) -> Fact:
    read = fresh.read
    return Fact(
        prospect_id=prospect_id,
        kind=read.kind,
        happened_at=read.happened_at,
        source=fresh.source,
        key=fresh.key,
        body=read.body,
    )


def _consents(fresh: Fresh, prospect_id: ProspectId) -> list[Consent]:
    return [
        Consent(
            prospect_id=prospect_id,
            topic=each.topic,
            given=each.given,
            text=each.text,
            at=each.at,
            source=fresh.source,
            key=f"{fresh.key}/{each.topic}",
        )
        for each in fresh.read.agreements
    ]
