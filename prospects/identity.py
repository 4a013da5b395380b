"""Who is recognised by what: identities, and the race for a new one."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from prospects.doubles import Clash
from prospects.evidence import folded_name, is_shared, worth
from prospects.ids import ProspectId, new_id
from prospects.rows import IdentityRow
from prospects.sealing import digest
from prospects.store import among, insert_new
from prospects.values import Person


class Identity(NamedTuple):
    """One way to recognise a person: kind (`prospects.evidence.KINDS`) and normalised key."""

    kind: str
    key: str


MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What one submission says about who sent it. `ref` is the caller's own name for it.

    `domain` is a registrable company domain or None; identities are normalised already. `hints` are
    what never tells whose a lead is (`prospects.evidence.HINTS`). `source` stands beside what it says
    of the company.
    """

    ref: str
    identities: tuple[Identity, ...]
    person: Person
    happened_at: datetime
    hints: tuple[Identity, ...] = ()
    domain: str | None = None
    account_name: str | None = None
    account_fields: Mapping[str, Any] = field(default_factory=dict)
    source: str = "a lead"


def identity_digest(secret: str, identity: Identity) -> str:
    """The keyed hash by which an identity is recognised after it was erased."""
    return digest(secret, identity.kind, identity.key)


def of_address(key: str, name: str | None) -> Identity:
    """What an address says of who writes by it: a shared mailbox only with their name."""
    if not is_shared(key):
        return Identity("email", key)
    return Identity(MAILBOX, f"{key} {folded_name(name)}")


def addresses_of(identities: Iterable[Identity]) -> list[str]:
    """The e-mail addresses among these, in their key's form."""
    kinds = {"email", MAILBOX}
    return sorted({each.key.partition(" ")[0] for each in identities if each.kind in kinds})


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose each lead is, by its `ref`; and where a lead named more than one person."""

    of: Mapping[str, ProspectId]
    clashes: Sequence[Clash]


def give_owners(session: Session, leads: Sequence[Lead], now: datetime) -> Owners:
    """Whose each lead is; afterwards each identity has an owner for certain.

    Ids of people who do not exist yet are new; the caller inserts those that are missing.
    """
    owners = owners_of(session, {identity for lead in leads for identity in _said(lead)})
    proposed, intended = _intended(leads, owners, now)
    # In the order of their key, so that two batches with the same people cannot deadlock.
    rows = [
        {"kind": each.kind, "key": each.key, "prospect_id": who, "learned_at": now}
        for each, who in sorted(proposed.items())
    ]
    insert_new(session, IdentityRow, rows, on=["kind", "key"])
    final = owners | owners_of(session, set(proposed))
    of = {lead.ref: _follow_winner(session, lead, intended[lead.ref], final) for lead in leads}
    return Owners(of, [each for lead in leads for each in _clashes(lead, of[lead.ref], final)])


def newcomers(session: Session, leads: Sequence[Lead], now: datetime) -> int:
    """How many people nobody knew yet these leads would make; nothing is written."""
    owners = owners_of(session, {identity for lead in leads for identity in _said(lead)})
    _, intended = _intended(leads, owners, now)
    return len(set(intended.values()) - set(owners.values()))


def _intended(
    leads: Sequence[Lead], owners: Mapping[Identity, ProspectId], now: datetime
) -> tuple[dict[Identity, ProspectId], dict[str, ProspectId]]:
    """Whom each identity that nobody has is proposed for, and whose each lead is meant to be."""
    proposed: dict[Identity, ProspectId] = {}
    intended: dict[str, ProspectId] = {}
    known = ChainMap(proposed, dict(owners))
    for lead in leads:
        mine = min((each for each in telling(lead) if each in known), key=_strength, default=None)
        who = intended[lead.ref] = known[mine] if mine else ProspectId(new_id(now))
        proposed.update({each: who for each in _said(lead) if each not in known})
    return proposed, intended


def _clashes(
    lead: Lead, owner: ProspectId, final: Mapping[Identity, ProspectId]
) -> Iterator[Clash]:
    """What of the lead belongs to others than its owner."""
    theirs = [each for each in lead.identities if final[each] == owner]
    joins = any(worth(each.kind).joins for each in theirs)
    for each in _said(lead):
        if final[each] != owner:
            yield Clash(owner, final[each], each.kind, joins)


def _follow_winner(
    session: Session,
    lead: Lead,
    intended: ProspectId,
    final: dict[Identity, ProspectId],
) -> ProspectId:
    """The owner; a lead that lost an identity in a race hands the others it won to the winner."""
    winner = final[min(telling(lead), key=_strength)]
    if winner == intended:
        return winner
    for each in _said(lead):
        if final[each] == intended:
            session.execute(
                update(IdentityRow)
                .where(IdentityRow.kind == each.kind, IdentityRow.key == each.key)
                .values(prospect_id=winner)
                .execution_options(synchronize_session=False)
            )
            final[each] = winner
    return winner


def owners_of(session: Session, identities: set[Identity]) -> dict[Identity, ProspectId]:
    """Whose these identities are, of those that anybody has."""
    if not identities:
        return {}
    kinds = sorted({each.kind for each in identities})
    wanted = (
        (IdentityRow.kind == kind)
        & among(session, IdentityRow.key, [each.key for each in identities if each.kind == kind])
        for kind in kinds
    )
    rows = session.execute(
        select(IdentityRow.kind, IdentityRow.key, IdentityRow.prospect_id).where(or_(*wanted))
    )
    return {Identity(row.kind, row.key): ProspectId(row.prospect_id) for row in rows}


def telling(lead: Lead) -> list[Identity]:
    """The identities that say who it is: a phone alone may, beside an address it does not."""
    personal = [each for each in lead.identities if each.kind != "phone"]
    return personal or list(lead.identities)


def _strength(identity: Identity) -> int:
    return worth(identity.kind).rank


def _said(lead: Lead) -> tuple[Identity, ...]:
    return (*lead.identities, *lead.hints)
