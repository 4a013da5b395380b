"""Whose mail it was that a service speaks of: found by the mail's name, else by the address; what follows at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import consents, team, timeline
from prospects.consents import Consent
from prospects.identities import normalise_email
from prospects.identity import Identity, identity_digest
from prospects.ids import CaptureId, ProspectId
from prospects.kinds import Kind
from prospects.mail_names import UNPROVED
from prospects.rows import IdentityRow, ProspectRow, TombstoneRow
from prospects.timeline import Fact
from webhooks.fates import ERASED, Fate, FreshFeedback
from webhooks.record import by_halves
from webhooks.rows import CaptureRow, CaptureState

NOBODY = "it is about no mail of ours, and nobody here has this address"
A_COLLEAGUES = "somebody who works here wrote it"
ANSWERS = frozenset({Kind.REPLY, Kind.AUTO_REPLY})


def record(
    session: Session, fresh: Sequence[FreshFeedback], now: datetime, *, secret: str
) -> dict[CaptureId, Fate]:
    """Write down what was said of mails; bar the addresses that must not be mailed again.

    Nobody is made known by it. What it means for the mail itself follows by the topic `feedback`.
    """
    return by_halves(session, fresh, lambda some: _together(session, some, now, secret))


def _together(
    session: Session, fresh: Sequence[FreshFeedback], now: datetime, secret: str
) -> dict[CaptureId, Fate]:
    addresses = _addresses(fresh)
    _bar(session, fresh, addresses, now, secret)
    known = _people(session, fresh, addresses)
    gone = _erased(session, set(addresses.values()), secret)
    ours = {member.email.lower() for member in team.members(session)}
    fates: dict[CaptureId, Fate] = {}
    facts: list[Fact] = []
    withdrawn: list[Consent] = []
    for each in fresh:
        who, erased_at = known.get(each.capture_id, (None, None))
        forgotten = gone.get(addresses.get(each.capture_id, ""))
        if erased_at or (who is None and forgotten and forgotten >= each.read.happened_at):
            fates[each.capture_id] = Fate(CaptureState.DEAD, ERASED)
        elif each.read.kind in ANSWERS and addresses.get(each.capture_id) in ours:
            fates[each.capture_id] = Fate(CaptureState.QUARANTINED, A_COLLEAGUES)
        elif who is None:
            fates[each.capture_id] = Fate(CaptureState.QUARANTINED, NOBODY)
        else:
            fates[each.capture_id] = Fate(CaptureState.RECORDED, prospect_id=who)
            facts.append(_fact(each, who))
            withdrawn += _withdrawn(each, who)
    consents.record(session, withdrawn, now)
    timeline.record(session, facts, now)
    return fates


def stand_beside(
    session: Session,
    capture: CaptureRow,
    others: Sequence[FreshFeedback],
    fates: Mapping[CaptureId, Fate],
) -> None:
    """What a report tells of others is an item of its own, so that each of them can be forgotten; once."""
    beside = select(CaptureRow.key, CaptureRow.n).where(
        CaptureRow.delivery_id == capture.delivery_id
    )
    found = session.execute(beside).all() if others else []
    known, last = {row.key for row in found}, max((row.n for row in found), default=0)
    fresh = [each for each in others if each.read.key not in known]
    for n, each in enumerate(fresh, last + 1):
        fate = fates[each.capture_id]
        session.add(
            CaptureRow(
                id=each.capture_id,
                delivery_id=capture.delivery_id,
                n=n,
                source=capture.source,
                space=each.read.space,
                key=each.read.key,
                state=fate.state,
                reason=fate.reason,
                prospect_id=fate.prospect_id,
            )
        )


def _addresses(fresh: Sequence[FreshFeedback]) -> dict[CaptureId, str]:
    written = ((each.capture_id, each.read.address) for each in fresh)
    keys = ((capture, normalise_email(address)) for capture, address in written if address)
    return {capture: key for capture, key in keys if key}


def _bar(
    session: Session,
    fresh: Sequence[FreshFeedback],
    addresses: Mapping[CaptureId, str],
    now: datetime,
    secret: str,
) -> None:
    """Also an address that nobody here has: they may come tomorrow, and have said no already."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for each in fresh:
        bar, address = each.read.bar, addresses.get(each.capture_id)
        if bar and address and each.read.proved:
            digest = consents.address_digest(secret, address)
            wanted.setdefault((bar.reason, bar.topic), set()).add(digest)
    for (reason, topic), digests in sorted(wanted.items()):
        consents.suppress(session, digests, now, reason=reason, topic=topic)


def _people(
    session: Session, fresh: Sequence[FreshFeedback], addresses: Mapping[CaptureId, str]
) -> dict[CaptureId, tuple[ProspectId, datetime | None]]:
    """Who it is about, and when they were erased if they were; the mail's name goes before the address."""
    named = {each.capture_id: each.read.mail.prospect_id for each in fresh if each.read.mail}
    owners = {
        row.key: row.prospect_id
        for row in session.execute(
            select(IdentityRow.key, IdentityRow.prospect_id).where(
                IdentityRow.kind == "email", IdentityRow.key.in_(set(addresses.values()))
            )
        )
    }
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.erased_at).where(
            ProspectRow.id.in_({*named.values(), *owners.values()})
        )
    )
    people: dict[UUID, datetime | None] = {row.id: row.erased_at for row in rows}
    found = {
        each.capture_id: next(
            (
                who
                for who in (named.get(each.capture_id), _owner(each, owners, addresses))
                if who in people
            ),
            None,
        )
        for each in fresh
    }
    return {
        capture: (ProspectId(who), people[who]) for capture, who in found.items() if who is not None
    }


def _owner(
    each: FreshFeedback, owners: Mapping[str, UUID], addresses: Mapping[CaptureId, str]
) -> UUID | None:
    return owners.get(addresses.get(each.capture_id, ""))


def _erased(session: Session, addresses: set[str], secret: str) -> dict[str, datetime]:
    digests = {identity_digest(secret, Identity("email", each)): each for each in addresses}
    rows = session.execute(
        select(TombstoneRow.digest, TombstoneRow.erased_at).where(TombstoneRow.digest.in_(digests))
    )
    return {digests[row.digest]: row.erased_at for row in rows}


def _fact(fresh: FreshFeedback, who: ProspectId) -> Fact:
    read = fresh.read
    body = dict(read.body)
    if read.mail is None or read.mail.prospect_id != who:
        body.pop("send", None)
    if not read.proved and "send" not in body and (read.bar or read.kind is Kind.REPLY):
        body[UNPROVED] = True
    return Fact(
        prospect_id=who,
        kind=read.kind,
        happened_at=read.happened_at,
        source=fresh.source,
        key=fresh.key,
        body=body,
        suspect_robot=read.suspect_robot,
    )


def _withdrawn(fresh: FreshFeedback, who: ProspectId) -> list[Consent]:
    """Who unsubscribes takes back what they agreed to; the topic stands in what bars the address."""
    read = fresh.read
    if read.kind is not Kind.UNSUBSCRIBED or read.bar is None:
        return []
    return [
        Consent(
            prospect_id=who,
            topic=read.bar.topic,
            given=False,
            text=None,
            at=read.happened_at,
            source=fresh.source,
            key=f"{fresh.key}/{read.bar.topic}",
        )
    ]
