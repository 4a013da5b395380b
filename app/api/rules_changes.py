"""`rules-changes`: changed points, cards and stages, whom each would take over the warm line, and a colleague's word on it."""

from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import database, instant, now, require, resource
from app.api.bodies import Body, NothingBody, read
from app.api.by_whom import by_caller
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.learning import Crossing, RulesChange
from app.door import reading
from app.permissions import Act
from prospects.ids import parse_id
from scoring.changes import failing, rules_changes
from scoring.changes.releases import NotWaitingError
from scoring.changes.rows import CrossingRow, RulesChangeRow
from scoring.changes.rules_changes import Place, Tally

blueprint = resource("rules_changes")
WAYS = ("up", "down")


class ReleaseBody(Body):
    """How many an hour cross the line; without `pace` all do at once."""

    pace: Annotated[int | None, Field(ge=1, le=10_000, strict=True, examples=[20])] = None


@blueprint.get("/rules-changes")
@lists(Listed[RulesChange])
def listed() -> ResponseReturnValue:
    """Every change of the rules that was noted, the newest first."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    below = _version(asked.last[0]) if asked.last else None
    with reading(database()) as session:
        rows = rules_changes.changes(session, below=below, limit=asked.limit + 1)
        tallies = rules_changes.tallies(session, [row.version for row in rows])
        failed = {row.version: failing.alone(session, row.version, now()) for row in rows[:1]}
    return paging.page(
        rows,
        asked,
        key=lambda row: (row.version,),
        draw=lambda some: [
            _drawn(row, tallies[row.version], failed.get(row.version, 0)) for row in some
        ],
    )


@blueprint.get("/rules-changes/<version>")
@answers(RulesChange)
def one(version: str) -> ResponseReturnValue:
    """One change: how far everybody was looked at, and how many wait."""
    require(Act.SEE_PEOPLE)
    with reading(database()) as session:
        return _whole(session, version)


@blueprint.get("/rules-changes/<version>/crossings")
@lists(Listed[Crossing], query=["way"])
def crossings(version: str) -> ResponseReturnValue:
    """Who waits to become warm by it, then who to be warm no longer (`?way=up`, `?way=down`), most points first."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked(["way"])
    way = request.args.get("way")
    if way not in (None, *WAYS):
        raise invalid("way", "there is no such way", "up or down")
    began, below = _below(asked)
    rows: list[CrossingRow] = []
    with reading(database()) as session:
        number = _row(session, version).version
        for each in (way,) if way else WAYS[WAYS.index(began) :]:
            rows += rules_changes.waiting(
                session,
                number,
                up=each == "up",
                below=below if each == (way or began) else None,
                limit=asked.limit + 1 - len(rows),
            )
    return paging.page(
        rows,
        asked,
        key=lambda row: (WAYS[not row.up], row.points_after, row.prospect_id),
        draw=lambda some: [_crossing(row) for row in some],
    )


@blueprint.post("/rules-changes/<version>/release")
@answers(RulesChange, body=ReleaseBody)
def release(version: str) -> ResponseReturnValue:
    """Let them over the line, all at once or so many an hour."""
    require(Act.EDIT_SCORING)
    pace = read(ReleaseBody).pace
    return _decided(
        version,
        lambda session, number: rules_changes.release(
            session, number, now(), by=by_caller(), pace=pace
        ),
    )


@blueprint.post("/rules-changes/<version>/keep")
@answers(RulesChange, body=NothingBody)
def keep(version: str) -> ResponseReturnValue:
    """Let them be where they are until they do something themselves."""
    require(Act.EDIT_SCORING)
    read(NothingBody)
    return _decided(
        version, lambda session, number: rules_changes.keep(session, number, now(), by=by_caller())
    )


@blueprint.post("/rules-changes/<version>/stop")
@answers(RulesChange, body=NothingBody)
def stop(version: str) -> ResponseReturnValue:
    """Let no more of them over the line; who went over stays there, and the others wait again."""
    require(Act.EDIT_SCORING)
    read(NothingBody)
    return _decided(
        version,
        lambda session, number: rules_changes.stop(session, number, now(), by=by_caller()),
        refused="nobody is being let over the line by this change",
        code="not_releasing",
    )


def _decided(
    version: str,
    decide: Any,
    *,
    refused: str = "nobody waits by this change, or somebody has decided",
    code: str = "not_waiting",
) -> ResponseReturnValue:
    def work(session: Session) -> Answer:
        number = _row(session, version).version
        try:
            decide(session, number)
        except NotWaitingError:
            raise ConflictError(refused, code=code) from None
        session.flush()
        return Answer(200, _whole(session, version))

    return carry_out(work)


def _below(asked: paging.Asked) -> tuple[str, Place | None]:
    """Which way the list goes on, and below whom."""
    if asked.last is None:
        return WAYS[0], None
    try:
        way, told, who = asked.last
        points, who_id = float(told), parse_id(who)
    except ValueError:
        way, points, who_id = "", 0.0, None
    if way not in WAYS or who_id is None or not 0 <= points <= 100:
        raise invalid("cursor", "this cursor is none of ours", "use `next` as it was given")
    return way, Place(points, who_id)


def _version(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        return -1
    return int(written)


def _row(session: Session, version: str) -> RulesChangeRow:
    row = rules_changes.change(session, _version(version))
    if row is None:
        raise AbsentError
    return row


def _whole(session: Session, version: str) -> dict[str, Any]:
    row = _row(session, version)
    tally = rules_changes.tallies(session, [row.version])[row.version]
    return _drawn(row, tally, failing.alone(session, row.version, now()))


def _drawn(row: RulesChangeRow, tally: Tally, failed: int) -> dict[str, Any]:
    return {
        "version": row.version,
        "state": row.state,
        "model": row.model,
        "at": instant(row.at),
        "by": row.by,
        "people": row.people,
        "looked": min(row.looked, row.people),
        "failed": failed,
        "up": tally.up,
        "down": tally.down,
        "released": tally.released,
        "pace": row.pace,
        "decided_at": instant(row.decided_at),
    }


def _crossing(row: CrossingRow) -> dict[str, Any]:
    return {
        "prospect_id": str(row.prospect_id),
        "up": row.up,
        "points_before": row.points_before,
        "points_after": row.points_after,
        "at": instant(row.at),
    }
