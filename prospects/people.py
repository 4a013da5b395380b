"""Find or make the person behind a lead, once, however many arrive at the same instant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from prospects import company_questions, details, doubles, formerly, words
from prospects.identity import Lead, give_owners, identity_digest, newcomers
from prospects.ids import AccountId, ProspectId, new_id
from prospects.rows import AccountRow, ProspectRow, TombstoneRow
from prospects.store import among, insert_new, on_sqlite
from prospects.values import Lifecycle


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
    owners = give_owners(session, accepted, now)
    chosen = owners.of
    fresh = _insert_missing(session, accepted, chosen, now)
    _learn(session, accepted, chosen, accounts=accounts, now=now)
    doubles.note(session, owners.clashes, now)
    return [
        refused.get(lead.ref)
        or Resolved(ref=lead.ref, prospect_id=chosen[lead.ref], created=chosen[lead.ref] in fresh)
        for lead in leads
    ]


def learn(
    session: Session, leads: Sequence[Lead], chosen: Mapping[str, ProspectId], now: datetime
) -> None:
    """What these leads say of people who are known already: by the `ref` of each, whose it is.

    What is said of the company is of that where the person is, whatever its own domain says.
    """
    owned = select(ProspectRow.id, AccountRow.domain).join(
        AccountRow, AccountRow.id == ProspectRow.account_id
    )
    owned = owned.where(among(session, ProspectRow.id, set(chosen.values())))
    domains = {row.id: row.domain for row in session.execute(owned)}
    told = [replace(lead, domain=domains.get(chosen[lead.ref]) or lead.domain) for lead in leads]
    _learn(session, told, chosen, accounts=_accounts(session, told, now), now=now)


def foresee(
    session: Session, leads: Sequence[Lead], now: datetime, *, secret: str
) -> tuple[Mapping[str, Resolved], int]:
    """Which leads `resolve` would refuse, by their `ref`, and how many people it would make; nothing is written."""
    refused = _refusals(session, leads, secret)
    accepted = [lead for lead in leads if lead.ref not in refused]
    return refused, newcomers(session, accepted, now)


def _refusals(session: Session, leads: Sequence[Lead], secret: str) -> dict[str, Resolved]:
    digests = {
        lead.ref: [identity_digest(secret, each) for each in lead.identities] for lead in leads
    }
    every = {each for some in digests.values() for each in some}
    tombstones = session.execute(
        select(TombstoneRow.digest, TombstoneRow.erased_at).where(
            among(session, TombstoneRow.digest, every)
        )
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
        select(AccountRow).where(among(session, AccountRow.domain, by_domain))
    ).scalars()
    accounts: dict[str, AccountId] = {}
    before: dict[UUID, Mapping[str, Any]] = {}
    for account in found:
        assert account.domain is not None
        lead = by_domain[account.domain]
        if lead.account_name and not account.name:
            account.name = lead.account_name
        if unknown := {k: v for k, v in lead.account_fields.items() if k not in account.fields}:
            before[account.id] = account.fields
            account.fields = {**account.fields, **unknown}
        accounts[account.domain] = AccountId(account.id)
    formerly.keep_of_accounts(session, before, now)
    details.keep(session, list(_told(leads, accounts)), now)
    return accounts


def _told(leads: Sequence[Lead], accounts: Mapping[str, AccountId]) -> Iterator[details.Told]:
    """What leads say of companies, also where another's word is taken."""
    said = (
        (lead, accounts[lead.domain], name, value)
        for lead in leads
        if lead.domain
        for name, value in {"name": lead.account_name, **lead.account_fields}.items()
    )
    for lead, account, name, value in said:
        if value not in (None, "", {}, []):
            yield details.Told(account, name, details.written_as(value), lead.source)


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


SAID_OF_THEMSELVES = (
    "email",
    "phone",
    "name",
    "title",
    "company",
    "country",
    "zone",
    "language",
)


def _learn(
    session: Session,
    leads: Sequence[Lead],
    chosen: Mapping[str, ProspectId],
    *,
    accounts: Mapping[str, AccountId],
    now: datetime,
) -> None:
    """What a lead says about its sender is kept; what it does not say stays as it was."""
    query = select(ProspectRow).where(among(session, ProspectRow.id, set(chosen.values())))
    query = query.order_by(ProspectRow.id).execution_options(populate_existing=True)
    if not on_sqlite(session):
        query = query.with_for_update()
    rows: dict[UUID, ProspectRow] = {row.id: row for row in session.execute(query).scalars()}
    before = {who: words.words_of(row) for who, row in rows.items()}
    facts = formerly.facts(rows.values())
    for lead in sorted(leads, key=lambda lead: lead.happened_at):
        row = rows[chosen[lead.ref]]
        said = ((name, getattr(lead.person, name)) for name in SAID_OF_THEMSELVES)
        for name, value in ((name, value) for name, value in said if value):
            setattr(row, name, value)
        if lead.person.fields:
            row.fields = {**row.fields, **lead.person.fields}
        if lead.domain and row.account_id is None:
            row.account_id = accounts[lead.domain]
        row.changed_at = now
    _write_alike(session, rows.values())
    company_questions.match(session, list(rows.values()), now)
    details.find_out(session, list(rows.values()), now)
    formerly.note(session, facts, list(rows.values()), now)
    words.keep(session, [row for who, row in rows.items() if words.words_of(row) != before[who]])


def _write_alike(session: Session, rows: Iterable[ProspectRow]) -> None:
    """Write these rows as one statement: by itself each set of changed columns would be one of its own."""
    for row in rows:
        for name in (*SAID_OF_THEMSELVES, "fields", "account_id"):
            flag_modified(row, name)
    session.flush()
