"""Who may be mailed about what: consent, withdrawal, and suppression that outlives erasure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import announcing
from prospects.ids import ProspectId, new_id
from prospects.rows import ConsentRow, SuppressionRow
from prospects.sealing import digest
from prospects.store import insert_new, table_of

EVERYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One statement of a person about one topic, with the text they saw."""

    prospect_id: ProspectId
    topic: str
    given: bool
    text: str | None
    at: datetime
    source: str
    key: str


def record(session: Session, consents: Sequence[Consent], now: datetime) -> None:
    """Keep each statement once, by (person, key)."""
    columns = table_of(ConsentRow).c
    written = insert_new(
        session,
        ConsentRow,
        [
            {
                "prospect_id": each.prospect_id,
                "id": new_id(now),
                "topic": each.topic,
                "given": each.given,
                "text": each.text,
                "at": each.at,
                "source": each.source,
                "key": each.key,
            }
            for each in sorted(consents, key=lambda each: (each.prospect_id, each.key))
        ],
        on=["prospect_id", "key"],
        returning=[columns.prospect_id, columns.id],
    )
    refs = [f"{who}/{which}/{announcing.SAID}" for who, which in written]
    announcing.post(session, [announcing.CONSENT_CHANGED], refs, now)


def not_regained(session: Session, consents: Sequence[Consent]) -> list[Consent]:
    """These statements without those that would give back what the same person ever took away.

    A file of the past may be older than the withdrawal, whatever time it says.
    """
    whose = {each.prospect_id for each in consents if each.given}
    rows = session.execute(
        select(ConsentRow.prospect_id, ConsentRow.topic).where(
            ConsentRow.prospect_id.in_(whose), ConsentRow.given.is_(False)
        )
    )
    gone = {(ProspectId(row.prospect_id), row.topic) for row in rows}
    gone |= {(each.prospect_id, each.topic) for each in consents if not each.given}
    takers = {who for who, _ in gone}

    def stands(said: Consent) -> bool:
        who = said.prospect_id
        if said.topic == EVERYTHING:
            return who not in takers
        return (who, said.topic) not in gone and (who, EVERYTHING) not in gone

    return [each for each in consents if not each.given or stands(each)]


def suppress(
    session: Session,
    digests: Iterable[str],
    now: datetime,
    *,
    reason: str,
    topic: str = EVERYTHING,
) -> None:
    """Never mail these addresses again about `topic`; the first reason stands."""
    rows = [
        {"digest": each, "topic": topic, "reason": reason, "at": now}
        for each in sorted(set(digests))
    ]
    insert_new(session, SuppressionRow, rows, on=["digest", "topic"])


def address_digest(secret: str, email: str) -> str:
    """The keyed hash under which an address is suppressed."""
    return digest(secret, "email", email.strip().lower())


def barred(
    session: Session,
    addresses: Mapping[ProspectId, str],
    topic: str,
    *,
    secret: str,
) -> dict[ProspectId, str]:
    """Who of these people must not be mailed about `topic`, and why, in words fit for a page."""
    by_digest: dict[str, list[ProspectId]] = {}
    for who, email in addresses.items():
        by_digest.setdefault(address_digest(secret, email), []).append(who)
    suppressed = session.execute(
        select(SuppressionRow.digest, SuppressionRow.reason).where(
            SuppressionRow.digest.in_(by_digest), SuppressionRow.topic.in_([EVERYTHING, topic])
        )
    )
    reasons = {who: row.reason for row in suppressed for who in by_digest[row.digest]}
    statements = session.execute(
        select(ConsentRow.prospect_id, ConsentRow.given)
        .where(
            ConsentRow.prospect_id.in_(list(addresses)), ConsentRow.topic.in_([EVERYTHING, topic])
        )
        .order_by(ConsentRow.at)
    )
    latest = {ProspectId(row.prospect_id): row.given for row in statements}
    for who, given in latest.items():
        if not given:
            reasons.setdefault(who, "withdrawn")
    return reasons
