"""A segment as a marketer names it in the browser: kept, changed and taken away by who owns it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.workspace.in_browser import OWNER
from app.workspace.sheets import MOST_SEGMENTS
from app.workspace.wanted import Thing
from prospects import audit, configuration, segments
from prospects.conditions import parse
from prospects.configuration import Document
from prospects.faults import listed


class NotKeptError(Exception):
    """This segment cannot be kept or taken away from here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """A segment as it is to be kept."""

    slug: str
    name: str
    condition: Mapping[str, Any]


def keep(session: Session, named: Named, now: datetime, *, since: int, by: str) -> None:
    """Keep it under its name. `since` is the version it was begun from, 0 for a new one.

    Raises NotKeptError if files own it or somebody else changed it meanwhile, and ConditionError if
    a stage it asks for was taken away meanwhile.
    """
    configuration.lock(session)
    parse(named.condition, segments.vocabulary(session))
    standing = configuration.read(session, Thing.SEGMENT)
    before = standing.get(named.slug)
    _refuse(before, named.slug, since)
    if before is None and len(standing) >= MOST_SEGMENTS:
        raise NotKeptError(f"There are {MOST_SEGMENTS} segments. Take one away first.")
    segments.name(session, named.slug, named.name, named.condition, now, by=by)
    if before:
        audit.note(session, "segment changed", named.slug, now, who=by)
    else:
        audit.note(session, "segment named", named.slug, now, who=by)


def take_away(session: Session, slug: str, now: datetime, *, since: int, by: str) -> None:
    """Take it away; its people stay as they are. Raises NotKeptError, also while a flow enters by it."""
    configuration.lock(session)
    before = configuration.read(session, Thing.SEGMENT).get(slug)
    if before is None:
        return
    _refuse(before, slug, since)
    if flows := entered_by(session).get(slug):
        raise NotKeptError(
            f"{'A flow lets' if len(flows) == 1 else 'Flows let'} people in by {slug}: "
            f"{listed(flows).replace('`', '')}. Change who enters there first."
        )
    segments.unname(session, slug)
    audit.note(session, "segment removed", slug, now, who=by)


def entered_by(session: Session) -> dict[str, list[str]]:
    """The flows that let people in by a segment, by segment."""
    found: dict[str, list[str]] = {}
    for slug, flow in configuration.read(session, Thing.FLOW).items():
        if segment := (flow.body.get("enter") or {}).get("segment"):
            found.setdefault(str(segment), []).append(slug)
    return found


def _refuse(before: Document | None, slug: str, since: int) -> None:
    if before and before.owner != OWNER:
        raise NotKeptError(
            f"{slug} belongs to the workspace's files: it is changed in segments.yaml. "
            "Give yours another short name."
        )
    if before and before.version != since:
        raise NotKeptError(
            f"{slug} was changed by somebody else meanwhile, or there was one of that name. "
            "Look at theirs in another tab, then give yours another short name or take theirs over."
        )
    if before is None and since:
        raise NotKeptError(f"{slug} was taken away by somebody else meanwhile.")
