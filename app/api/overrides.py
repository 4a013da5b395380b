"""`overrides`: what colleagues add to the score of a person or of everybody at a company, or take away."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.accounts import account
from app.api.base import caller, database, id_of, instant, member, now, require, resource
from app.api.bodies import Body, Instant, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, invalid
from app.api.prospects import of_person, person
from app.api.shapes.common import Listed
from app.api.shapes.record import OverridePreview, Overriding
from app.door import reading
from app.permissions import Act
from app.what_if.override import foretell
from prospects import overrides
from prospects.ids import AccountId, ProspectId
from prospects.override_rows import AccountOverrideRow, OverrideRow
from prospects.overrides import OverrideError, Row, Wanted
from prospects.values import Assessment

blueprint = resource("overrides")


class OverrideBody(Body):
    """An override, for so many `days` or `until` an instant; each 1.0 of `value` is ten points."""

    value: Annotated[float, Field(ge=-4, le=4, allow_inf_nan=False, examples=[0.8])]
    reason: Annotated[Words, Field(max_length=500, examples=["met at the fair"])]
    days: Annotated[int | None, Field(ge=1, le=366, examples=[30])] = None
    until: Annotated[Instant | None, Field(examples=[None])] = None


@blueprint.get("/prospects/<prospect_id>/overrides")
@lists(Listed[Overriding])
def listed(prospect_id: str) -> ResponseReturnValue:
    """Those of this person, also those that are over, the newest first."""
    return of_person(prospect_id, OverrideRow, drawn.one_by_one(document))


@blueprint.post("/prospects/<prospect_id>/overrides")
@answers({201: Overriding}, body=OverrideBody)
def add(prospect_id: str) -> ResponseReturnValue:
    """Add to this person's score from now on, or take away."""
    wanted = read(OverrideBody)

    def work(session: Session) -> Answer:
        who = ProspectId(person(session, prospect_id, Act.OVERRIDE).id)
        row = _refused(lambda: overrides.add(session, who, _wanted(wanted), now()))
        return Answer(201, document(row), about=who)

    return carry_out(work)


@blueprint.get("/prospects/<prospect_id>/override-preview")
@answers(OverridePreview, query=["value"])
def preview(prospect_id: str) -> ResponseReturnValue:
    """What `?value=` would change; nothing is changed."""
    require(Act.OVERRIDE)
    value = _number(request.args.get("value", ""))
    with reading(database()) as session:
        row = person(session, prospect_id, Act.OVERRIDE)
        found = foretell(session, row, value, now())
    return {"before": _figures(found.before), "after": _figures(found.after)}


@blueprint.get("/accounts/<account_id>/overrides")
@lists(Listed[Overriding])
def of_company(account_id: str) -> ResponseReturnValue:
    """Those of this company, also those that are over, the newest first."""
    asked = paging.asked()
    with reading(database()) as session:
        whose = account(session, account_id, Act.SEE_PERSON).id
        query = select(AccountOverrideRow).where(AccountOverrideRow.account_id == whose)
        return paging.newest(
            session, query, AccountOverrideRow.id, asked, lambda some: [document(r) for r in some]
        )


@blueprint.post("/accounts/<account_id>/overrides")
@answers({201: Overriding}, body=OverrideBody)
def add_for_company(account_id: str) -> ResponseReturnValue:
    """Add to the score of everybody at this company from now on, or take away."""
    wanted = read(OverrideBody)

    def work(session: Session) -> Answer:
        whose = AccountId(account(session, account_id, Act.OVERRIDE).id)
        row = _refused(lambda: overrides.add_for_company(session, whose, _wanted(wanted), now()))
        return Answer(201, document(row))

    return carry_out(work)


@blueprint.post("/overrides/<override_id>/end")
@answers(Overriding, body=Body)
def end(override_id: str) -> ResponseReturnValue:
    """End one of a person or a company before its time."""
    require(Act.OVERRIDE)
    read(Body)

    def work(session: Session) -> Answer:
        row = overrides.find(session, id_of(override_id))
        if row is None:
            raise AbsentError
        overrides.end(session, row, caller().who, now())
        return Answer(200, document(row))

    return carry_out(work)


def document(row: Row) -> dict[str, Any]:
    """One override."""
    return {
        "id": str(row.id),
        "value": row.value,
        "reason": row.reason,
        "by": row.by,
        "at": instant(row.at),
        "until": instant(row.until),
        "ended_at": instant(row.ended_at),
        "ended_by": row.ended_by,
    }


def _wanted(body: OverrideBody) -> Wanted:
    if (body.days is None) == (body.until is None):
        raise invalid("days", "say how long it counts", "either `days` or `until`")
    until: datetime = body.until or now() + timedelta(days=body.days or 0)
    somebody = member()
    name = somebody.name if somebody else caller().who
    return Wanted(value=body.value, reason=body.reason, until=until, by=name, signed=caller().who)


def _refused(add: Any) -> Any:
    try:
        return add()
    except OverrideError as error:
        raise invalid(error.field, "this cannot be", str(error)) from error


def _number(written: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = 0.0
    if not 0 < abs(value) <= overrides.MOST:
        raise invalid("value", "this is no override", "a number from -4 to 4, like 0.8")
    return value


def _figures(believed: Assessment) -> dict[str, Any]:
    return {
        "score": believed.score,
        "grade": believed.grade or None,
        "points": believed.points,
        "warm": believed.warm,
    }
