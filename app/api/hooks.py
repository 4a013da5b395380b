"""`hooks`: which programs outside are told of what, with which secrets, and how each is doing."""

from collections.abc import Mapping
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import caller, database, instant, now, require, resource, settings
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.out import HookMade, HookShown, Redriven
from app.door import reading
from app.permissions import Act
from prospects import audit
from prospects.durations import Duration
from prospects.shapes import Instant
from webhooks import endpoints, hooks, outbound, redrive
from webhooks.endpoints import Endpoint
from webhooks.events import Event
from webhooks.hooks import LONGEST_OVERLAP, OVERLAP, Hook

blueprint = resource("hooks")


class Telling(Body):
    """A program's address and the events it is told."""

    url: Annotated[str, Field(max_length=2000, examples=["https://crm.acme.example/warmline"])]
    events: Annotated[list[Event], Field(min_length=1, examples=[["handoff.offered"]])]


class HookBody(Telling):
    """A new program: its name, its address, the events it is told."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["crm"])]


class RotationBody(Body):
    """For how long the former secret signs as well; a day unless it is said."""

    overlap: Annotated[Duration, Field(examples=["24h"])] = OVERLAP


class RedriveBody(Body):
    """From when on; all that is dead unless it is said."""

    since: Instant | None = None


@blueprint.get("/hooks")
@lists(Listed[HookShown])
def listed() -> ResponseReturnValue:
    """Programs that are told, by slug; secrets are never shown."""
    require(Act.HOOKS)
    asked = paging.asked()
    with reading(database()) as session:
        doing = endpoints.of_all(session)
        return paging.by_slug(
            hooks.all_hooks(session), asked, lambda some: [_shown(each, doing) for each in some]
        )


@blueprint.post("/hooks")
@answers({201: HookMade}, body=HookBody)
def create() -> ResponseReturnValue:
    """Have a program told; the secret that signs is shown this once."""
    require(Act.HOOKS)
    wanted = read(HookBody)
    _refuse_inside(wanted.url)
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
        made = _shown(_hook(session, wanted.slug), {})
        return Answer(201, {**made, "secret": None}, once={"secret": secret})

    return carry_out(work)


@blueprint.put("/hooks/<slug>")
@answers({200: HookShown}, body=Telling)
def change(slug: str) -> ResponseReturnValue:
    """Tell a program at another address, or of other events; its secret stays."""
    require(Act.HOOKS)
    wanted = read(Telling)
    _refuse_inside(wanted.url)

    def work(session: Session) -> Answer:
        hook, by, events = _hook(session, slug), caller().who, list(dict.fromkeys(wanted.events))
        hooks.change(session, hook, now(), url=wanted.url, events=events, by=by)
        return _answer(session, slug, 200)

    return carry_out(work)


@blueprint.post("/hooks/<slug>/activation")
@answers({201: HookShown}, body=Body)
def activate(slug: str) -> ResponseReturnValue:
    """Tell a program again that was switched off, or that is left alone after failing."""
    require(Act.HOOKS)
    read(Body)

    def work(session: Session) -> Answer:
        hook, by = _hook(session, slug), caller().who
        hooks.switch(session, hook, now(), on=True, by=by)
        return _answer(session, slug, 201)

    return carry_out(work)


@blueprint.post("/hooks/<slug>/deactivation")
@answers({201: HookShown}, body=Body)
def deactivate(slug: str) -> ResponseReturnValue:
    """Tell a program nothing until it is switched on again; what happens meanwhile it is never told."""
    require(Act.HOOKS)
    read(Body)

    def work(session: Session) -> Answer:
        hook, by = _hook(session, slug), caller().who
        hooks.switch(session, hook, now(), on=False, by=by)
        return _answer(session, slug, 201)

    return carry_out(work)


@blueprint.post("/hooks/<slug>/rotation")
@answers({201: HookMade}, body=RotationBody)
def rotate(slug: str) -> ResponseReturnValue:
    """Sign with a new secret, shown this once; the former one signs beside it for a while."""
    require(Act.HOOKS)
    overlap = read(RotationBody).overlap
    if overlap > LONGEST_OVERLAP:
        raise invalid("overlap", "this is too long", f"at most {LONGEST_OVERLAP.days}d")
    secret = hooks.fresh_secret()

    def work(session: Session) -> Answer:
        hook, by, key = _hook(session, slug), caller().who, settings().secret_key
        hooks.rotate(session, hook, now(), secret=secret, overlap=overlap, key=key, by=by)
        shown = _answer(session, slug, 201)
        return Answer(201, {**shown.document, "secret": None}, once={"secret": secret})

    return carry_out(work)


@blueprint.post("/hooks/<slug>/redrive")
@answers({202: Redriven}, body=RedriveBody)
def redrive_all(slug: str) -> ResponseReturnValue:
    """Tell a program all it was not told, under the ids it would have had."""
    require(Act.HOOKS)
    since = read(RedriveBody).since

    def work(session: Session) -> Answer:
        _hook(session, slug)
        done = redrive.all_dead(session, slug, now(), since=since)
        audit.note(session, "calls replayed", slug, now(), who=caller().who, count=done.calls)
        return Answer(202, {"calls": done.calls, "left": done.left})

    return carry_out(work)


@blueprint.delete("/hooks/<slug>")
@answers({204: None})
def remove(slug: str) -> ResponseReturnValue:
    """Tell a program no more."""
    require(Act.HOOKS)

    def work(session: Session) -> Answer:
        hooks.remove(session, _hook(session, slug), now(), by=caller().who)
        return Answer(204)

    return carry_out(work)


def _refuse_inside(url: str) -> None:
    # The name is looked up here, before a transaction is open.
    if refused := outbound.refusal(url, settings().egress_allow):
        raise invalid("url", refused, "an https address outside")


def _hook(session: Session, slug: str) -> Hook:
    found = hooks.all_hooks(session).get(slug)
    if found is None:
        raise AbsentError
    return found


def _answer(session: Session, slug: str, status: int) -> Answer:
    return Answer(status, _shown(_hook(session, slug), endpoints.of_all(session)))


def _shown(hook: Hook, doing: Mapping[str, Endpoint]) -> dict[str, Any]:
    found = doing.get(hook.slug, Endpoint())
    live = hook.former_until is not None and hook.former_until > now()
    return {
        "slug": hook.slug,
        "url": hook.url,
        "events": list(hook.events),
        "active": hook.active,
        "reason": hook.reason,
        "applied_at": instant(hook.applied_at),
        "former_secret_until": instant(hook.former_until) if live else None,
        "told_at": instant(found.told_at),
        "failures": found.failures,
        "failing_since": instant(found.failing_since),
        "left_alone_until": instant(found.shut_until) if found.is_shut(now()) else None,
        "trouble": found.reason,
    }
