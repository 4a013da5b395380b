"""`tokens`: programs' ways in. A token is shown once, when it is made; only a hash of it is kept."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import tokens
from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource, text
from app.api.bodies import Body, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.office import Token, TokenMade
from app.door import reading
from app.permissions import Act
from app.rows import ApiTokenRow
from prospects.member import Role

blueprint = resource("tokens")


class TokenBody(Body):
    """A token with one role; with `person` (an e-mail) it acts as that colleague."""

    role: Role
    name: Annotated[Words, Field(max_length=100, examples=["crm"])]
    person: Annotated[str | None, Field(examples=[None])] = None


@blueprint.get("/tokens")
@lists(Listed[Token])
def listed() -> ResponseReturnValue:
    """Tokens, the newest first, revoked ones too."""
    require(Act.TOKENS)
    asked = paging.asked()
    with reading(database()) as session:
        return paging.newest(session, select(ApiTokenRow), ApiTokenRow.id, asked, _documents)


@blueprint.post("/tokens")
@answers({201: TokenMade}, body=TokenBody)
def make() -> ResponseReturnValue:
    """Make a token; this is the only time it is shown."""
    require(Act.TOKENS)
    wanted = read(TokenBody)

    def work(session: Session) -> Answer:
        by = caller().who
        try:
            token = tokens.create(session, wanted.role, wanted.name, wanted.person, now(), by=by)
        except tokens.NobodyError as error:
            raise invalid("person", "nobody active here has this e-mail", "see /people") from error
        (made,) = _documents([tokens.row_of(session, token)])
        return Answer(201, {**made, "token": None}, once={"token": token})

    return carry_out(work)


@blueprint.delete("/tokens/<token_id>")
@answers(Token)
def revoke(token_id: str) -> ResponseReturnValue:
    """Take a token back; it lets nobody in from now on."""
    require(Act.TOKENS)

    def work(session: Session) -> Answer:
        row = tokens.revoke(session, id_of(token_id), now(), by=caller().who)
        if row is None:
            raise AbsentError
        return Answer(200, _documents([row])[0])

    return carry_out(work)


def _documents(rows: Sequence[ApiTokenRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "name": row.name,
            "role": row.role,
            "person": text(row.member_id),
            "hint": row.hint,
            "made_by": row.made_by,
            "made_at": instant(row.made_at),
            "last_used_at": instant(row.seen_at),
            "revoked_at": instant(row.revoked_at),
        }
        for row in rows
    ]
