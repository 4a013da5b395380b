"""`duplicates` and `merges`: two people who may be one, making them one, and parting them again."""

from typing import Annotated, Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import merge as merging
from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource, settings
from app.api.bodies import Body, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.prospects import person
from app.api.shapes.common import Listed
from app.api.shapes.record import Duplicate, Merge, MergePreview
from app.door import reading
from app.merge import MergeError, NobodyError
from app.merge_preview import preview
from app.permissions import Act
from prospects import audit, doubles, groups
from prospects.double_rows import DoubleRow, DoubleState
from prospects.ids import ProspectId, parse_id
from prospects.merge_rows import MergeRow
from prospects.merges import Said

blueprint = resource("merges")


class MergeBody(Body):
    """With whom this person is one, and why."""

    other: Annotated[str, Field(examples=["019cb323-e500-7b10-9c06-4ad22f840672"])]
    why: Annotated[Words | None, Field(max_length=500)] = None


@blueprint.get("/duplicates")
@lists(Listed[Duplicate])
def duplicates() -> ResponseReturnValue:
    """Pairs of people who may be one and whom nobody has judged yet, the latest found first."""
    require(Act.MERGE)
    asked = paging.asked()
    with reading(database()) as session:
        after = doubles.read_ref(asked.last[0]) if asked.last else None
        if asked.last and after is None:
            raise invalid("cursor", "this is no cursor of this list", "as `next` gave it")
        rows = doubles.waiting(session, asked.limit + 1, after=after)
        return paging.page(
            rows,
            asked,
            key=lambda row: (f"{row.prospect_id}/{row.other_id}",),
            draw=lambda some: [_duplicate(row) for row in some],
        )


@blueprint.post("/duplicates/<duplicate_id>/parting")
@answers(Duplicate, body=Body)
def keep_apart(duplicate_id: str) -> ResponseReturnValue:
    """Say that these two are two: they leave the list, and nothing joins them by itself."""
    require(Act.MERGE)
    read(Body)

    def work(session: Session) -> Answer:
        pair = doubles.read_ref(duplicate_id.replace(":", "/"))
        row = session.get(DoubleRow, pair) if pair else None
        if row is None or pair is None or row.state == DoubleState.MERGED:
            raise AbsentError
        told = _duplicate(row)
        doubles.settle(session, pair, DoubleState.APART, caller().who, now())
        audit.note(session, "people kept apart", duplicate_id, now(), who=caller().who)
        return Answer(200, told, about=ProspectId(pair[0]))

    return carry_out(work)


@blueprint.get("/prospects/<prospect_id>/merge-preview")
@answers(MergePreview, query=["other"], problems=[409])
def foretell(prospect_id: str) -> ResponseReturnValue:
    """What making this person one with `?other=` would do; nothing is changed."""
    require(Act.MERGE)
    with reading(database()) as session:
        one = ProspectId(person(session, prospect_id, Act.MERGE).id)
        other = _other(session, request.args.get("other", ""))
        try:
            found = preview(session, one, other, secret=settings().secret_key)
        except MergeError as error:
            raise ConflictError(str(error), code=error.code) from error
    return {
        "kept": str(found.kept.id),
        "absorbed": str(found.gone.id),
        "evidence": list(found.evidence),
        "takes_over": list(found.takes_over),
        "flows_left": list(found.flows),
        "mails_not_sent": found.mails,
        "handoffs_ended": list(found.leads),
        "refused": list(found.refused),
    }


@blueprint.get("/merges")
@lists(Listed[Merge], query=["prospect"], problems=[404])
def listed() -> ResponseReturnValue:
    """Merges, also those that were undone, the newest first; `?prospect=` those of one person."""
    require(Act.MERGE)
    asked = paging.asked(["prospect"])
    query = select(MergeRow)
    with reading(database()) as session:
        if whose := request.args.get("prospect"):
            who = ProspectId(person(session, whose, Act.MERGE).id)
            group = groups.whole(session, who)
            query = query.where(or_(MergeRow.kept_id.in_(group), MergeRow.prospect_id.in_(group)))
        return paging.newest(
            session, query, MergeRow.id, asked, lambda some: [document(row) for row in some]
        )


@blueprint.post("/prospects/<prospect_id>/merges")
@answers({201: Merge}, body=MergeBody)
def make(prospect_id: str) -> ResponseReturnValue:
    """Make this person one with another; who stands for both is told, and not asked."""
    require(Act.MERGE)
    wanted = read(MergeBody)

    def work(session: Session) -> Answer:
        one = ProspectId(person(session, prospect_id, Act.MERGE).id)
        said = Said(by=caller().who, why=wanted.why)
        row = merging.merge(session, one, _other(session, wanted.other), said, now())
        return Answer(201, document(row), about=ProspectId(row.kept_id))

    return _answered(work)


@blueprint.post("/merges/<merge_id>/undoing")
@answers({201: Merge}, body=Body)
def undo(merge_id: str) -> ResponseReturnValue:
    """Part two people again, as they were; of several merges the latest goes first."""
    require(Act.MERGE)
    read(Body)

    def work(session: Session) -> Answer:
        row = merging.undo(session, id_of(merge_id), caller().who, now()).merge
        return Answer(201, document(row), about=ProspectId(row.kept_id))

    return _answered(work)


def document(row: MergeRow) -> dict[str, Any]:
    """A merge as programs see it."""
    return {
        "id": str(row.id),
        "kept": str(row.kept_id),
        "absorbed": str(row.prospect_id),
        "at": instant(row.at),
        "by": row.by,
        "why": row.why,
        "evidence": row.evidence,
        "undone_at": instant(row.undone_at),
        "undone_by": row.undone_by,
    }


def _duplicate(row: DoubleRow) -> dict[str, Any]:
    return {
        "id": f"{row.prospect_id}:{row.other_id}",
        "people": [str(row.prospect_id), str(row.other_id)],
        "evidence": row.evidence,
        "found_at": instant(row.found_at),
    }


def _other(session: Session, written: str) -> ProspectId:
    found: UUID | None = parse_id(written)
    if found is None:
        raise invalid("other", "this is no id", "the id of the other person")
    return ProspectId(person(session, written, Act.MERGE).id)


def _answered(work: Any) -> ResponseReturnValue:
    try:
        return carry_out(work)
    except NobodyError as error:
        raise AbsentError from error
    except MergeError as error:
        raise ConflictError(str(error), code=error.code) from error
