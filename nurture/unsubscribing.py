"""The way out of a letter: a signed token for one address and topic that asks for no sign-in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import consents, timeline
from prospects.consents import Consent
from prospects.ids import ProspectId, parse_id
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact

SALT = "unsubscribe"
SOURCE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class WayOut:
    """Whom a token lets out of what. The address is a keyed hash, so it still works after erasure."""

    prospect_id: ProspectId
    address_digest: str
    topic: str


def token_of(secret: str, prospect_id: ProspectId, address: str, topic: str) -> str:
    """The token in the letter to this address about this topic; the same each time."""
    digest = consents.address_digest(secret, address)
    return str(_signer(secret).dumps([prospect_id.hex, digest, topic]))


def way_out(secret: str, token: str) -> WayOut | None:
    """What a token says; None for one that we never made."""
    try:
        who, digest, topic = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    prospect_id = parse_id(who)
    return WayOut(ProspectId(prospect_id), digest, topic) if prospect_id else None


def unsubscribe(
    session: Session, way: WayOut, now: datetime, *, topics: Collection[str] | None = None
) -> None:
    """Never mail this address again about these topics (the token's, unless others are given).

    It is a statement of the person as well, so whoever reads what they agreed to, and whoever is
    told of `consent.changed`, knows that they took it back.
    Takes effect when this transaction commits: no hand-over begins after it. Safe to repeat.
    """
    person = session.execute(
        select(ProspectRow).where(ProspectRow.id == way.prospect_id).with_for_update()
    ).scalar_one_or_none()
    for topic in sorted(topics or [way.topic]):
        consents.suppress(session, [way.address_digest], now, reason="unsubscribed", topic=topic)
        if person is not None and person.erased_at is None:
            key = f"unsubscribed:{way.address_digest[:16]}:{topic}"
            fact = Fact(
                prospect_id=way.prospect_id,
                kind=Kind.UNSUBSCRIBED,
                happened_at=now,
                source=SOURCE,
                key=key,
                body={"topic": topic},
            )
            no = Consent(
                prospect_id=way.prospect_id,
                topic=topic,
                given=False,
                text=None,
                at=now,
                source=SOURCE,
                key=key,
            )
            consents.record(session, [no], now)
            timeline.record(session, [fact], now)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
