"""What came back of mails, written to their sends, and who is not mailed again because of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from nurture.sending import SendState
from prospects import consents, groups
from prospects.ids import ProspectId, parse_id, parse_ref
from prospects.kinds import Kind
from prospects.rows import ActivityRow

RANKS: Mapping[SendState, int] = {
    SendState.HANDING_OVER: 0,
    SendState.SENT: 0,
    SendState.UNKNOWN: 0,
    SendState.DELIVERED: 1,
    SendState.BOUNCED: 2,
    SendState.COMPLAINED: 3,
}
"""A word moves a mail up and never down, so their order makes no difference: servers take a mail and
then send it back, and only what was read can be called spam."""
STATES: Mapping[str, SendState] = {
    Kind.DELIVERED: SendState.DELIVERED,
    Kind.BOUNCED: SendState.BOUNCED,
    Kind.COMPLAINED: SendState.COMPLAINED,
}
BARS: Mapping[SendState, str] = {
    SendState.BOUNCED: "bounced",
    SendState.COMPLAINED: "complained",
}
UNREACHABLE = "unreachable"
RECENT = timedelta(days=14)
"""How long after a mail a word that names only an address may be about it; servers give up after five days."""
SOON = timedelta(minutes=5)
"""How far the teller's clock may be behind ours."""
SOFT_IN_A_ROW = 3
SOFT_FOR = timedelta(days=7)
"""So many mails in a row, over so long, that all came back: longer than a full mailbox or a broken server
lasts for somebody who reads their mail. One soft bounce bars nobody."""
_NTH = func.row_number().over(
    partition_by=[SendRow.prospect_id, SendRow.address], order_by=SendRow.id.desc()
)
"""Which of the mails to one person at one address it is, counted from the last."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that was said, and the mail it is about."""

    act: ActivityRow
    send: SendRow

    @property
    def state(self) -> SendState:
        return STATES[self.act.kind]

    @property
    def hard(self) -> bool:
        return (self.act.body or {}).get("bounce") == "hard"


def settle(session: Session, refs: Iterable[str], now: datetime, *, secret: str) -> None:
    """Write what these activities (`prospect_id/activity_id`) say to the mails they are about.

    Safe to repeat, in any order. Activities about no mail of ours, and those that say nothing of a
    mail's fate, change nothing here.
    """
    acts = [each for each in _acts(session, refs) if each.kind in STATES]
    sends = _sends(session, acts)
    words = [Word(each, send) for each in acts if (send := _about(each, sends))]
    for word in sorted(words, key=lambda word: RANKS[word.state]):
        write(word)
    session.flush()
    barred: defaultdict[str, set[str]] = defaultdict(set)
    for word in words:
        if word.send.address and _bars(word):
            barred[BARS[word.state]].add(word.send.address)
    barred[UNREACHABLE] = _unreachable(session, words)
    # The first reason stands.
    for reason in (*BARS.values(), UNREACHABLE):
        digests = [consents.address_digest(secret, each) for each in barred[reason]]
        consents.suppress(session, digests, now, reason=reason)


def _acts(session: Session, refs: Iterable[str]) -> list[ActivityRow]:
    keys = [key for ref in refs if (key := parse_ref(ref))]
    query = select(ActivityRow).where(tuple_(ActivityRow.prospect_id, ActivityRow.id).in_(keys))
    return list(session.execute(query.order_by(ActivityRow.id)).scalars())


def _sends(session: Session, acts: Sequence[ActivityRow]) -> dict[UUID, list[SendRow]]:
    """By person, the mails to them and to whom they are one with, the newest first; locked in the order of their keys."""
    people = {each.prospect_id for each in acts}
    heads = groups.heads(session, people)
    head_of = {who: heads.get(ProspectId(who), ProspectId(who)) for who in people}
    others = groups.absorbed(session, set(head_of.values()))
    one = {who: {who, head, *others.get(head, ())} for who, head in head_of.items()}
    query = (
        select(SendRow)
        .where(SendRow.prospect_id.in_({each for some in one.values() for each in some}))
        .where(SendRow.state.in_(list(RANKS)))
        .order_by(SendRow.prospect_id, SendRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = list(session.execute(query).scalars())
    rows.sort(key=lambda row: row.id, reverse=True)
    return {who: [row for row in rows if row.prospect_id in one[who]] for who in people}


def _about(act: ActivityRow, sends: Mapping[UUID, Sequence[SendRow]]) -> SendRow | None:
    """The mail this is about: by its name, by the service's name of it, else the last one to that address.

    A service's word that names another mail by its own name is about that one, and none of ours.
    """
    body, theirs = act.body or {}, sends[act.prospect_id]
    if named := parse_id(body.get("send", "")):
        return next((each for each in theirs if each.id == named), None)
    if mail_id := body.get("mail_id"):
        told = next((each for each in theirs if mail_id in (each.answer or "")), None)
        if told or not body.get("subject"):
            return told
    to, subject = str(body.get("to", "")).lower(), body.get("subject")
    return next(
        (
            each
            for each in theirs
            if each.handed_over_at is not None
            and each.handed_over_at - SOON <= act.happened_at <= each.handed_over_at + RECENT
            and (each.address or "").lower() == to
            and (not subject or each.subject == subject)
        ),
        None,
    )


def write(word: Word) -> None:
    """Let the send say what was told, unless something worse was told before."""
    send, state = word.send, word.state
    if RANKS[state] <= RANKS[SendState(send.state)]:
        return
    body = word.act.body or {}
    send.state, send.settled_at = state, word.act.happened_at
    said = [body.get("bounce") if state is SendState.BOUNCED else None, body.get("reason")]
    told = ": ".join(each for each in said if each)
    send.reason = told[:500] or None


def _bars(word: Word) -> bool:
    return word.hard if word.state is SendState.BOUNCED else word.state in BARS


def _unreachable(session: Session, words: Sequence[Word]) -> set[str]:
    """Addresses from which the last mails all came back."""
    back = {
        (word.send.prospect_id, word.send.address)
        for word in words
        if word.state is SendState.BOUNCED and word.send.address
    }
    if not back:
        return set()
    latest = (
        select(SendRow.prospect_id, SendRow.address, SendRow.state, SendRow.handed_over_at)
        .add_columns(_NTH.label("nth"))
        .where(SendRow.prospect_id.in_({who for who, _ in back}))
        .where(SendRow.address.in_({address for _, address in back}))
        .where(SendRow.state.in_([SendState.DELIVERED, SendState.BOUNCED]))
        .subquery()
    )
    last: defaultdict[tuple[UUID, str], list[Row[Any]]] = defaultdict(list)
    for row in session.execute(select(latest).where(latest.c.nth <= SOFT_IN_A_ROW)):
        last[row.prospect_id, row.address].append(row)
    return {key[1] for key, some in last.items() if key in back and _all_came_back(some)}


def _all_came_back(last: Sequence[Row[Any]]) -> bool:
    times = [row.handed_over_at for row in last if row.handed_over_at]
    all_back = all(row.state == SendState.BOUNCED for row in last)
    return all_back and len(times) == SOFT_IN_A_ROW and max(times) - min(times) >= SOFT_FOR
