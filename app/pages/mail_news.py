"""What became of one mail, as its own page tells it: arrived, put off, came back, opened, answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from prospects.ids import ActivityId
from prospects.kinds import Kind
from prospects.rows import ActivityRow
from prospects.values import Activity
from routing.wording import line

NEWS = frozenset(
    {
        Kind.DELIVERED, Kind.DEFERRED, Kind.BOUNCED, Kind.COMPLAINED, Kind.OPEN, Kind.CLICK,
        Kind.UNSUBSCRIBED, Kind.REPLY, Kind.AUTO_REPLY,
    }
)  # fmt: skip
MOST = 50
BY_A_MACHINE = "by a machine"


def of(session: Session, send: SendRow) -> Sequence[tuple[datetime, str]]:
    """When and what, in order of time."""
    acts = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id == send.prospect_id, ActivityRow.kind.in_(sorted(NEWS)))
        .where(ActivityRow.body["send"].as_string() == str(send.id))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
        .limit(MOST)
    ).scalars()
    return [(row.happened_at, _line(row)) for row in acts]


def _line(row: ActivityRow) -> str:
    told = line(
        Activity(
            id=ActivityId(row.id),
            kind=Kind(row.kind),
            happened_at=row.happened_at,
            learned_at=row.learned_at,
            source=row.source,
            body=row.body or {},
        )
    )
    return f"{told} ({BY_A_MACHINE})" if row.suspect_robot else told
