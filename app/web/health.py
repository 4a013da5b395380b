"""What operators ask: is it alive, and is it able to work?"""

from datetime import timedelta
from functools import cache

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app import migrate, signs_of_life
from app.api.described import answers
from app.api.shapes.common import Alive, Ready
from app.checkup import site
from app.database import Database
from app.demo_state import web as demo_state
from app.door import reading
from app.settings import Settings
from app.up import valkey
from prospects import due, given_up
from prospects.topics import Queue

blueprint = Blueprint("health", __name__)

LATE = timedelta(seconds=60)
"""Work that has been due so long says that nobody does it."""


@blueprint.get("/healthz")
@answers(Alive, open=True)
def alive() -> ResponseReturnValue:
    """This process answers; it says nothing about the others.

    To a `nonce` it also proves, in a header, that it is this Warmline and no other.
    """
    settings: Settings = current_app.extensions["settings"]
    nonce = request.args.get("nonce", "")
    known = site.NONCE.fullmatch(nonce)
    headers = {site.PROOF: site.proof(settings.secret_key, nonce)} if known else {}
    return {"alive": True}, 200, headers


@blueprint.get("/readyz")
@answers({200: Ready, 503: Ready}, open=True)
def ready() -> ResponseReturnValue:
    """200 while work gets done, else 503 with what is wrong."""
    settings: Settings = current_app.extensions["settings"]
    database: Database = current_app.extensions["database"]
    checks = {"redis": _redis(settings)}
    try:
        late = _late_queues(database)
        current = migrate.current(database.readers) == _wanted_tables()
        checks |= {"database": "ok", "tables": "ok" if current else "of another version"}
        checks |= {f"work {queue}": "late" if queue in late else "ok" for queue in Queue}
    except SQLAlchemyError:
        checks |= {"database": "away"}
    # Redis only rings the bell: without it, or just emptied, work is done later, not never.
    able = all(state == "ok" for name, state in checks.items() if name != "redis")
    if demo := demo_state.demo():
        checks["demo"] = "filled" if demo.filled else "being filled"
        able = able and demo.filled
    told = {**checks, **_workers(database, settings), "given up": _given_up(database)}
    return {"ready": able, **told}, 200 if able else 503


def _given_up(database: Database) -> int | None:
    """How much waits for a person; that fails nothing, for all other work gets done."""
    try:
        with reading(database) as session:
            return given_up.count(session)
    except SQLAlchemyError:
        return None


def _redis(settings: Settings) -> str:
    if settings.redis_url is None:
        return "absent"
    return "ok" if valkey.answers(settings.redis_url) else "away"


def _workers(database: Database, settings: Settings) -> dict[str, str]:
    """Who is heard; silence alone fails nothing, for the sweep may be doing the work."""
    now, has_redis = database.clock.now(), settings.redis_url is not None
    try:
        with reading(database) as session:
            heard = signs_of_life.attended(session, now, has_redis=has_redis)
    except SQLAlchemyError:
        return {}
    return {f"workers {queue}": "ok" if queue in heard else "silent" for queue in Queue}


@cache
def _wanted_tables() -> str | None:
    return migrate.head()


def _late_queues(database: Database) -> set[Queue]:
    now = database.clock.now()
    with reading(database) as session:
        since = {queue: due.oldest_due(session, queue, now) for queue in Queue}
    return {queue for queue, due in since.items() if due and now - due > LATE}
