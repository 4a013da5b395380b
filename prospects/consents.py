"""Who may be mailed about what: consent, withdrawal, and suppression that outlives erasure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import announcing, groups, profiling, statements
from prospects.ids import ProspectId, new_id
from prospects.rows import ConsentRow, IdentityRow, ProspectRow, SuppressionRow
from prospects.sealing import digest
from prospects.store import insert_new, table_of

EVERYTHING = statements.EVERYTHING


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
    if about := {each.prospect_id for each in consents if each.topic == profiling.TOPIC}:
        profiling.refresh(session, about, now)


def not_regained(session: Session, consents: Sequence[Consent]) -> list[Consent]:
    """These statements without those that would give back what the same person ever took away,
    be it under the id of somebody they are one with.

    A file of the past may be older than the withdrawal, whatever time it says.
    """
    whose = {each.prospect_id for each in consents}
    absorbers = groups.heads(session, whose)
    head = groups.members(session, {absorbers.get(who, who) for who in whose})
    rows = session.execute(
        select(ConsentRow.prospect_id, ConsentRow.topic).where(
            ConsentRow.prospect_id.in_(list(head)), ConsentRow.given.is_(False)
        )
    )
    gone = {(head[row.prospect_id], row.topic) for row in rows}
    gone |= {(head[each.prospect_id], each.topic) for each in consents if not each.given}
    takers = {who for who, _ in gone}

    def stands(said: Consent) -> bool:
        who = head[said.prospect_id]
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
    """Who of these people must not be mailed about `topic`, and why, in words fit for a page.

    What one of people who were merged refused, whichever address they used, all of them refused.
    """
    merged = groups.absorbed(session, addresses)
    members = {who: [who, *merged.get(who, ())] for who in addresses}
    reasons = _suppressed(session, addresses, members if merged else {}, topic, secret=secret)
    joined = statements.joined_at(session, merged)
    for who, said in statements.of(session, members, topic).items():
        if statements.refused(said, joined.get(who)):
            reasons.setdefault(who, "withdrawn")
    return reasons


def agreed(session: Session, who: ProspectId, topic: str) -> bool:
    """Whether this person, or one they are one with, said yes to the topic, and nobody of them no since."""
    members = {who: groups.whole(session, who)}
    yes = select(ConsentRow.id).where(
        ConsentRow.prospect_id.in_(members[who]), ConsentRow.topic == topic, ConsentRow.given
    )
    if session.execute(yes.limit(1)).first() is None:
        return False
    said = statements.of(session, members, topic)
    return not statements.refused(said[who], statements.joined_at(session, members).get(who))


def refused_topics(session: Session, who: Sequence[ProspectId], *, secret: str) -> list[str]:
    """What any of these people refused, by statement or by address, for a page; `*` is all mail."""
    said = session.execute(
        select(ConsentRow.prospect_id, ConsentRow.topic, ConsentRow.given)
        .where(ConsentRow.prospect_id.in_(who))
        .order_by(ConsentRow.at, ConsentRow.given.desc())
    )
    last = {(row.prospect_id, row.topic): row.given for row in said}
    found = {topic for (_, topic), given in last.items() if not given}
    addresses = _further_addresses(session, {each: [each] for each in who})
    rows = session.execute(
        select(SuppressionRow.topic, SuppressionRow.reason).where(
            SuppressionRow.digest.in_({address_digest(secret, each) for _, each in addresses})
        )
    )
    return sorted(found | {row.topic for row in rows if row.reason not in OF_THE_ADDRESS})


OF_THE_ADDRESS = frozenset({"bounced"})
"""Reasons that say something of an address, and nothing of who has another one as well."""


def _suppressed(
    session: Session,
    addresses: Mapping[ProspectId, str],
    members: Mapping[ProspectId, Sequence[ProspectId]],
    topic: str,
    *,
    secret: str,
) -> dict[ProspectId, str]:
    owned: dict[str, set[ProspectId]] = {}
    for who, email in addresses.items():
        owned.setdefault(address_digest(secret, email), set()).add(who)
    shared: dict[str, set[ProspectId]] = {}
    for who, email in _further_addresses(session, members):
        shared.setdefault(address_digest(secret, email), set()).add(who)
    suppressed = session.execute(
        select(SuppressionRow.digest, SuppressionRow.reason).where(
            SuppressionRow.digest.in_({*owned, *shared}),
            SuppressionRow.topic.in_([EVERYTHING, topic]),
        )
    )
    reasons: dict[ProspectId, str] = {}
    for row in suppressed:
        others = set() if row.reason in OF_THE_ADDRESS else shared.get(row.digest, set())
        reasons |= dict.fromkeys(owned.get(row.digest, set()) | others, row.reason)
    return reasons


def _further_addresses(
    session: Session, members: Mapping[ProspectId, Sequence[ProspectId]]
) -> list[tuple[ProspectId, str]]:
    """Every address that people who were merged are known by, for whoever stands for them."""
    if not members:
        return []
    head = {each: who for who, some in members.items() for each in some}
    known = session.execute(
        select(IdentityRow.prospect_id, IdentityRow.key).where(
            IdentityRow.prospect_id.in_(head), IdentityRow.kind.in_(("email", "mailbox"))
        )
    )
    said = session.execute(
        select(ProspectRow.id, func.coalesce(ProspectRow.email, "")).where(
            ProspectRow.id.in_(head), ProspectRow.email.is_not(None)
        )
    )
    # A shared mailbox is kept with a name behind it.
    addresses = [(head[ProspectId(row[0])], row[1].partition(" ")[0]) for row in known]
    return addresses + [(head[ProspectId(row[0])], row[1]) for row in said]
