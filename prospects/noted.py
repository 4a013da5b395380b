"""What a flow notes about people on their own rows: fields, tags, and how deep one change led to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from prospects import formerly
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.store import among, table_of


@dataclass(frozen=True, slots=True)
class Noted:
    """A person's fields, tags and depth as they shall stand."""

    prospect_id: ProspectId
    fields: Mapping[str, Any]
    tags: Sequence[str]
    set_depth: int


def write_down(session: Session, noted: Sequence[Noted], now: datetime) -> None:
    """Let this stand on the rows of these people, who must be locked."""
    if not noted:
        return
    ids = [each.prospect_id for each in noted]
    known = session.execute(
        select(ProspectRow.id, ProspectRow.fields).where(among(session, ProspectRow.id, ids))
    )
    before = {row.id: row.fields for row in known}
    other = {each.prospect_id for each in noted if before[each.prospect_id] != each.fields}
    formerly.keep(session, {who: {"fields": before[who]} for who in other}, now)
    table = table_of(ProspectRow)
    names = ("fields", "tags", "set_depth")
    session.execute(
        update(table)
        .where(table.c.id == bindparam("who"))
        .values({name: bindparam(f"new_{name}") for name in names} | {"changed_at": now}),
        [
            {
                "who": each.prospect_id,
                "new_fields": dict(each.fields),
                "new_tags": list(each.tags),
                "new_set_depth": each.set_depth,
            }
            for each in noted
        ],
    )
