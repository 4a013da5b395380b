"""A program says that two of its accounts are one: whoever is known by one is known by both, and two become one.

Where nobody is known by one of them yet, that waits for whoever says who they are by that account.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from prospects import doubles, people
from prospects.doubles import Clash
from prospects.evidence import ACCOUNT, Likeness
from prospects.identity import Identity, owners_of
from prospects.ids import CaptureId, ProspectId
from prospects.rows import IdentityRow
from prospects.store import insert_new, table_of
from webhooks.adapter import About
from webhooks.fates import Fresh
from webhooks.leads import word_of
from webhooks.visitor_rows import TraceRow
from webhooks.visitors import Guests, waits_as

ALIAS = "alias"


Pair = tuple[Identity, Identity]
"""The account, and the one it was before."""


def take(
    session: Session, guests: Guests, fresh: Sequence[Fresh], now: datetime
) -> dict[CaptureId, ProspectId]:
    """By capture: whose these accounts are; those that nobody is known by are left out.

    A browser is no account, and may be called one here: an earlier account counts if somebody is
    known by it, and else it is a visitor whose history joins (`webhooks.visitors`).
    """
    said = [(each, _accounts(each.read.alias)) for each in fresh if each.read.alias]
    owners = _own(session, [pair for _, pair in said], now)
    _wait(session, guests, [each for each, pair in said if not all(one in owners for one in pair)])
    return {each.capture_id: owners[account] for each, (account, _) in said if account in owners}


def join(session: Session, guests: Guests, named: Sequence[Fresh], now: datetime) -> None:
    """Take up what has waited for the accounts of these, who say who they are."""
    names = [waits_as(guests.of(each)[0]) for each in named if each.read.visitors]
    if not names:
        return
    trace = table_of(TraceRow)
    waited = session.execute(
        delete(trace).where(trace.c.visitor.in_(names)).returning(trace.c.body)
    ).scalars()
    pairs = [_accounts((body[ALIAS][0], body[ALIAS][1])) for body in waited]
    _own(session, pairs, now)


def learn(session: Session, acts: Sequence[tuple[Fresh, ProspectId]], now: datetime) -> None:
    """What a program tells of accounts whose owners are known by them, and of the owners' companies.

    A browser may be shared, so what is told by one alone stands in the history and nowhere else.
    """
    told = [
        (word_of(each.read, str(each.capture_id), each.source), who)
        for each, who in acts
        if each.read.by_account and each.read.about != About()
    ]
    if told:
        owners = {word.ref: who for word, who in told}
        people.learn(session, [word for word, _ in told], owners, now)


def _wait(session: Session, guests: Guests, open_: Sequence[Fresh]) -> None:
    """Under both accounts, as the call's first and last visitor; a browser never says by itself who it is."""
    rows = [
        {
            "visitor": waits_as(visitor),
            "id": each.capture_id,
            "source": each.source,
            "key": each.key,
            "kind": each.read.kind,
            "happened_at": each.read.happened_at,
            "body": {ALIAS: each.read.alias},
            "suspect_robot": each.read.suspect_robot,
        }
        for each in open_
        for visitor in (guests.of(each)[0], guests.of(each)[-1])
    ]
    insert_new(session, TraceRow, rows, on=["visitor", "id"])


def _own(session: Session, pairs: Sequence[Pair], now: datetime) -> dict[Identity, ProspectId]:
    """Whose these accounts are by now, as far as anybody is known by either; whoever has both is one."""
    owners = owners_of(session, {account for pair in pairs for account in pair})
    known = [pair for pair in pairs if any(each in owners for each in pair)]
    clashes: list[Clash] = []
    for account, before in known:
        who = owners[account] = owners.get(account) or owners[before]
        if owners.get(before, who) != who:
            clashes.append(Clash(who, owners[before], Likeness.ALIAS, joins=True))
    rows = [
        {"kind": each.kind, "key": each.key, "prospect_id": owners[each], "learned_at": now}
        for each in sorted({account for account, _ in known})
    ]
    insert_new(session, IdentityRow, rows, on=["kind", "key"])
    doubles.note(session, clashes, now)
    return owners


def _accounts(alias: tuple[str, str]) -> Pair:
    account, before = alias
    return Identity(ACCOUNT, account), Identity(ACCOUNT, before)
