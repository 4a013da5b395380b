"""Find or make the person behind a lead, once, however many arrive at the same instant."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from prospects.ids import AccountId, ProspectId, new_id
from prospects.rows import AccountRow, IdentityRow, ProspectRow, TombstoneRow
from prospects.sealing import digest
from prospects.store import insert_new, on_sqlite
from prospects.values import Lifecycle, Person


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Whose lead it is, or why nobody's: `refused` is "erased" or "nobody"."""

    ref: str
    prospect_id: ProspectId | None = None
    refused: str | None = None
    created: bool = False


def resolve(
    session: Session, leads: Sequence[Lead], now: datetime, *, secret: str
) -> list[Resolved]:
    """Find or make the person of each lead, in the leads' order, and learn what it says of them.

    Two leads of one new person at the same instant, in one batch or in two transactions, make one
    person: the identity's unique key decides, the loser of the race takes the winner's id.
    A lead from before its person was erased is refused.
    """
    refused = _refusals(session, leads, secret)
    accepted = [lead for lead in leads if lead.ref not in refused]
    accounts = _accounts(session, accepted, now)
    owners = _claim_identities(session, accepted, now)
    chosen = {lead.ref: _strongest(lead, owners) for lead in accepted}
    fresh = _insert_missing(session, accepted, chosen, now)
    _learn(session, accepted, chosen, accounts=accounts, now=now)
    return [
        refused.get(lead.ref)
        or Resolved(ref=lead.ref, prospect_id=chosen[lead.ref], created=chosen[lead.ref] in fresh)
        for lead in leads
    ]


def identity_digest(secret: str, identity: Identity) -> str:
    """The keyed hash by which an identity is recognised after it was erased."""
    return digest(secret, identity.kind, identity.key)


def _refusals(session: Session, leads: Sequence[Lead], secret: str) -> dict[str, Resolved]:
    digests = {
        lead.ref: [identity_digest(secret, each) for each in lead.identities] for lead in leads
    }
    every = {each for some in digests.values() for each in some}
    tombstones = session.execute(
        select(TombstoneRow.digest, TombstoneRow.erased_at).where(TombstoneRow.digest.in_(every))
    )
    erased = {row.digest: row.erased_at for row in tombstones}
    refused: dict[str, Resolved] = {}
    for lead in leads:
        if not lead.identities:
            refused[lead.ref] = Resolved(ref=lead.ref, refused="nobody")
        elif any(erased[each] >= lead.happened_at for each in digests[lead.ref] if each in erased):
            refused[lead.ref] = Resolved(ref=lead.ref, refused="erased")
    return refused


def _accounts(session: Session, leads: Sequence[Lead], now: datetime) -> dict[str, AccountId]:
    by_domain = {lead.domain: lead for lead in reversed(leads) if lead.domain}
    rows = [
        {
            "id": new_id(now),
            "domain": domain,
            "name": lead.account_name,
            "fields": dict(lead.account_fields),
            "created_at": now,
        }
        for domain, lead in sorted(by_domain.items())
    ]
    insert_new(session, AccountRow, rows, on=["domain"])
    found = session.execute(
        select(AccountRow).where(AccountRow.domain.in_(list(by_domain)))
    ).scalars()
    accounts: dict[str, AccountId] = {}
    for account in found:
        assert account.domain is not None
        lead = by_domain[account.domain]
        if lead.account_name and not account.name:
            account.name = lead.account_name
        if unknown := {k: v for k, v in lead.account_fields.items() if k not in account.fields}:
            account.fields = {**account.fields, **unknown}
        accounts[account.domain] = AccountId(account.id)
    return accounts


