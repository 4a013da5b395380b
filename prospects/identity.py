"""Who is recognised by what: identities, and the race for a new one."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from prospects.ids import ProspectId, new_id
from prospects.rows import IdentityRow
from prospects.sealing import digest
from prospects.store import insert_new
from prospects.values import Person


class Identity(NamedTuple):
    """One way to recognise a person: kind (email, phone, linkedin …) and normalised key."""

    kind: str
    key: str


STRENGTH = {"email": 1, "phone": 2}
"""Which identity decides when several point at different people: a platform's id (0), then the
address, then the phone, because a switchboard's number is shared by a whole company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What one submission says about who sent it. `ref` is the caller's own name for it.

    `domain` is a registrable company domain or None; identities are normalised already.
    """

    ref: str
    identities: tuple[Identity, ...]
    person: Person
    happened_at: datetime
    domain: str | None = None
    account_name: str | None = None
    account_fields: Mapping[str, Any] = field(default_factory=dict)


def identity_digest(secret: str, identity: Identity) -> str:
    """The keyed hash by which an identity is recognised after it was erased."""
    return digest(secret, identity.kind, identity.key)


def give_owners(session: Session, leads: Sequence[Lead], now: datetime) -> dict[str, ProspectId]:
    """Whose each lead is, by `ref`; afterwards each identity has an owner for certain.

    Ids of people who do not exist yet are new; the caller inserts those that are missing.
    """
    owners = _owners(session, {identity for lead in leads for identity in lead.identities})
    proposed: dict[Identity, ProspectId] = {}
    intended: dict[str, ProspectId] = {}
    known = ChainMap(proposed, owners)
    for lead in leads:
        mine = min((each for each in telling(lead) if each in known), key=_strength, default=None)
        who = intended[lead.ref] = known[mine] if mine else ProspectId(new_id(now))
        proposed.update({each: who for each in lead.identities if each not in known})
    # In the order of their key, so that two batches with the same people cannot deadlock.
    rows = [
        {"kind": each.kind, "key": each.key, "prospect_id": who, "learned_at": now}
        for each, who in sorted(proposed.items())
    ]
    insert_new(session, IdentityRow, rows, on=["kind", "key"])
    final = owners | _owners(session, set(proposed))
    return {lead.ref: _follow_winner(session, lead, intended[lead.ref], final) for lead in leads}


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
    for each in lead.identities:
        if final[each] == intended:
            session.execute(
                update(IdentityRow)
                .where(IdentityRow.kind == each.kind, IdentityRow.key == each.key)
                .values(prospect_id=winner)
                .execution_options(synchronize_session=False)
            )
            final[each] = winner
    return winner


def _owners(session: Session, identities: set[Identity]) -> dict[Identity, ProspectId]:
    if not identities:
        return {}
    rows = session.execute(
        select(IdentityRow.kind, IdentityRow.key, IdentityRow.prospect_id).where(
            tuple_(IdentityRow.kind, IdentityRow.key).in_([tuple(each) for each in identities])
        )
    )
    return {Identity(row.kind, row.key): ProspectId(row.prospect_id) for row in rows}


def telling(lead: Lead) -> list[Identity]:
    """The identities that say who it is: a phone alone may, beside an address it does not."""
    personal = [each for each in lead.identities if each.kind != "phone"]
    return personal or list(lead.identities)


def _strength(identity: Identity) -> int:
    return STRENGTH.get(identity.kind, 0)
