"""One act, one answer: a request sent twice under one Idempotency-Key is carried out once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.api.base import caller, database, now, settings
from app.api.problems import ConflictError, invalid
from app.door import perform
from app.rows import AnswerRow
from prospects.ids import ProspectId
from prospects.sealing import digest
from prospects.store import insert_new

KEPT = timedelta(days=30)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program is answered; `about` is the person it speaks of, so that erasure finds it."""

    status: int
    document: dict[str, Any] = field(default_factory=dict)
    about: ProspectId | None = None
    once: dict[str, Any] = field(default_factory=dict)
    """What is shown with the document this once and is never kept: secrets."""


def carry_out(work: Callable[[Session], Answer]) -> ResponseReturnValue:
    """Do `work` in one unit of work and answer with it; under a known Idempotency-Key only answer.

    The answer is kept for 30 days with the work itself, so either both are there or neither is. What
    was refused is not kept: it may be sent again. The same key with another request is 409.
    `work` may run more than once (see `door.perform`).
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return _response(perform(database(), work))
    if not 0 < len(given) <= LONGEST_KEY:
        raise invalid("Idempotency-Key", "too long or empty", f"1 to {LONGEST_KEY} characters")
    key = digest(settings().secret_key, "idempotency key", repr(given))
    return _response(perform(database(), lambda session: _once(session, key, work, now())))


def _once(session: Session, key: str, work: Callable[[Session], Answer], at: datetime) -> Answer:
    mine = {"caller": caller().ref, "key": key}
    session.execute(delete(AnswerRow).where(AnswerRow.at < at - KEPT))
    # A second request under this key waits here until the first has ended, then finds its answer.
    fresh = insert_new(
        session,
        AnswerRow,
        [{**mine, "asked": _asked(), "at": at, "status": 0, "answer": {}}],
        on=["caller", "key"],
        returning=[AnswerRow.__table__.c.key],
    )
    if not fresh:
        return _kept(session, mine)
    answer = work(session)
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.caller == mine["caller"], AnswerRow.key == key)
        .values(status=answer.status, answer=answer.document, prospect_id=answer.about)
        .execution_options(synchronize_session=False)
    )
    return answer


def _kept(session: Session, mine: dict[str, str]) -> Answer:
    query = select(AnswerRow).where(
        AnswerRow.caller == mine["caller"], AnswerRow.key == mine["key"]
    )
    kept = session.execute(query).scalar_one()
    if kept.asked != _asked():
        raise ConflictError(
            "This Idempotency-Key was used for another request.", code="idempotency_key_reused"
        )
    return Answer(kept.status, kept.answer)


def _asked() -> str:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data())
    plain = hashlib.sha256(b"\0".join(parts)).hexdigest()
    # Keyed, because it outlives the person: whoever guessed the body could else prove it.
    return digest(settings().secret_key, "request", plain)


def _response(answer: Answer) -> ResponseReturnValue:
    response = jsonify({**answer.document, **answer.once}) if answer.status != 204 else None
    return (response, answer.status) if response is not None else ("", 204)
