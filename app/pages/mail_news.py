"""What became of one mail, as its own page tells it: arrived, put off, came back, opened, answered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages.person_view import days
from app.pages.sentences import happening
from app.pages.views import Day, Happening
from nurture.rows import SendRow
from prospects.ids import ActivityId
from prospects.kinds import Kind
from prospects.rows import ActivityRow
from prospects.values import Activity

NEWS = frozenset(
    {
        Kind.DELIVERED, Kind.DEFERRED, Kind.BOUNCED, Kind.COMPLAINED, Kind.OPEN, Kind.CLICK,
        Kind.UNSUBSCRIBED, Kind.REPLY, Kind.AUTO_REPLY,
    }
)  # fmt: skip
MOST = 50
BY_A_MACHINE = "by a machine, not by a person"


def of(session: Session, send: SendRow, zone: tzinfo) -> Sequence[Day]:
    """What happened, the latest first, by the viewer's days."""
    acts = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id == send.prospect_id, ActivityRow.kind.in_(sorted(NEWS)))
        .where(ActivityRow.body["send"].as_string() == str(send.id))
        .order_by(ActivityRow.happened_at.desc(), ActivityRow.id.desc())
        .limit(MOST)
    ).scalars()
    told = ((happening(_act(row), reps={}, stages={}, openly=False), row) for row in acts)
    return days(
        [_marked(each) if row.suspect_robot else each for each, row in told],
        zone,
    )


def _marked(told: Happening) -> Happening:
    return replace(told, sentence=f"{told.sentence}, {BY_A_MACHINE}")


def _act(row: ActivityRow) -> Activity:
    return Activity(
        id=ActivityId(row.id),
        kind=Kind(row.kind),
        happened_at=row.happened_at,
        learned_at=row.learned_at,
        source=row.source,
        body=row.body or {},
    )
