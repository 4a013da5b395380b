"""The models that were kept, the newest first: of each what a line tells of it, and not its whole card and report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.orm import Session, aliased

from scoring.card.card import Rung
from scoring.models import Origin
from scoring.rows import ModelRow

Path = tuple[str, ...]
OF_CARD: Sequence[Path] = (
    ("rung",),
    ("window", "rows"),
    ("window", "positives"),
    ("calibration", "passed"),
    ("calibration", "why"),
)
OF_REPORT: Sequence[Path] = (
    *(("gate",), ("signal",), ("no_signal",), ("rows",), ("positives",), ("losses",)),
    *(("looked", "won"), ("looked", "higher"), ("looked", "lower"), ("looked", "newest")),
)
COLUMNS = (
    *("id", "state", "origin", "parent", "waits"),
    *("trained_at", "approved_at", "active_at", "retired_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModel:
    """A model as a line in a list; `body` and `report` hold what `OF_CARD` and `OF_REPORT` name, where it is there."""

    id: str
    state: str
    origin: str
    parent: str | None
    waits: str | None
    trained_at: datetime
    approved_at: datetime | None
    active_at: datetime | None
    retired_at: datetime | None
    body: Mapping[str, Any]
    report: Mapping[str, Any]


AnyModel = ModelRow | KeptModel


def kept(session: Session, *, limit: int, below: str | None = None) -> Sequence[KeptModel]:
    """At most `limit` models, the newest first; only those that come after the model `below`."""
    query = _newest(
        *(getattr(ModelRow, name) for name in COLUMNS),
        *(ModelRow.body[path] for path in OF_CARD),
        *(ModelRow.report[path] for path in OF_REPORT),
    )
    if below is not None:
        last = aliased(ModelRow)
        place = select(last.trained_at, last.id).where(last.id == below).scalar_subquery()
        query = query.where(tuple_(ModelRow.trained_at, ModelRow.id) < place)
    return [_read(row) for row in session.execute(query.limit(limit))]


def rungs(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Of which rung these models are; an id that no model has is left out."""
    rung = ModelRow.body["rung"].as_string().label("rung")
    query = select(ModelRow.id, rung).where(ModelRow.id.in_(ids))
    return {row.id: row.rung for row in session.execute(query)}


def newest_that_scores(session: Session) -> ModelRow | None:
    """The model last trained on our own record, of those that say more than buying stages."""
    scores = ModelRow.body["rung"].as_string() != Rung.STAGES
    query = _newest(ModelRow).where(ModelRow.origin == Origin.RECORD, scores)
    return session.execute(query.limit(1)).scalars().first()


def _newest(*columns: Any) -> Select[Any]:
    at: Sequence[ColumnElement[Any]] = (ModelRow.trained_at.desc(), ModelRow.id.desc())
    return select(*columns).order_by(*at)


def _read(row: Row[Any]) -> KeptModel:
    values = iter(row)
    columns = {name: next(values) for name in COLUMNS}
    return KeptModel(**columns, body=_nested(OF_CARD, values), report=_nested(OF_REPORT, values))


def _nested(paths: Sequence[Path], values: Iterator[Any]) -> Mapping[str, Any]:
    """What was asked for by these paths, nested as it was; what is not there is left out."""
    found: dict[str, Any] = {}
    there = ((path, next(values)) for path in paths)
    for (*above, name), value in ((path, value) for path, value in there if value is not None):
        at = found
        for each in above:
            at = at.setdefault(each, {})
        at[name] = value
    return found
