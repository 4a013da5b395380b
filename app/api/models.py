"""`models`: what scores people, as it stands."""

from flask.typing import ResponseReturnValue

from app.api import paging
from app.api.base import database, instant, require, resource
from app.api.described import lists
from app.api.shapes.common import Listed
from app.api.shapes.office import Model
from app.door import reading
from app.permissions import Act
from prospects import configuration
from scoring import current

blueprint = resource("models")


@blueprint.get("/models")
@lists(Listed[Model])
def listed() -> ResponseReturnValue:
    """The points rules in force; `id` is what assessments name as their model."""
    require(Act.SEE_PEOPLE)
    paging.asked()
    with reading(database()) as session:
        rules = current.current(session)
        written = [
            *configuration.read(session, "scoring").values(),
            *configuration.read(session, "stages").values(),
        ]
    model = {
        "id": rules.model,
        "kind": "points",
        "version": rules.version,
        "state": "active",
        "at": instant(max((each.applied_at for each in written), default=None)),
        "rules": {each.kind: each.body for each in written},
    }
    return {"items": [model], "next": None}