def _claim_identities(
    session: Session, leads: Sequence[Lead], now: datetime
) -> dict[Identity, ProspectId]:
    """Give every identity an owner; afterwards each of these leads' identities has one for certain."""
    wanted = {identity for lead in leads for identity in lead.identities}
    owners = _owners(session, wanted)
    proposed: dict[Identity, ProspectId] = {}
    known = ChainMap(proposed, owners)
    for lead in leads:
        mine = min((each for each in lead.identities if each in known), key=_strength, default=None)
        who = known[mine] if mine else ProspectId(new_id(now))
        for identity in lead.identities:
            if identity not in known:
                proposed[identity] = who
    # In the order of their key, so that two batches with the same people cannot deadlock.
    rows = [
        {"kind": each.kind, "key": each.key, "prospect_id": who, "learned_at": now}
        for each, who in sorted(proposed.items())
    ]
    insert_new(session, IdentityRow, rows, on=["kind", "key"])
    final = owners | _owners(session, set(proposed))
    return _follow_winners(session, leads, proposed, final)


def _follow_winners(
    session: Session,
    leads: Sequence[Lead],
    proposed: Mapping[Identity, ProspectId],
    final: dict[Identity, ProspectId],
) -> dict[Identity, ProspectId]:
    """A lead that lost one of its identities in a race hands the others to the winner too."""
    for lead in leads:
        winner = final[min(lead.identities, key=_strength)]
        for each in lead.identities:
            if final[each] == winner or proposed.get(each) != final[each]:
                continue
            session.execute(
                update(IdentityRow)
                .where(IdentityRow.kind == each.kind, IdentityRow.key == each.key)
                .values(prospect_id=winner)
                .execution_options(synchronize_session=False)
            )
            final[each] = winner
    return final


def _owners(session: Session, identities: set[Identity]) -> dict[Identity, ProspectId]:
    if not identities:
        return {}
    rows = session.execute(
        select(IdentityRow.kind, IdentityRow.key, IdentityRow.prospect_id).where(
            tuple_(IdentityRow.kind, IdentityRow.key).in_([tuple(each) for each in identities])
        )
    )
    return {Identity(row.kind, row.key): ProspectId(row.prospect_id) for row in rows}


def _telling(lead: Lead) -> list[Identity]:
    """The identities that say who it is: a phone alone may, beside an address it does not."""
    personal = [each for each in lead.identities if each.kind != "phone"]
    return personal or list(lead.identities)


def _strength(identity: Identity) -> int:
    return STRENGTH.get(identity.kind, 0)


def _strongest(lead: Lead, owners: Mapping[Identity, ProspectId]) -> ProspectId:
    return owners[min(lead.identities, key=_strength)]


def _insert_missing(
    session: Session,
    leads: Sequence[Lead],
    chosen: Mapping[str, ProspectId],
    now: datetime,
) -> set[ProspectId]:
    rows = {
        chosen[lead.ref]: {
            "id": chosen[lead.ref],
            "fields": {},
            "lifecycle": Lifecycle.INQUIRY,
            "points": 0.0,
            "fit": 0.0,
            "engagement": 0.0,
            "warm": False,
            "created_at": now,
            "changed_at": now,
        }
        for lead in leads
    }
    inserted = insert_new(
        session,
        ProspectRow,
        [rows[each] for each in sorted(rows)],
        on=["id"],
        returning=[ProspectRow.__table__.c.id],
    )
    return {ProspectId(row[0]) for row in inserted}


def _learn(
    session: Session,
    leads: Sequence[Lead],
    chosen: Mapping[str, ProspectId],
    *,
    accounts: Mapping[str, AccountId],
    now: datetime,
) -> None:
    """What a lead says about its sender is kept; what it does not say stays as it was."""
    query = select(ProspectRow).where(ProspectRow.id.in_(set(chosen.values())))
    query = query.order_by(ProspectRow.id).execution_options(populate_existing=True)
    if not on_sqlite(session):
        query = query.with_for_update()
    rows: dict[UUID, ProspectRow] = {row.id: row for row in session.execute(query).scalars()}
    for lead in sorted(leads, key=lambda lead: lead.happened_at):
        row = rows[chosen[lead.ref]]
        for name in ("email", "phone", "name", "title", "company", "country", "zone", "language"):
            if value := getattr(lead.person, name):
                setattr(row, name, value)
        if lead.person.fields:
            row.fields = {**row.fields, **lead.person.fields}
        if lead.domain and row.account_id is None:
            row.account_id = accounts[lead.domain]
        row.changed_at = now
    session.flush()
