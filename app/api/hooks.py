"""`hooks` and `calls`: which programs outside are told of what, and what came of telling them."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import (
    caller,
    database,
    id_of,
    instant,
    now,
    require,
    resource,
    settings,
)
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.office import CallOut, HookMade, HookShown
from app.door import reading
from app.permissions import Act
from prospects import audit, configuration
from prospects.faults import nearest
from webhooks import calls, hooks, outbound
from webhooks.call_rows import CallRow, CallState
from webhooks.hooks import HOOK, Event, Hook

blueprint = resource("hooks")


class HookBody(Body):
    """A program's address and the events it is told."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["crm"])]
    url: Annotated[str, Field(max_length=2000, examples=["https://crm.acme.example/warmline"])]
    events: Annotated[list[Event], Field(min_length=1, examples=[["handoff.offered"]])]


@blueprint.get("/hooks")
@lists(Listed[HookShown])
def listed() -> ResponseReturnValue:
    """Programs that are told, by slug; secrets are never shown."""
    require(Act.HOOKS)
    asked = paging.asked()
    with reading(database()) as session:
        return paging.by_slug(hooks.all_hooks(session), asked, _hooks)


@blueprint.post("/hooks")
@answers({201: HookMade}, body=HookBody)
def create() -> ResponseReturnValue:
    """Have a program told; the secret that signs is shown this once."""
    require(Act.HOOKS)
    wanted = read(HookBody)
    # The name is looked up here, before a transaction is open.
    if refused := outbound.refusal(wanted.url, settings().egress_allow):
        raise invalid("url", refused, "an https address outside")
    secret = hooks.fresh_secret()

    def work(session: Session) -> Answer:
        if wanted.slug in hooks.all_hooks(session):
            raise ConflictError("There is a hook of this name.", code="exists")
        by, key = caller().who, settings().secret_key
        events = list(dict.fromkeys(wanted.events))
        hooks.save(
            session,
            wanted.slug,
            now(),
            url=wanted.url,
            events=events,
            secret=secret,
            key=key,
            by=by,
        )
        audit.note(session, "hook made", wanted.slug, now(), who=by)
        made = _hooks([_hook(session, wanted.slug)])[0]
        return Answer(201, {**made, "secret": None}, once={"secret": secret})

    return carry_out(work)


@blueprint.post("/hooks/<slug>/activation")
@answers({201: HookShown}, body=Body)
def activate(slug: str) -> ResponseReturnValue:
    """Tell a program again that was switched off."""
    require(Act.HOOKS)
    read(Body)

    def work(session: Session) -> Answer:
        hook, by = _hook(session, slug), caller().who
        hooks.switch(session, hook, now(), on=True, reason=None, by=by)
        audit.note(session, "hook switched on", slug, now(), who=by)
        return Answer(201, _hooks([_hook(session, slug)])[0])

    return carry_out(work)


@blueprint.delete("/hooks/<slug>")
@answers({204: None})
def remove(slug: str) -> ResponseReturnValue:
    """Tell a program no more."""
    require(Act.HOOKS)

    def work(session: Session) -> Answer:
        _hook(session, slug)
        configuration.remove(session, HOOK, slug)
        audit.note(session, "hook removed", slug, now(), who=caller().who)
        return Answer(204)

    return carry_out(work)


@blueprint.get("/calls")
@lists(Listed[CallOut], query=["hook", "state"])
def called() -> ResponseReturnValue:
    """What programs were told or are to be told, the newest first."""
    require(Act.HOOKS)
    asked = paging.asked(["hook", "state"])
    query = select(CallRow)
    if state := request.args.get("state"):
        if state not in list(CallState):
            raise invalid("state", "there is no such state", nearest(state, list(CallState)))
        query = query.where(CallRow.state == state)
    if hook := request.args.get("hook"):
        query = query.where(CallRow.hook == hook)
    with reading(database()) as session:
        return paging.newest(session, query, CallRow.id, asked, _calls)


@blueprint.post("/calls/<call_id>/replay")
@answers({202: CallOut}, body=Body)
def replay(call_id: str) -> ResponseReturnValue:
    """Tell it once more, under the same id; 409 while it is still being tried."""
    require(Act.HOOKS)
    read(Body)

    def work(session: Session) -> Answer:
        query = select(CallRow).where(CallRow.id == id_of(call_id))
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise AbsentError
        if row.state == CallState.WAITING or not row.body:
            code = "erased" if not row.body else "waiting"
            raise ConflictError("It cannot be replayed.", code=code)
        calls.replay(session, row, now())
        audit.note(session, "call replayed", row.id, now(), who=caller().who)
        session.flush()
        return Answer(202, _calls([row])[0])

    return carry_out(work)


def _hook(session: Session, slug: str) -> Hook:
    found = hooks.all_hooks(session).get(slug)
    if found is None:
        raise AbsentError
    return found


def _hooks(some: Sequence[Hook]) -> list[dict[str, Any]]:
    return [
        {
            "slug": each.slug,
            "url": each.url,
            "events": list(each.events),
            "active": each.active,
            "reason": each.reason,
            "applied_at": instant(each.applied_at),
        }
        for each in some
    ]


def _calls(rows: Sequence[CallRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "hook": row.hook,
            "event": row.event,
            "prospect": str(row.prospect_id),
            "state": row.state,
            "reason": row.reason,
            "attempts": row.attempts,
            "body": row.body,
            "made_at": instant(row.made_at),
            "settled_at": instant(row.settled_at),
        }
        for row in rows
    ]
