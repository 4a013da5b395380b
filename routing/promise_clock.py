"""What happens when the day of a promise has come: whoever listens is told that it was not kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from prospects import timeline
from prospects.ids import ProspectId, parse_ref
from prospects.kinds import Kind, LateBody, plain
from prospects.timeline import Fact
from routing.finding_rows import PromiseRow


def tick(session: Session, refs: Sequence[str], now: datetime) -> Collection[str]:
    """Look at each promise whose day has come (`prospect id/promise id`); a look too many does nothing.

    One that was moved or kept meanwhile is passed over. Returns those whose person is busy.
    """
    wanted = {ref: parsed for ref in refs if (parsed := parse_ref(ref))}
    people = {ProspectId(who) for who, _ in wanted.values()}
    seen = timeline.lock_and_see(session, people, now)
    here = {each.prospect_id for each in seen.snapshots}
    found = session.execute(
        select(PromiseRow)
        .where(tuple_(PromiseRow.prospect_id, PromiseRow.id).in_(list(wanted.values())))
        .where(PromiseRow.kept_at.is_(None), PromiseRow.due_at <= now)
        .execution_options(populate_existing=True)
    ).scalars()
    missed = [_missed(row) for row in found if row.prospect_id in here]
    timeline.record(session, missed, now, ring=False)
    return {ref for ref, (who, _) in wanted.items() if who in seen.busy}


def _missed(row: PromiseRow) -> Fact:
    body = LateBody(
        handoff=str(row.handoff_id), rep=str(row.rep_id), promise=str(row.id), due_at=row.due_at
    )
    return Fact(
        prospect_id=ProspectId(row.prospect_id),
        kind=Kind.PROMISE_MISSED,
        happened_at=row.due_at,
        source="routing",
        # Moved to another day it can be missed again.
        key=f"promise_missed:{row.id}:{row.due_at.isoformat()}",
        body=plain(body),
    )
