"""Where the lead of an address went: the deliveries that a person, or nobody, was known by."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, literal_column, or_, select
from sqlalchemy.orm import Session

from prospects import groups
from prospects.identities import normalise_email, normalise_phone
from prospects.identity import MAILBOX, Identity, identity_digest
from prospects.ids import ProspectId
from prospects.rows import IdentityRow, TombstoneRow
from webhooks.rows import CaptureRow, DeliveryRow, DeliveryState
from webhooks.spelled import holding, ways

MOST = 200
"""Deliveries of one person that are listed."""
LATEST = 5_000
"""So much of what came to nothing is looked through for an address."""
# A literal, so that the partial index of these is known to hold the row.
LOST = literal_column("capture.state IN ('dead', 'quarantined', 'test')", Boolean)
NAMED = literal_column("capture.space != 'signal'", Boolean)
TOLD = ("CREATED", "DELETED")
"""What LinkedIn says of a lead beside its id."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of an address: whose it is, in which deliveries it came, and whether it was forgotten."""

    people: Collection[ProspectId] = ()
    deliveries: Collection[UUID] = ()
    forgotten: bool = False


def trace(session: Session, words: str, *, secret: str) -> Traced:
    """Follow an e-mail address, a phone number or the platform's own id of a lead."""
    words = words.strip()
    identities = _identities(words)
    people = _people(session, identities)
    own = CaptureRow.prospect_id.in_(people) if people else CaptureRow.id.is_(None)
    newest = select(CaptureRow.delivery_id).where(own).order_by(CaptureRow.id.desc()).limit(MOST)
    found = set(session.execute(newest).scalars()) | _of_nobody(session, words)
    digests = [identity_digest(secret, each) for each in identities]
    gone = select(TombstoneRow.digest).where(TombstoneRow.digest.in_(digests)).limit(1)
    return Traced(people, found, session.execute(gone).first() is not None)


def _identities(words: str) -> list[Identity]:
    email, phone = normalise_email(words), normalise_phone(words)
    found = [Identity("email", email)] if email else []
    return found + ([Identity("phone", phone)] if phone else [])


def _people(session: Session, identities: Collection[Identity]) -> list[ProspectId]:
    if not identities:
        return []
    theirs = select(IdentityRow.prospect_id).where(or_(*(_is(each) for each in identities)))
    whose = set(session.execute(theirs).scalars())
    return sorted({who for each in whose for who in groups.whole(session, ProspectId(each))})


def _is(identity: Identity) -> ColumnElement[bool]:
    plain = (IdentityRow.kind == identity.kind) & (IdentityRow.key == identity.key)
    if identity.kind != "email":
        return plain
    # Who shares a mailbox is told apart by name: any of them may be meant.
    lead = f"{identity.key} "
    shared = (IdentityRow.kind == MAILBOX) & (IdentityRow.key >= lead)
    return plain | (shared & (IdentityRow.key < f"{identity.key}!"))


def _of_nobody(session: Session, words: str) -> set[UUID]:
    """What was kept under this id, and of the latest that came to nothing what holds these words."""
    if len(words) < 4:
        return set()
    named = (
        select(CaptureRow.delivery_id)
        .where(NAMED, CaptureRow.key.in_([words, *(f"{words}/{each}" for each in TOLD)]))
        .order_by(CaptureRow.id.desc())
        .limit(MOST)
    )
    lost = select(CaptureRow.delivery_id).where(LOST).order_by(CaptureRow.id.desc()).limit(LATEST)
    told = select(DeliveryRow.id).where(
        or_(DeliveryRow.id.in_(lost), DeliveryRow.id.in_(_unread())),
        DeliveryRow.body.is_not(None),
        holding(session, DeliveryRow.body, ways(words)),
    )
    return {*session.execute(named).scalars(), *session.execute(told.limit(MOST)).scalars()}


def _unread() -> Select[UUID]:
    states = [DeliveryState.UNREADABLE, DeliveryState.TEST]
    query = select(DeliveryRow.id).where(DeliveryRow.state.in_(states))
    return query.order_by(DeliveryRow.id.desc()).limit(LATEST)
