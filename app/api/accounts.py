"""`accounts`: the companies we know, with their people and deals."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.base import (
    database,
    id_of,
    instant,
    member,
    reaches_all,
    require,
    require_for,
    resource,
    text,
    visible,
)
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.office import Account, AccountWithPeople
from app.door import reading
from app.permissions import Act
from app.whose import their_accounts, theirs
from prospects import details
from prospects.account_claims import stages_of
from prospects.contact import Veil, veil_of
from prospects.ids import MemberId
from prospects.rows import AccountRow, OpportunityRow, ProspectRow
from routing import current

blueprint = resource("accounts")

MOST_PEOPLE = 500
"""People shown with a company; `/prospects` lists the others."""


@blueprint.get("/accounts")
@lists(Listed[Account], query=["domain", "q"], problems=[404])
def listed() -> ResponseReturnValue:
    """Companies, the newest first: `?domain=` the one with this domain, `?q=` a part of a name or domain."""
    require(Act.SEE_PERSON)
    asked = paging.asked(["domain", "q"])
    query = _visible()
    if domain := request.args.get("domain"):
        query = query.where(AccountRow.domain == domain.strip().lower())
    if part := request.args.get("q", "").strip():
        columns = (AccountRow.name, AccountRow.domain)
        query = query.where(or_(*(each.icontains(part, autoescape=True) for each in columns)))
    with reading(database()) as session:
        return paging.newest(session, query, AccountRow.id, asked, _documents)


@blueprint.get("/accounts/<account_id>")
@answers(AccountWithPeople)
def one(account_id: str) -> ResponseReturnValue:
    """One company with its people and deals, and what is known of it from where."""
    with reading(database()) as session:
        row = account(session, account_id, Act.SEE_PERSON)
        opportunities = session.execute(
            select(OpportunityRow)
            .where(OpportunityRow.account_id == row.id)
            .order_by(OpportunityRow.id.desc())
        )
        return {
            **_documents([row])[0],
            "people": (people := _people(session, row)),
            "stage": _stage(session, row, {each["id"] for each in people}),
            "opportunities": drawn.deals(opportunities.scalars().all()),
            "found_out": [
                {
                    "name": each.name,
                    "value": _veil()(each.value),
                    "source": each.source,
                    "at": instant(each.found_at),
                }
                for each in details.of_accounts(session, [row.id])
            ],
        }


def account(session: Session, account_id: str, act: Act) -> AccountRow:
    """The company an address names, if the caller may do `act` to it; else 403 by role, 404 if foreign."""
    require(act)
    row = session.get(AccountRow, id_of(account_id))
    if row is None:
        raise AbsentError
    if not reaches_all(act):
        somebody = member()
        mine = somebody is not None and bool(
            session.execute(
                select(AccountRow.id).where(
                    AccountRow.id == row.id, their_accounts(MemberId(somebody.id))
                )
            ).first()
        )
        require_for(act, own=mine)
    return row


def _visible() -> Select[Any]:
    return visible(select(AccountRow), Act.SEE_PERSON, lambda who: their_accounts(who.id))


def _people(session: Session, row: AccountRow) -> list[dict[str, Any]]:
    query = select(ProspectRow).where(
        ProspectRow.account_id == row.id,
        ProspectRow.erased_at.is_(None),
        ProspectRow.absorbed_by.is_(None),
    )
    somebody = member()
    if not reaches_all(Act.SEE_PERSON) and somebody is not None and row.owner_id != somebody.id:
        query = query.where(theirs(MemberId(somebody.id)))
    found = session.execute(query.order_by(ProspectRow.id.desc()).limit(MOST_PEOPLE)).scalars()
    people = list(found)
    hidden = drawn.veils(session, [each.id for each in people])
    return [
        {
            "id": str(each.id),
            "name": hidden[each.id](each.name),
            "title": hidden[each.id](each.title),
            "lifecycle": each.lifecycle,
            "stage": each.stage,
            "confirmed_stage": each.confirmed_stage,
        }
        for each in people
    ]


def _veil() -> Veil:
    """What hides how somebody is reached: leads may have written an address or a number of theirs there."""
    return veil_of(None, lifted=reaches_all(Act.SEE_CONTACT))


def _stage(session: Session, row: AccountRow, seen: set[str]) -> dict[str, Any] | None:
    """How far the company is; who says what, of the people the caller sees."""
    ladder = [rung.slug for rung in current.ladder(session)]
    found = stages_of(session, [row.id], ladder, g.now).get(row.id)
    if found is None:
        return None
    return {
        "claimed": found.stage,
        "confidence": found.confidence,
        "conflict": found.conflict,
        "says": [
            {
                "prospect": str(each.prospect_id),
                "stage": each.stage,
                "confidence": round(each.left(g.now), 3),
                "weight": each.weight,
                "found": each.found,
            }
            for each in found.says
            if str(each.prospect_id) in seen
        ],
    }


def _documents(rows: Sequence[AccountRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "domain": row.domain,
            "name": row.name,
            "owner": text(row.owner_id),
            "fields": _veil()(row.fields or {}),
            "created_at": instant(row.created_at),
        }
        for row in rows
    ]
