"""A program says that two of its accounts are one: whoever is known by one is known by both, and two become one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from prospects import doubles
from prospects.doubles import Clash
from prospects.evidence import ACCOUNT, Likeness
from prospects.identity import Identity, owners_of
from prospects.ids import CaptureId, ProspectId
from prospects.rows import IdentityRow
from prospects.store import insert_new
from webhooks.fates import Fresh


def take(session: Session, fresh: Sequence[Fresh], now: datetime) -> dict[CaptureId, ProspectId]:
    """By capture: whose these accounts are; those that nobody is known by are left out.

    A browser is no account, and may be called one here: an earlier account counts if somebody is
    known by it, and else it is a visitor whose history joins (`webhooks.visitors`).
    """
    said = [(each.capture_id, _accounts(each.read.alias)) for each in fresh if each.read.alias]
    owners = owners_of(session, {account for _, pair in said for account in pair})
    known = [(capture, pair) for capture, pair in said if any(each in owners for each in pair)]
    clashes: list[Clash] = []
    for _, (account, before) in known:
        who = owners[account] = owners.get(account) or owners[before]
        if owners.get(before, who) != who:
            clashes.append(Clash(who, owners[before], Likeness.ALIAS, joins=True))
    named = {account for _, (account, _) in known}
    rows = [
        {"kind": each.kind, "key": each.key, "prospect_id": owners[each], "learned_at": now}
        for each in sorted(named)
    ]
    insert_new(session, IdentityRow, rows, on=["kind", "key"])
    doubles.note(session, clashes, now)
    return {capture: owners[account] for capture, (account, _) in known}


def _accounts(alias: tuple[str, str]) -> tuple[Identity, Identity]:
    account, before = alias
    return Identity(ACCOUNT, account), Identity(ACCOUNT, before)
