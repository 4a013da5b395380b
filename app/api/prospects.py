"""`prospects`: the people we know, what happened to them, what we believe of them, and forgetting them."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.base import (
    caller,
    database,
    id_of,
    member,
    now,
    reaches_all,
    require,
    require_for,
    resource,
    visible,
)
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.record import Activity, Assessment, ErasurePromised, Prospect
from app.door import reading
from app.permissions import Act
from app.whose import reachable_by, theirs
from prospects import audit, groups, outbox, words
from prospects.faults import nearest
from prospects.identities import normalise_email
from prospects.ids import MemberId, ProspectId
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from prospects.topics import Topic
from prospects.values import Lifecycle

blueprint = resource("prospects")

FILTERS = ("email", "q", "stage", "lifecycle")


@blueprint.get("/prospects")
@lists(Listed[Prospect], query=FILTERS, problems=[404])
def listed() -> ResponseReturnValue:
    """People, the newest first: `?email=` the one with this address, `?q=` a part of a name, address or company."""
    require(Act.SEE_PERSON)
    asked = paging.asked(FILTERS)
    query, part = _those_asked_for(_visible()), request.args.get("q", "")
    with reading(database()) as session:
        found = not part or not reaches_all(Act.SEE_CONTACT) or words.indexed(session, part)
        listing = paging.newest if found else paging.sought
        return listing(
            session, query, ProspectRow.id, asked, lambda some: drawn.prospects(session, some)
        )


@blueprint.get("/prospects/<prospect_id>")
@answers(Prospect)
def one(prospect_id: str) -> ResponseReturnValue:
    """One person with everything we believe of them."""
    with reading(database()) as session:
        return drawn.prospects(session, [person(session, prospect_id)])[0]


@blueprint.get("/prospects/<prospect_id>/timeline")
@lists(Listed[Activity])
def timeline(prospect_id: str) -> ResponseReturnValue:
    """What happened, the newest first."""
    asked = paging.asked()
    with reading(database()) as session:
        whose = person(session, prospect_id).id
        query = select(ActivityRow).where(
            ActivityRow.prospect_id.in_(groups.whole(session, ProspectId(whose))),
            *paging.after(asked, ActivityRow.happened_at, ActivityRow.id),
        )
        query = query.order_by(ActivityRow.happened_at.desc(), ActivityRow.id.desc())
        rows = session.execute(paging.one_more(query, asked)).scalars().all()
        return paging.page(
            rows,
            asked,
            key=lambda row: (row.happened_at, row.id),
            draw=lambda some: drawn.activities(session, some),
        )


@blueprint.get("/prospects/<prospect_id>/assessments")
@lists(Listed[Assessment])
def assessments(prospect_id: str) -> ResponseReturnValue:
    """What we believed when, the newest first."""
    return of_person(prospect_id, AssessmentRow, drawn.assessments)


@blueprint.post("/prospects/<prospect_id>/erasure")
@answers({202: ErasurePromised}, body=Body)
def erase(prospect_id: str) -> ResponseReturnValue:
    """Have this person forgotten; it is done within a minute, and cannot be undone."""
    require(Act.FORGET)
    read(Body)

    def work(session: Session) -> Answer:
        whose = ProspectId(person(session, prospect_id, act=Act.FORGET).id)
        outbox.post(session, Topic.ERASE, [whose], now())
        audit.note(session, "erasure asked for", whose, now(), who=caller().who)
        return Answer(202, {"prospect": str(whose), "state": "promised"}, about=whose)

    return carry_out(work)


def of_person(
    prospect_id: str,
    rows: type[Any],
    draw: Callable[[Session, Sequence[Any]], list[dict[str, Any]]],
    *only: ColumnElement[bool],
    act: Act = Act.SEE_PERSON,
) -> dict[str, Any]:
    """A page of what there is of one person, the newest first; how to reach them only for who may see it."""
    asked = paging.asked()
    with reading(database()) as session:
        whose = person(session, prospect_id, act).id
        people = groups.whole(session, ProspectId(whose))
        query = select(rows).where(rows.prospect_id.in_(people), *only)
        return paging.newest(
            session,
            query,
            rows.id,
            asked,
            lambda some: drawn.veils(session, [whose])[whose](draw(session, some)),
        )


def person(session: Session, prospect_id: str, act: Act = Act.SEE_PERSON) -> ProspectRow:
    """The person the address names, if the caller may do `act` to them; else 403 by role, 404 if foreign.

    Whoever was merged into somebody is that person.
    """
    require(act)
    row = session.get(ProspectRow, id_of(prospect_id))
    if row is not None and row.absorbed_by is not None:
        row = session.get(ProspectRow, row.absorbed_by)
    if row is None or row.erased_at is not None:
        raise AbsentError
    if not reaches_all(act):
        require_for(act, own=_is_theirs(session, row))
    return row


def _is_theirs(session: Session, row: ProspectRow) -> bool:
    somebody = member()
    if somebody is None:
        return False
    mine = theirs(MemberId(somebody.id))
    query = select(ProspectRow.id).where(ProspectRow.id == row.id, mine)
    return session.execute(query).first() is not None


def _visible() -> Select[Any]:
    query = select(ProspectRow).where(
        ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None)
    )
    return visible(query, Act.SEE_PERSON, lambda who: theirs(who.id))


def _those_asked_for(query: Select[Any]) -> Select[Any]:
    args = request.args
    if "email" in args:
        known = groups.at_address(normalise_email(args["email"]) or "")
        query = query.where(ProspectRow.id.in_(known), *_reachable())
    if part := args.get("q", "").strip():
        query = query.where(_holding(part))
    if "stage" in args:
        query = query.where(ProspectRow.stage == args["stage"])
    if place := args.get("lifecycle"):
        if place not in list(Lifecycle):
            raise invalid("lifecycle", "there is no such place", nearest(place, list(Lifecycle)))
        query = query.where(ProspectRow.lifecycle == place)
    return query


def _reachable() -> list[Any]:
    """Who may not see an address may not try it out either."""
    somebody = member()
    if somebody is None or reaches_all(Act.SEE_CONTACT):
        return []
    return [reachable_by(MemberId(somebody.id))]


def _holding(part: str) -> ColumnElement[bool]:
    """Not by the phone, and not by an address they may not see: whoever guesses would learn whose it is."""
    if reaches_all(Act.SEE_CONTACT):
        return words.matching(part)
    columns = (ProspectRow.name, ProspectRow.company, ProspectRow.title)
    return or_(*(each.icontains(part, autoescape=True) for each in columns))
