"""`models`: what scores people, what may, and what did; and the acts that move a model on."""

from collections.abc import Mapping
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import database, instant, now, require, resource
from app.api.bodies import Body, NothingBody, Words, read
from app.api.by_whom import by_caller
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.paging import Asked
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.learning import Model, ModelWhole
from app.door import reading
from app.permissions import Act
from prospects import configuration, percentages
from prospects.percentages import Hidden
from prospects.texts import storable
from scoring import current, kept_models, models
from scoring.features.registry import feature
from scoring.kept_models import AnyModel
from scoring.learning import shadowing, taking_over, watching
from scoring.models import ModelMoveError, State
from scoring.rows import ModelRow
from scoring.rules import ScoringRules
from scoring.written.learning import Learning

blueprint = resource("models")


NAMED = 20
"""People who are named of those a model in the shadow would move."""


class ApprovalBody(Body):
    """Why it is to be tried, where its checks kept it back."""

    reason: Annotated[Words, Field(max_length=1_000)] | None = None


class ActivationBody(Body):
    """Why it is to score already, where its time in the shadow is not over."""

    reason: Annotated[Words, Field(max_length=1_000)] | None = None


@blueprint.get("/models")
@lists(Listed[Model])
def listed() -> ResponseReturnValue:
    """Every card that was trained, the newest first, and at the end the points rules as they stand."""
    require(Act.SEE_PEOPLE)
    asked = paging.asked()
    with reading(database()) as session:
        rules = current.current(session)
        some = kept_models.kept(session, limit=asked.limit + 1, below=_below(session, asked))
        hides = _hides(session)
        drawn = [_drawn(row, rules.scoring.learning, hides) for row in some]
        if len(some) <= asked.limit:
            drawn.append(_points(session, rules))
    return paging.page(drawn, asked, key=lambda each: (each["id"],), draw=list)


@blueprint.get("/models/<model_id>")
@answers(ModelWhole)
def one(model_id: str) -> ResponseReturnValue:
    """One card with all that its training said, and what it would change."""
    require(Act.SEE_PEOPLE)
    with reading(database()) as session:
        return _whole(session, model_id)


@blueprint.post("/models/<model_id>/approval")
@answers(ModelWhole, body=ApprovalBody)
def approve(model_id: str) -> ResponseReturnValue:
    """Have it score in the shadow, in place of whatever was tried there."""
    require(Act.STEER_MODELS)
    body = read(ApprovalBody)

    def move(session: Session) -> None:
        taking_over.approve(session, model_id, now(), by=by_caller(), reason=body.reason)

    return _moved(model_id, move)


@blueprint.post("/models/<model_id>/activation")
@answers(ModelWhole, body=ActivationBody)
def activate(model_id: str) -> ResponseReturnValue:
    """Have it score everybody; one that did so before comes back at once."""
    require(Act.STEER_MODELS)
    body = read(ActivationBody)

    def move(session: Session) -> None:
        shadow = current.current(session).scoring.learning.shadow
        models.activate(session, model_id, now(), by=by_caller(), shadow=shadow, reason=body.reason)

    return _moved(model_id, move)


@blueprint.post("/models/<model_id>/retirement")
@answers(ModelWhole, body=NothingBody)
def retire(model_id: str) -> ResponseReturnValue:
    """Leave it; where it was the one that scores, the points score again."""
    require(Act.STEER_MODELS)
    read(NothingBody)
    return _moved(model_id, lambda session: models.retire(session, model_id, now(), by=by_caller()))


def _below(session: Session, asked: Asked) -> str | None:
    """The model that a page goes on behind."""
    if asked.last is None:
        return None
    last = asked.last[0]
    if len(asked.last) != 1 or not storable(last) or models.one(session, last) is None:
        raise invalid("cursor", "this is no cursor", "take the one of the page before")
    return last


