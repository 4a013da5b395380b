"""Tells colleagues about a handoff, each thing once: a row, and a promise that somebody delivers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import MemberId, new_id
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing.lives import NoticeKind, NoticeState
from routing.rows import NoticeRow


@dataclass(frozen=True, slots=True)
class Telling:
    """What to tell whom; the same handoff, kind and `n` is never told twice."""

    ref: HandoffRef
    kind: NoticeKind
    n: int
    member_id: MemberId


def tell(session: Session, tellings: Sequence[Telling], now: datetime) -> None:
    """Write the notices that are new, and promise their delivery."""
    rows = [
        {
            "id": new_id(now),
            "prospect_id": each.ref.prospect_id,
            "handoff_id": each.ref.handoff_id,
            "kind": each.kind,
            "n": each.n,
            "member_id": each.member_id,
            "state": NoticeState.WAITING,
            "made_at": now,
        }
        for each in sorted(tellings, key=_key)
    ]
    new = insert_new(
        session,
        NoticeRow,
        rows,
        on=["prospect_id", "handoff_id", "kind", "n"],
        returning=[table_of(NoticeRow).c.prospect_id, table_of(NoticeRow).c.id],
    )
    if new:
        outbox.post(session, Topic.NOTICE, [f"{who}/{notice}" for who, notice in new], now)


def _key(telling: Telling) -> tuple[object, ...]:
    ref = telling.ref
    return (ref.prospect_id, ref.handoff_id, telling.kind, telling.n)
