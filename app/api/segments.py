"""`segments`: named groups of people, each by the condition that makes somebody one of them."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import drawn, paging, problems
from app.api.base import caller, database, instant, now, require, resource
from app.api.bodies import Body, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError
from app.api.shapes.common import Listed
from app.api.shapes.office import Segment
from app.api.shapes.record import Prospect
from app.door import reading
from app.permissions import Act
from prospects import audit, configuration, segments
from prospects.conditions import ConditionError
from prospects.configuration import Document
from prospects.ids import parse_id
from prospects.rows import ProspectRow
from prospects.segments import SEGMENT

blueprint = resource("segments")

CONDITION = {"field": "country", "op": "eq", "value": "DE"}


class SegmentBody(Body):
    """A name for everybody for whom a condition holds."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["germans"])]
    name: Annotated[Words, Field(max_length=200, examples=["People in Germany"])]
    condition: Annotated[dict[str, Any], Field(examples=[CONDITION])]


@blueprint.get("/segments")
@lists(Listed[Segment])
def listed() -> ResponseReturnValue:
    """Segments by their slug."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    with reading(database()) as session:
        return paging.by_slug(configuration.read(session, SEGMENT), asked, _documents)


@blueprint.get("/segments/<slug>")
@answers(Segment)
def one(slug: str) -> ResponseReturnValue:
    """One segment."""
    require(Act.SEE_PEOPLE)
    with reading(database()) as session:
        return _documents([_segment(session, slug)])[0]


@blueprint.get("/segments/<slug>/members")
@lists(Listed[Prospect])
def members(slug: str) -> ResponseReturnValue:
    """Who is in it now, the newest first; a page may hold fewer than asked for and still have a `next`."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    paging.after_id(asked, ProspectRow.id)
    after = parse_id(asked.last[0]) if asked.last else None
    with reading(database()) as session:
        condition = _segment(session, slug).body["if"]
        found = segments.members(session, condition, now(), after=after, limit=asked.limit)
        query = select(ProspectRow).where(ProspectRow.id.in_(found.ids))
        rows = session.execute(query.order_by(ProspectRow.id.desc())).scalars().all()
        documents = drawn.prospects(session, rows)
    return {"items": documents, "next": paging.cursor((found.next,)) if found.next else None}


@blueprint.post("/segments")
@answers({201: Segment}, body=SegmentBody)
def create() -> ResponseReturnValue:
    """Name a group of people by a condition."""
    require(Act.SEGMENT)
    wanted = read(SegmentBody)

    def work(session: Session) -> Answer:
        if wanted.slug in configuration.read(session, SEGMENT):
            raise ConflictError("There is a segment of this name.", code="exists")
        by = caller().who
        segments.name(session, wanted.slug, wanted.name, wanted.condition, now(), by=by)
        audit.note(session, "segment named", wanted.slug, now(), who=by)
        return Answer(201, _documents([_segment(session, wanted.slug)])[0])

    try:
        return carry_out(work)
    except ConditionError as error:
        found = [each.under("condition") for each in error.faults]
        raise problems.of_faults(found) from error


def _segment(session: Session, slug: str) -> Document:
    found = configuration.read(session, SEGMENT).get(slug)
    if found is None:
        raise AbsentError
    return found


def _documents(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [
        {
            "slug": each.slug,
            "name": each.body["name"],
            "condition": each.body["if"],
            "applied_at": instant(each.applied_at),
        }
        for each in documents
    ]