def _moved(model_id: str, move: Any) -> ResponseReturnValue:
    def work(session: Session) -> Answer:
        if models.one(session, model_id) is None:
            raise AbsentError
        try:
            move(session)
        except ModelMoveError as error:
            raise ConflictError(str(error), code="not_so") from None
        return Answer(200, _whole(session, model_id))

    return carry_out(work)


def _whole(session: Session, model_id: str) -> dict[str, Any]:
    row = models.one(session, model_id)
    if row is None:
        raise AbsentError
    rules = current.current(session)
    churn = shadowing.churn(session, model_id)
    other = rules.card if rules.card_id != model_id else None
    return {
        **_drawn(row, rules.scoring.learning, _hides(session)),
        "card": row.body,
        "report": row.report,
        "changes": [
            {
                "feature": each.feature,
                "says": known.says if (known := feature(each.feature)) else each.feature,
                "before": each.before and dict(each.before),
                "after": each.after and dict(each.after),
            }
            for each in taking_over.differences(models.card_of(row), other)
        ],
        "shadow": {
            **{name: getattr(churn, name) for name in ("people", "moved", "warmer", "colder")},
            "furthest": _furthest(session, row),
        },
        "drift": [
            {"day": each.day.isoformat(), "found": each.body}
            for each in watching.latest(session, model_id)
        ],
    }


def _furthest(session: Session, row: ModelRow) -> list[dict[str, Any]]:
    if row.state != State.APPROVED:
        return []
    return [
        {
            "prospect_id": str(each.prospect_id),
            "points_before": each.was_points,
            "points_after": each.points,
            "warm_before": each.was_warm,
            "warm_after": each.warm,
        }
        for each in shadowing.furthest(session, row.id, NAMED)
    ]


def _hides(session: Session) -> dict[str, Hidden]:
    """By model, whose percentages are hidden because findings do not agree with them any more."""
    return {each.model_id: each for each in percentages.all_hidden(session)}


def _drawn(row: AnyModel, rules: Learning, hides: Mapping[str, Hidden]) -> dict[str, Any]:
    window: Mapping[str, Any] = row.body.get("window") or {}
    calibration: Mapping[str, Any] = row.body.get("calibration") or {}
    hidden = hides.get(row.id)
    tried_since = row.approved_at if row.state == State.APPROVED else None
    return {
        "id": row.id,
        "kind": str(row.body["rung"]),
        "version": None,
        "state": row.state,
        "at": instant(row.active_at or row.trained_at),
        "rules": {},
        "origin": row.origin,
        "parent": row.parent,
        "rows": window.get("rows"),
        "positives": window.get("positives"),
        "percentage": bool(calibration.get("passed")) and hidden is None,
        "percentage_hidden": hidden
        and {"since": instant(hidden.since), "words": list(hidden.words)},
        "gate": taking_over.outcome(row),
        "waits": row.waits,
        "trained_at": instant(row.trained_at),
        "approved_at": instant(row.approved_at),
        "shadow_until": instant(tried_since + rules.shadow if tried_since else None),
        "active_at": instant(row.active_at),
        "retired_at": instant(row.retired_at),
    }


def _points(session: Session, rules: ScoringRules) -> dict[str, Any]:
    written = [
        *configuration.read(session, "scoring").values(),
        *configuration.read(session, "stages").values(),
    ]
    nothing = dict.fromkeys(
        ("percentage_hidden", "origin", "parent", "rows", "positives", "gate", "waits")
    )
    never = ("trained_at", "approved_at", "shadow_until", "active_at", "retired_at")
    return {
        "id": rules.model,
        "kind": "points",
        "version": rules.version,
        # Under a card they go on beside it, and score again when it is left.
        "state": "standing_by" if rules.scoring_card else "active",
        "at": instant(max((each.applied_at for each in written), default=None)),
        "rules": {each.kind: each.body for each in written},
        "percentage": False,
        **nothing,
        **dict.fromkeys(never),
    }
