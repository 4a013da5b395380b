"""`opportunities`: possible deals at the companies we know."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.accounts import account
from app.api.base import (
    caller,
    database,
    id_of,
    now,
    require,
    resource,
    visible,
)
from app.api.bodies import Body, Day, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError
from app.api.shapes.common import Listed, Money
from app.api.shapes.office import Opportunity
from app.door import reading
from app.permissions import Act
from app.whose import their_accounts
from prospects import audit
from prospects.ids import new_id, parse_id
from prospects.member import Member
from prospects.rows import AccountRow, OpportunityRow

blueprint = resource("opportunities")

Product = Annotated[Words, Field(max_length=200, examples=["pump"])]


class State(StrEnum):
    """open → won | lost, and back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class NewDealBody(Body):
    """A possible deal at a company."""

    account: Annotated[str, Field(examples=["019cb323-e500-7b10-9c06-4ad22f84066e"])]
    product: Product | None = None
    amount: Money | None = None
    expected_on: Day | None = None


class DealBody(Body):
    """What changes; a field that is left out stays as it is, null empties it."""

    product: Product | None = None
    amount: Money | None = None
    expected_on: Day | None = None
    state: State = State.OPEN


@blueprint.get("/opportunities")
@lists(Listed[Opportunity], query=["account", "state"], problems=[404])
def listed() -> ResponseReturnValue:
    """Deals, the newest first; a rep sees those at companies that are theirs."""
    require(Act.SEE_PERSON)
    asked = paging.asked(["account", "state"])
    query = _visible()
    if state := paging.state(State):
        query = query.where(OpportunityRow.state == state)
    if whose := request.args.get("account"):
        query = query.where(OpportunityRow.account_id == parse_id(whose))
    with reading(database()) as session:
        return paging.newest(session, query, OpportunityRow.id, asked, drawn.deals)


@blueprint.get("/opportunities/<opportunity_id>")
@answers(Opportunity)
def one(opportunity_id: str) -> ResponseReturnValue:
    """One deal."""
    with reading(database()) as session:
        return drawn.deals([_deal(session, opportunity_id, Act.SEE_PERSON)])[0]


@blueprint.post("/opportunities")
@answers({201: Opportunity}, body=NewDealBody, problems=[404])
def create() -> ResponseReturnValue:
    """Record a possible deal."""
    require(Act.DEAL)
    wanted = read(NewDealBody)

    def work(session: Session) -> Answer:
        whose = account(session, wanted.account, Act.DEAL)
        row = OpportunityRow(id=new_id(now()), account_id=whose.id, state=State.OPEN)
        row.created_at = now()
        _set(row, wanted)
        session.add(row)
        session.flush()
        audit.note(session, "deal recorded", row.id, now(), who=caller().who)
        return Answer(201, drawn.deals([row])[0])

    return carry_out(work)


@blueprint.patch("/opportunities/<opportunity_id>")
@answers(Opportunity, body=DealBody)
def change(opportunity_id: str) -> ResponseReturnValue:
    """Change a deal; one that is won or lost gets the instant at which it was closed."""
    require(Act.DEAL)
    wanted = read(DealBody)

    def work(session: Session) -> Answer:
        row = _deal(session, opportunity_id, Act.DEAL)
        _set(row, wanted)
        if "state" in wanted.model_fields_set and row.state != wanted.state:
            row.state = wanted.state
            row.closed_at = None if wanted.state is State.OPEN else now()
        session.flush()
        fields = sorted(wanted.model_fields_set)
        audit.note(session, "deal changed", row.id, now(), who=caller().who, fields=fields)
        return Answer(200, drawn.deals([row])[0])

    return carry_out(work)


def _set(row: OpportunityRow, wanted: NewDealBody | DealBody) -> None:
    given = wanted.model_fields_set
    if "product" in given:
        row.product = wanted.product
    if "expected_on" in given:
        row.expected_on = wanted.expected_on
    if "amount" in given:
        row.amount = Decimal(wanted.amount.amount) if wanted.amount else None
        row.currency = wanted.amount.currency if wanted.amount else None


def _deal(session: Session, opportunity_id: str, act: Act) -> OpportunityRow:
    require(act)
    row = session.get(OpportunityRow, id_of(opportunity_id))
    if row is None:
        raise AbsentError
    account(session, str(row.account_id), act)
    return row


def _visible() -> Select[Any]:
    def mine(who: Member) -> ColumnElement[bool]:
        theirs = select(AccountRow.id).where(their_accounts(who.id))
        return OpportunityRow.account_id.in_(theirs)

    return visible(select(OpportunityRow), Act.SEE_PERSON, mine)
