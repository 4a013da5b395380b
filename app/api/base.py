"""What every resource stands on: a blueprint that knows its caller, and the shapes all answers share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, current_app, g, request
from sqlalchemy import ColumnElement, Select

from app.api import problems
from app.api.pace import Pace
from app.api.problems import AbsentError, ForbiddenError, NoTokenError, ProblemError
from app.database import Database
from app.door import reading
from app.permissions import Act, may, may_at_all
from app.settings import Settings
from app.tokens import Caller, caller_of
from prospects.ids import parse_id

if TYPE_CHECKING:
    from prospects.member import Member

ROOT = "/api/v1"
SCHEME = "bearer "


def resource(name: str) -> Blueprint:
    """A blueprint under /api/v1 that lets only known callers in and tells refusals as problems."""
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=ROOT)
    blueprint.before_request(_know_the_caller)
    blueprint.register_error_handler(ProblemError, problems.answer)
    return blueprint


def database() -> Database:
    """The site's database."""
    found: Database = current_app.extensions["database"]
    return found


def settings() -> Settings:
    """The site's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def now() -> datetime:
    """The instant of this request."""
    found: datetime = g.now
    return found


def caller() -> Caller:
    """Who calls; only behind a resource's blueprint."""
    found: Caller = g.caller
    return found


def member() -> "Member | None":
    """The colleague the caller acts as, if any."""
    return caller().member


def require(act: Act) -> None:
    """Refuse (403) a caller whose role may never do this, whoever's record it is."""
    if not may_at_all(caller().roles, act):
        raise ForbiddenError


def require_for(act: Act, *, own: bool) -> None:
    """Refuse a caller who may not do this to this record: 403 by role, 404 for what is foreign."""
    require(act)
    if not may(caller().roles, act, own=own):
        raise AbsentError


def reaches_all(act: Act) -> bool:
    """Whether the caller may do this to everybody's records, not only to their own."""
    return may(caller().roles, act, own=False)


def visible(
    query: Select[Any], act: Act, mine: Callable[["Member"], ColumnElement[bool]]
) -> Select[Any]:
    """The rows of a list that the caller may do this to: everybody's, or what is theirs by `mine`.

    A token that acts for nobody has nothing of its own (404).
    """
    return query if reaches_all(act) else query.where(mine(acting()))


def actor_for(act: Act) -> "Member":
    """The colleague who does this: 403 by role, 404 for a token that acts for nobody."""
    require(act)
    return acting()


def acting() -> "Member":
    """The colleague the caller acts as; 404 for a token that acts for nobody."""
    somebody = member()
    if somebody is None:
        raise AbsentError
    return somebody


def id_of(text: str) -> UUID:
    """An id from an address; what is none is absent (404)."""
    found = parse_id(text)
    if found is None:
        raise AbsentError
    return found


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def text(found: UUID | None) -> str | None:
    """An id as programs see it."""
    return str(found) if found else None


def _know_the_caller() -> None:
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(SCHEME):
        raise NoTokenError
    with reading(database()) as session:
        token = header[len(SCHEME) :].strip()
        found = caller_of(session, token, administrators=settings().api_token)
    pace: Pace = current_app.extensions["pace"]
    pace.step(found.ref if found else f"unknown {request.remote_addr}")
    if found is None:
        raise NoTokenError("This token is unknown, or was taken back.")
    if token_id := parse_id(found.ref):
        current_app.extensions["seen"].note(token_id, g.now)
    g.caller = found
