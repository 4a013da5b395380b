"""Flows as they were published: every change is a new version, and old ones stay for those inside."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select, tuple_
from sqlalchemy.orm import Session

from nurture.enrollment import Published
from nurture.flow import Flow
from nurture.rows import FlowVersionRow
from nurture.wiring import read_flow
from prospects import configuration
from prospects.conditions import Sight, compile_tree, parse
from prospects.configuration import Document
from prospects.segments import SEGMENT
from prospects.store import insert_new

FLOW = "flow"
"""The kind of configuration document."""

Version = tuple[str, int]
_kept: WeakKeyDictionary[Engine, dict[Version, Published]] = WeakKeyDictionary()
_current: WeakKeyDictionary[Engine, tuple[int, dict[str, int]]] = WeakKeyDictionary()


def publish(session: Session, slug: str, definition: Mapping[str, Any], now: datetime) -> int:
    """Make this the version by which people enter from now on, and return its number (from 1).

    An unchanged definition is no new version. Enrollments stay on the version they entered by, so
    that an edit neither skips nor repeats a step for anybody inside. Raises FlowFaultsError.
    """
    flow = read_flow(definition)
    latest = _latest(session, [slug]).get(slug)
    if latest and latest.definition == dict(definition):
        return latest.version
    number = latest.version + 1 if latest else 1
    row = {
        "flow": slug,
        "version": number,
        "definition": dict(definition),
        "published_at": now,
        "entering_since": _entering_since(flow, latest) or now,
    }
    insert_new(session, FlowVersionRow, [row], on=["flow", "version"])
    return number


def current(session: Session, now: datetime) -> dict[str, Published]:
    """The flows of the workspace in their latest versions; one that was only configured is published."""
    engine = _engine(session)
    stamp = configuration.version(session)
    kept = _current.get(engine)
    if kept is None or kept[0] != stamp:
        documents = configuration.read(session, FLOW)
        before = _latest(session, documents)
        numbers = {slug: publish(session, slug, each.body, now) for slug, each in documents.items()}
        if any(slug not in before or before[slug].version != numbers[slug] for slug in numbers):
            # Not kept in this process: the transaction that published them may yet be rolled back.
            latest = _latest(session, documents)
            return {slug: _grouped(session, _published(row)) for slug, row in latest.items()}
        kept = _current[engine] = (stamp, numbers)
    found = versions(session, kept[1].items())
    return {slug: _grouped(session, found[slug, number]) for slug, number in kept[1].items()}


def versions(session: Session, wanted: Collection[Version]) -> dict[Version, Published]:
    """Flows by (slug, version); they never change, so they are read and parsed once a process."""
    kept = _kept.setdefault(_engine(session), {})
    missing = [each for each in wanted if each not in kept]
    if missing:
        rows = session.execute(
            select(FlowVersionRow).where(
                tuple_(FlowVersionRow.flow, FlowVersionRow.version).in_(missing)
            )
        ).scalars()
        for row in rows:
            kept[row.flow, row.version] = _published(row)
    return {each: kept[each] for each in wanted}


def _latest(session: Session, slugs: Collection[str]) -> dict[str, FlowVersionRow]:
    newest = (
        select(FlowVersionRow.flow, func.max(FlowVersionRow.version))
        .where(FlowVersionRow.flow.in_(slugs))
        .group_by(FlowVersionRow.flow)
    )
    rows = session.execute(
        select(FlowVersionRow).where(
            tuple_(FlowVersionRow.flow, FlowVersionRow.version).in_(newest)
        )
    ).scalars()
    return {row.flow: row for row in rows}


def _published(row: FlowVersionRow) -> Published:
    return Published(Flow.model_validate(row.definition), row.version, row.entering_since)


def _grouped(session: Session, published: Published) -> Published:
    """With the condition of the segment that it enters by, as it is now."""
    segment = published.flow.enter.segment
    if segment is None:
        return published
    groups = configuration.parsed(session, SEGMENT, _groups)
    return replace(published, belongs=groups.get(segment))


def _groups(documents: Mapping[str, Document]) -> dict[str, Callable[[Sight], bool]]:
    return {slug: compile_tree(parse(each.body["if"])) for slug, each in documents.items()}


def _entering_since(flow: Flow, latest: FlowVersionRow | None) -> datetime | None:
    """An edit of the steps lets everybody in whom the version before would have let in."""
    if latest is None or Flow.model_validate(latest.definition).enter != flow.enter:
        return None
    return latest.entering_since


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
