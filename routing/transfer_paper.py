"""Composes the paper that goes with a won customer to the account team, stored as first shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prospects.contact import without_contact
from prospects.ids import ProspectId
from prospects.values import Snapshot
from routing.compose import Document, history, stamp

TEMPLATE = 1
"""Version of the paper's shape; a stored paper is shown by the template of its own version."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody we know at the company, by id alone, so that they can be forgotten on their own."""

    prospect_id: ProspectId
    stake: str | None = None
    stance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """How it was won: by whom, what for, what was found and promised; `sold` is the deal if one was named."""

    rep: str
    reason: str | None = None
    found: Mapping[str, Any] | None = None
    sold: Mapping[str, Any] | None = None
    promises: Sequence[Mapping[str, Any]] = ()
    contacts: Sequence[Contact] = ()


def compose(seen: Snapshot, sale: Sale, now: datetime) -> Document:
    """The paper at `now`, as JSON holds it; instants are RFC 3339 in UTC.

    How to reach the buyer is not in it: the account manager sees that on the person, after accepting.
    """
    found = sale.found or {}
    paper: Document = {
        "at": stamp(now),
        "who": _who(seen),
        "company": _company(seen),
        "won": {"by": sale.rep, "at": stamp(now), "reason": sale.reason},
        "sold": dict(sale.sold) if sale.sold else None,
        "found": dict(sale.found) if sale.found else None,
        "needs": list(found.get("still_needed") or ()),
        "deciders": [dict(each) for each in found.get("deciders") or ()],
        "contacts": [_contact(each) for each in sale.contacts],
        "promises": [dict(each) for each in sale.promises],
        "history": history(seen.activities),
    }
    hidden: Document = without_contact(paper, seen.person.phone)
    return hidden


def _who(seen: Snapshot) -> Document:
    person = seen.person
    named = {"name": person.name, "title": person.title, "country": person.country}
    return {**named, "language": person.language, "zone": person.zone}


def _company(seen: Snapshot) -> Document:
    company = seen.company
    name = company.name if company else None
    domain = company.domain if company else None
    return {"name": name or seen.person.company, "domain": domain}


def _contact(contact: Contact) -> Document:
    return {
        "prospect": str(contact.prospect_id),
        "stake": contact.stake,
        "stance": contact.stance,
    }
