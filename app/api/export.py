"""`prospects/{id}/export`: all we hold about a person, as one document they may be given."""

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.base import database, instant, now, resource
from app.api.described import answers
from app.api.prospects import person
from app.api.shapes.office import Everything
from app.door import reading
from app.permissions import Act
from prospects import groups
from prospects.audit import AuditRow
from prospects.everything import everything, plain
from prospects.ids import ProspectId
from webhooks.rows import CaptureRow, DeliveryRow

blueprint = resource("export")


@blueprint.get("/prospects/<prospect_id>/export")
@answers(Everything)
def export(prospect_id: str) -> ResponseReturnValue:
    """All we hold about this person: the rows of every table that speaks of them, by the table's name."""
    with reading(database()) as session:
        who = ProspectId(person(session, prospect_id, Act.EXPORT).id)
        tables = everything(session, who)
        tables["delivery"] = _deliveries(session, who)
        tables["audit"] = _audit(session, who)
        return {"prospect": str(who), "at": instant(now()), "tables": tables}


def _deliveries(session: Session, who: ProspectId) -> list[dict[str, Any]]:
    """What arrived about them; the bytes only where nobody else is in them."""
    people = groups.whole(session, who)
    theirs = select(CaptureRow.delivery_id).where(CaptureRow.prospect_id.in_(people))
    shared = (
        select(CaptureRow.delivery_id)
        .where(CaptureRow.delivery_id.in_(theirs))
        .where(or_(CaptureRow.prospect_id.is_(None), CaptureRow.prospect_id.not_in(people)))
    )
    others = set(session.execute(shared).scalars())
    rows = session.execute(select(DeliveryRow).where(DeliveryRow.id.in_(theirs))).scalars()
    return [
        {
            "id": str(row.id),
            "source": row.source,
            "state": row.state,
            "received_at": instant(row.received_at),
            "body": None if row.id in others else plain(row.body),
        }
        for row in rows
    ]


def _audit(session: Session, who: ProspectId) -> list[dict[str, Any]]:
    people = [str(each) for each in groups.whole(session, who)]
    rows = session.execute(select(AuditRow).where(AuditRow.about.in_(people))).scalars()
    return [
        {"at": instant(row.at), "who": row.who, "act": row.act, "detail": row.detail}
        for row in rows
    ]
