"""`scoring-preview`: what other points would make of today's people, before they are saved; nothing is changed."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from app.api import problems
from app.api.base import database, now, require, resource
from app.api.bodies import Body, read
from app.api.described import answers
from app.api.shapes.learning import ScoringPreview
from app.door import reading
from app.permissions import Act
from app.what_if.points import Crosser, foresee
from app.workspace import scoring_in_browser
from prospects.faults import FaultyError
from scoring import current

blueprint = resource("scoring")

NAMED = 100
"""People who are named on each side."""


class ScoringPreviewBody(Body):
    """Keys of scoring.yaml, each whole as it would be; a key that is left out stays as it is written."""

    scoring: Annotated[
        dict[Annotated[str, Field(max_length=100)], Any],
        Field(examples=[{"warm": {"points": 55, "leave_points": 40}}]),
    ]


@blueprint.post("/scoring-preview")
@answers(ScoringPreview, body=ScoringPreviewBody)
def preview() -> ResponseReturnValue:
    """Who would become warm by these points, or be warm no longer, and how the grades would shift; it writes nothing."""
    require(Act.EDIT_SCORING)
    wanted = read(ScoringPreviewBody).scoring
    with reading(database()) as session:
        rules = current.current(session)
        body = {**scoring_in_browser.standing(session).body, **wanted}
        try:
            others = scoring_in_browser.compiled(body, rules)
        except FaultyError as error:
            raise problems.of_faults(each.under("scoring") for each in error.faults) from error
        found = foresee(session, rules, others, now())
    return {
        "looked": found.looked,
        "everybody": found.everybody,
        "up": len(found.up),
        "down": len(found.down),
        "grade_moved": found.moved,
        "crossings": [*_named(found.up, up=True), *_named(found.down, up=False)],
        "grades_before": dict(sorted(found.grades_before.items())),
        "grades_after": dict(sorted(found.grades_after.items())),
    }


def _named(crossers: Sequence[Crosser], *, up: bool) -> list[dict[str, Any]]:
    return [
        {
            "prospect_id": str(each.seen.prospect_id),
            "up": up,
            "points_before": each.before,
            "points_after": each.after,
        }
        for each in crossers[:NAMED]
    ]
