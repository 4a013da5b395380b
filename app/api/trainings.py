"""`trainings`: models being learned, how far it is, what came of it, and a colleague's word on columns."""

from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import database, id_of, instant, now, require, resource
from app.api.bodies import Body, NothingBody, Words, read
from app.api.by_whom import by_caller
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.learning import KnownBefore, Training
from app.door import reading
from app.permissions import Act
from scoring.learning import trainings
from scoring.learning.rows import KnownBeforeRow, TrainingRow

blueprint = resource("trainings")


class KnownBeforeBody(Body):
    """Whether what stands in this column was known before a lead is handed over."""

    column: Annotated[Words, Field(max_length=200, examples=["fields.project"])]
    known_before: bool


@blueprint.get("/trainings")
@lists(Listed[Training])
def listed() -> ResponseReturnValue:
    """Trainings, the newest first."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    with reading(database()) as session:
        query = trainings.every()
        return paging.newest(
            session, query, TrainingRow.id, asked, lambda rows: [*map(_drawn, rows)]
        )


@blueprint.get("/trainings/<training_id>")
@answers(Training)
def one(training_id: str) -> ResponseReturnValue:
    """One training."""
    require(Act.SEE_PEOPLE)
    with reading(database()) as session:
        row = trainings.one(session, id_of(training_id))
        if row is None:
            raise AbsentError
        return _drawn(row)


@blueprint.post("/trainings")
@answers({201: Training}, body=NothingBody)
def ask() -> ResponseReturnValue:
    """Have a model trained on the record; 409 while another training is open."""
    require(Act.STEER_MODELS)
    read(NothingBody)

    def work(session: Session) -> Answer:
        training = trainings.ask(session, "somebody asked", now(), by=by_caller())
        row = trainings.one(session, training) if training else None
        if row is None:
            raise ConflictError("Another training is under way.", code="under_way")
        return Answer(201, _drawn(row))

    return carry_out(work)


@blueprint.get("/known-before")
@lists(Listed[KnownBefore])
def words() -> ResponseReturnValue:
    """What colleagues said of columns, by name."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    with reading(database()) as session:
        said = trainings.words_on_columns(session)
    return paging.by_slug(said, asked, lambda rows: [*map(_word, rows)])


@blueprint.post("/known-before")
@answers({201: KnownBefore}, body=KnownBeforeBody)
def say() -> ResponseReturnValue:
    """Say of a column that it was known before the hand-over, or was not; a held training may then go on."""
    require(Act.STEER_MODELS)
    body = read(KnownBeforeBody)

    def work(session: Session) -> Answer:
        mend = trainings.no_column(session, body.column)
        if mend is not None:
            raise invalid("column", "no column is called so", mend)
        trainings.say_known(session, body.column, now(), known=body.known_before, by=by_caller())
        session.expire_all()
        return Answer(201, _word(trainings.words_on_columns(session)[body.column]))

    return carry_out(work)


def _word(row: KnownBeforeRow) -> dict[str, Any]:
    return {
        "column": row.column,
        "known_before": row.known,
        "by": row.by,
        "at": instant(row.at),
    }


def _drawn(row: TrainingRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "state": row.state,
        "because": row.because,
        "asked_by": row.asked_by,
        "asked_at": instant(row.asked_at),
        "begun_at": instant(row.begun_at),
        "ended_at": instant(row.ended_at),
        "step": row.step,
        "done": row.done,
        "total": row.total,
        "model": row.model_id,
        "reason": row.reason,
        "words": list(row.report.get("words", ())),
        "suspects": list(row.report.get("suspects", ())),
    }
