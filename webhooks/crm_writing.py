"""Writes people to a CRM as they stand now, many in one call: prepare, act, settle. Each ends in a fate of its own.

Each time all of a person is written under one external id, so that neither a call that is made twice nor one
that comes late leaves anything behind but the truth. One batch is under way to a CRM at a time: what is read
later is written later, and its limits are met by one caller.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select, tuple_, update
from sqlalchemy.orm import Session

from prospects import configuration, once, outbox
from prospects.announcing import DESTINATION
from prospects.topics import Topic
from webhooks import crm_dossiers, crm_fates, endpoints, known, tokens
from webhooks.adapter import Reply
from webhooks.call_rows import CallRow, CallState
from webhooks.calls import FORGOTTEN, LIFETIME
from webhooks.crm_fates import Broken, Came
from webhooks.crm_speaking import answer
from webhooks.crms.dialect import Record, Wanted, is_for_later
from webhooks.crms.registry import DIALECTS
from webhooks.crms.writing import Fate, Talk
from webhooks.destinations import Destination
from webhooks.endpoints import SHUT, Shut
from webhooks.letters import CRM, SWITCHED_OFF
from webhooks.outbound import Answered, Networks, NoAnswer
from webhooks.waits import wish

BEGINS_WITHIN = 9.0
"""Seconds after which a batch begins no other call: one takes 15 s at most, and a lease lasts 25 s."""
LEASE = timedelta(seconds=40)
"""So long nobody else writes to the CRM if whoever does is never heard of again."""
SLOT = timedelta(seconds=10)
"""Looks at what waits are promised for whole ten seconds, so that many reasons make one look."""
# A literal, so that the partial index is known to hold the row.
WAITING = CallRow.state == literal_column(f"'{CallState.WAITING}'")
Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Batch:
    """The people who are written in one go, and by our id of each the calls that this settles."""

    crm: Destination = field(repr=False)
    records: Sequence[Record] = field(repr=False)
    calls: Mapping[str, Sequence[Key]]


def prepare(session: Session, slug: str, now: datetime, *, secret: str) -> Batch | Shut | None:
    """The next batch for a CRM; None if nothing is due. After failures in a row it is left alone."""
    hook = f"{CRM}{slug}"
    # Whoever holds its row is the only one who looks for what to write.
    busy_until = endpoints.hold(session, hook)
    crm = known.destinations(session, secret=secret).destinations.get(slug)
    if crm is None or not crm.active or not crm.is_crm:
        _bury(session, hook, SWITCHED_OFF, now)
        return None
    if busy_until is not None and busy_until > now:
        return Shut(busy_until - now)
    rows = _due(session, hook, now, DIALECTS[crm.kind].most)
    written = configuration.read(session, DESTINATION)[slug].applied_at
    endpoints.changed(session, hook, written, now)
    if rows and (until := endpoints.shut_until(session, hook, now)):
        _bury(session, hook, SHUT, now, CallRow.since < now - LIFETIME)
        return endpoints.rest_until(until, now)
    people = {row.prospect_id for row in rows if row.body}
    found = crm_dossiers.dossiers(session, people, crm, now, secret=secret) if people else {}
    calls: dict[str, list[Key]] = {}
    for row in rows:
        if row.prospect_id in found:
            calls.setdefault(found[row.prospect_id].id, []).append((row.prospect_id, row.id))
        else:
            crm_fates.end(row, CallState.DEAD, FORGOTTEN, now)
    if not calls:
        session.flush()
        look_again(session, slug, now)
        return None
    endpoints.take(session, hook, now + LEASE)
    records = {each.id: each for each in found.values()}
    return Batch(crm, list(records.values()), calls)


def act(batch: Batch, ticking: Callable[[], float], *, allow: Networks) -> Came:
    """Make the calls that it takes; no transaction is open here. `ticking` counts seconds and never goes back."""
    begun = ticking()
    fates: dict[str, Fate] = {}
    talk = DIALECTS[batch.crm.kind].write(batch.records, batch.crm, fates)
    broken: Broken | None = None
    wanted = next(talk, None)
    while wanted is not None and (at := ticking()) - begun < BEGINS_WITHIN:
        reply = _said(wanted, batch.crm, at, allow)
        broken = reply if isinstance(reply, Broken) else None
        wanted = None if isinstance(reply, Broken) else _next(talk, reply)
    return Came(fates, broken, round((ticking() - begun) * 1000))


def _next(talk: Talk, reply: Reply) -> Wanted | None:
    try:
        return talk.send(reply)
    except StopIteration:
        return None


def settle(session: Session, batch: Batch, came: Came, now: datetime) -> None:
    """Write down what became of each, and promise a look at what waits."""
    hook = f"{CRM}{batch.crm.slug}"
    endpoints.hold(session, hook)
    endpoints.take(session, hook, None)
    keys = [key for some in batch.calls.values() for key in some]
    order = CallRow.prospect_id, CallRow.id
    query = select(CallRow).where(tuple_(*order).in_(keys)).order_by(*order).with_for_update()
    rows = {(row.prospect_id, row.id): row for row in session.execute(query).scalars()}
    told = [
        (each, [rows[key] for key in batch.calls[each.id] if key in rows]) for each in batch.records
    ]
    crm_fates.keep(session, batch.crm.slug, told, came, now)
    if came.broken:
        endpoints.failed(session, hook, came.broken.reason, now, wish=came.broken.wish)
    else:
        endpoints.worked(session, hook, now)
    session.flush()
    look_again(session, batch.crm.slug, now)


def look_again(session: Session, slug: str, now: datetime) -> None:
    """Promise a look at what waits for this CRM, when the first of it is due."""
    mine = select(CallRow.due_at).where(WAITING, CallRow.hook == f"{CRM}{slug}")
    query = mine.where(CallRow.due_at.is_not(None)).order_by(CallRow.due_at).limit(1)
    first = session.execute(query).scalar_one_or_none()
    if first is not None:
        look_at(session, slug, first, now)


def look_at(session: Session, slug: str, at: datetime, now: datetime) -> None:
    """Promise a look, at once or at the end of these ten seconds, unless one is promised for then."""
    if at <= now:
        outbox.post(session, Topic.TELL_CRM, [slug], now)
        return
    past = timedelta(seconds=at.second % SLOT.seconds, microseconds=at.microsecond)
    once.post(session, Topic.TELL_CRM, slug, now, due_at=at - past + SLOT if past else at)


def hasten(session: Session, now: datetime) -> None:
    """What waits for a CRM whose entry was mended, such as its token, is told at once."""
    waits = [WAITING, CallRow.hook.startswith(CRM, autoescape=True), CallRow.due_at > now]
    found = session.execute(
        update(CallRow)
        .where(*waits)
        .values(due_at=now)
        .returning(CallRow.hook)
        .execution_options(synchronize_session=False)
    )
    crms = sorted({hook.removeprefix(CRM) for hook in found.scalars()})
    outbox.post(session, Topic.TELL_CRM, crms, now)


def _due(session: Session, hook: str, now: datetime, most: int) -> list[CallRow]:
    """The calls that are due, the oldest first; no more than any of them may go with."""
    query = (
        select(CallRow)
        .where(WAITING, CallRow.hook == hook, CallRow.due_at <= now)
        .order_by(CallRow.id)
        .limit(most)
        .with_for_update()
    )
    taken: list[CallRow] = []
    for row in session.execute(query).scalars():
        most = min(most, row.most or most)
        if len(taken) >= most:
            break
        taken.append(row)
    return taken


def _bury(
    session: Session, hook: str, reason: str, now: datetime, *which: ColumnElement[bool]
) -> None:
    """Whatever of this waits is given up, until somebody has it told again."""
    session.execute(
        update(CallRow)
        .where(WAITING, CallRow.hook == hook, CallRow.due_at.is_not(None), *which)
        .values(state=CallState.DEAD, reason=reason, settled_at=now, due_at=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _said(wanted: Wanted, crm: Destination, moment: float, allow: Networks) -> Reply | Broken:
    """The answer to one request; Broken where none of it can be gone on with now."""
    came = answer(wanted, crm, moment, allow=allow)
    if isinstance(came, tokens.Refused):
        return Broken(NoAnswer(came.reason, forbidden=came.ours), came.after)
    if isinstance(came, NoAnswer):
        return Broken(came)
    reply = Reply(came.status, came.body, wish(came.headers))
    complaint = DIALECTS[crm.kind].complaint(reply)
    if not is_for_later(reply, complaint) and reply.status not in (401, 403):
        return reply
    # What they answer holds people; only their complaint is kept.
    bare = Answered(came.status, came.headers, complaint.encode())
    return Broken(bare, timedelta(seconds=reply.wait) if reply.wait else None)
