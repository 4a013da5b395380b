"""`activities`: what happened, over all people; programs record what they saw."""

from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field, StrictBool
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.base import database, now, require, resource, settings
from app.api.bodies import Body, Instant, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import ConflictError, invalid
from app.api.prospects import person
from app.api.shapes.common import Listed
from app.api.shapes.record import Activity
from app.api.words import recorded
from app.door import reading
from app.permissions import Act
from prospects import groups, people, timeline
from prospects.faults import nearest
from prospects.identities import Email, company_domain, read_email
from prospects.identity import Lead, of_address
from prospects.ids import ProspectId, new_id
from prospects.kinds import OUTSIDE, Kind
from prospects.rows import ActivityRow
from prospects.sealing import digest
from prospects.timeline import Fact
from prospects.values import Person

blueprint = resource("activities")

RECORDED = sorted(OUTSIDE - {Kind.CONSENT, Kind.UNSUBSCRIBED})
"""Kinds a program may record; what somebody agreed to is told at `prospects/{id}/consents`."""


class ActivityBody(Body):
    """Something that happened to a known person (`prospect`) or to whoever has this address (`email`)."""

    kind: str
    prospect: str | None = None
    email: str | None = None
    happened_at: Instant | None = None
    external_id: Annotated[Words, Field(max_length=200)] | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    suspect_robot: StrictBool = False


@blueprint.get("/activities")
@lists(Listed[Activity], query=["kind", "prospect"], problems=[404])
def listed() -> ResponseReturnValue:
    """What we came to know, the newest first; `?kind=` and `?prospect=` narrow it down."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked(["kind", "prospect"])
    query = select(ActivityRow)
    if kind := request.args.get("kind"):
        if kind not in list(Kind):
            raise invalid("kind", "there is no such kind", nearest(kind, list(Kind)))
        query = query.where(ActivityRow.kind == kind)
    with reading(database()) as session:
        if whose := request.args.get("prospect"):
            who = ProspectId(person(session, whose).id)
            query = query.where(ActivityRow.prospect_id.in_(groups.whole(session, who)))
        listing = paging.sought if kind and not whose else paging.newest
        return listing(
            session, query, ActivityRow.id, asked, lambda some: drawn.activities(session, some)
        )


@blueprint.post("/activities")
@answers({200: Activity, 201: Activity}, body=ActivityBody, problems=[404])
def record() -> ResponseReturnValue:
    """Record what somebody did; the same `external_id` for the same person is recorded once (then 200)."""
    require(Act.RECORD)
    told = read(ActivityBody)
    email = _checked(told)
    at, key = told.happened_at or now(), f"api/{_own_id(told)}"

    def work(session: Session) -> Answer:
        whose = _whose(session, told, email)
        fact = Fact(
            prospect_id=whose,
            kind=Kind(told.kind),
            happened_at=at,
            source="api",
            key=key,
            body=told.body,
            suspect_robot=told.suspect_robot,
        )
        news = timeline.record(session, [fact], now())
        return Answer(201 if news else 200, drawn.activity(recorded(session, fact)), about=whose)

    return carry_out(work)


def _checked(told: ActivityBody) -> Email | None:
    """The address, if the person is named by one. Refuses what fields alone do not show to be wrong."""
    if told.kind not in RECORDED:
        elsewhere = told.kind in (Kind.CONSENT, Kind.UNSUBSCRIBED)
        mend = "tell it at prospects/{id}/consents" if elsewhere else nearest(told.kind, RECORDED)
        raise invalid("kind", "programs cannot record this kind", mend)
    if (told.prospect is None) == (told.email is None):
        raise invalid("prospect", "whose it is must be said once", "give `prospect` or `email`")
    if told.happened_at and told.happened_at > now():
        raise invalid("happened_at", "this lies ahead", "when it happened")
    if told.email is None:
        return None
    email = read_email(told.email)
    if email is None:
        raise invalid("email", "this is no address", "like ada@acme.example")
    return email


def _own_id(told: ActivityBody) -> str:
    """What makes a repeat known: keyed, because it outlives the person, and may be their address."""
    if told.external_id is None:
        return str(new_id(now()))
    return digest(settings().secret_key, "activity", told.external_id)


def _whose(session: Session, told: ActivityBody, email: Email | None) -> ProspectId:
    if email is None:
        return ProspectId(person(session, told.prospect or "", Act.RECORD).id)
    lead = Lead(
        ref="api",
        identities=(of_address(email.key, None),),
        person=Person(email=email.key),
        happened_at=told.happened_at or now(),
        domain=company_domain(email.key),
    )
    (found,) = people.resolve(session, [lead], now(), secret=settings().secret_key)
    if found.prospect_id is None:
        raise ConflictError("This person was erased after it happened.", code="erased")
    return found.prospect_id
