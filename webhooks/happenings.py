"""Reads from the record what somebody outside may be told of, by the refs of the topic `announce`."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, tuple_
from sqlalchemy.orm import Session

from prospects import announcing
from prospects.ids import ProspectId, parse_id
from prospects.kinds import Kind
from prospects.rows import ActivityRow, AssessmentRow, ConsentRow
from prospects.store import table_of
from webhooks import merged_leads
from webhooks.events import Happening, Row, stamp

Keys = list[tuple[UUID, UUID]]


def read(session: Session, refs: Sequence[str]) -> list[Happening]:
    """What these refs name: `prospect id/activity id`, or `prospect id/row id/what it is` (a `Row`)."""
    sought: dict[str, Keys] = {}
    for ref in refs:
        who, which, what = (*ref.split("/"), "", "")[:3]
        prospect_id, row_id = parse_id(who), parse_id(which)
        if prospect_id and row_id:
            sought.setdefault(what, []).append((prospect_id, row_id))
    return [
        *_activities(session, sought.get("", [])),
        *_beliefs(session, Row.STAGE, sought.get(Row.STAGE, [])),
        *_beliefs(session, Row.WARM, sought.get(Row.WARM, [])),
        *_consents(session, sought.get(Row.SAID, [])),
        *merged_leads.ended(session, sought.get(announcing.MERGED, [])),
        *merged_leads.going_on(session, sought.get(announcing.PARTED, [])),
    ]


def _activities(session: Session, keys: Keys) -> list[Happening]:
    return [
        Happening(
            prospect_id=ProspectId(row.prospect_id),
            id=row.id,
            what=Kind(row.kind),
            at=row.happened_at,
            source=row.source,
            body=row.body,
        )
        for row in _rows(session, table_of(ActivityRow), keys)
    ]


def _beliefs(session: Session, what: Row, keys: Keys) -> list[Happening]:
    return [
        Happening(
            prospect_id=ProspectId(row.prospect_id),
            id=row.id,
            what=what,
            at=row.at,
            source="scoring",
            body={
                "stage": row.stage,
                "confidence": row.confidence,
                "grade": row.grade,
                "points": row.points,
                "warm": row.warm,
                "expires_at": stamp(row.expires_at) if row.expires_at else None,
            },
        )
        for row in _rows(session, table_of(AssessmentRow), keys)
    ]


def _consents(session: Session, keys: Keys) -> list[Happening]:
    return [
        Happening(
            prospect_id=ProspectId(row.prospect_id),
            id=row.id,
            what=Row.SAID,
            at=row.at,
            source=row.source,
            body={"topic": row.topic, "given": row.given},
        )
        for row in _rows(session, table_of(ConsentRow), keys)
    ]


def _rows(session: Session, table: Table, keys: Keys) -> Iterable[Any]:
    if not keys:
        return []
    wanted = tuple_(table.c.prospect_id, table.c.id).in_(keys)
    return session.execute(select(table).where(wanted).order_by(table.c.prospect_id, table.c.id))
