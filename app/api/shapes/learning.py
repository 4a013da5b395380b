"""Shapes of learning: models and their lives, trainings, and what colleagues said of columns."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Day, Free, Id, Shape

Card = Annotated[str, Field(examples=["card-0123456789ab"])]


class PercentageHidden(Shape):
    """Since when a model's percentages are hidden, and what was found, in sentences."""

    since: At
    words: list[str]


class Model(Shape):
    """What scores people, or did, or may: the points rules (`kind` points), or a card by what it was made with.

    `gate` is what its checks let happen: `promote`, `ask` a person, or `stay`; `waits` says why one that was
    tried does not take over by itself; `percentage` whether its probability may be shown, and
    `percentage_hidden` since when it may not, because findings do not agree with it any more.
    """

    id: Annotated[str, Field(examples=["points/3"])]
    kind: Annotated[str, Field(examples=["points"])]
    version: int | None
    state: Annotated[str, Field(examples=["active"])]
    at: At | None
    rules: Free
    origin: Annotated[str | None, Field(examples=["record"])]
    parent: Card | None
    rows: int | None
    positives: int | None
    percentage: bool
    percentage_hidden: PercentageHidden | None
    gate: Annotated[str | None, Field(examples=["promote"])]
    waits: str | None
    trained_at: At | None
    approved_at: At | None
    shadow_until: At | None
    active_at: At | None
    retired_at: At | None


class ChangedTerm(Shape):
    """What one feature adds at each of its values, by this model and by the one that scores; null where it has none."""

    feature: Annotated[str, Field(examples=["person.seniority"])]
    says: Annotated[str, Field(examples=["How high they stand, going by the title"])]
    before: dict[str, float] | None
    after: dict[str, float] | None


class Moved(Shape):
    """Somebody whom a model in the shadow would move: by what scores now, and by it."""

    prospect_id: Id
    points_before: float
    points_after: float
    warm_before: bool
    warm_after: bool


class Churned(Shape):
    """What a model says in the shadow against what scores: people, far other grades, who would become warm or cold.

    `furthest` are the twenty whom it would move most, those across the warm line first, while it is tried.
    """

    people: int
    moved: int
    warmer: int
    colder: int
    furthest: list[Moved]


class Drifted(Shape):
    """How far those of one day were from those a model learned from."""

    day: Day
    found: Free


class ModelWhole(Model):
    """One model with its card, all that its training said, what it would change, and how people have changed since."""

    card: Free
    report: Free
    changes: list[ChangedTerm]
    shadow: Churned
    drift: list[Drifted]


class Training(Shape):
    """One training: `open`, `done`, `held` until somebody judges columns, or `failed`; `words` say what came of it."""

    id: Id
    state: Annotated[str, Field(examples=["done"])]
    because: Annotated[str, Field(examples=["it was time"])]
    asked_by: Annotated[str, Field(examples=["warmline"])]
    asked_at: At
    begun_at: At | None
    ended_at: At | None
    step: Annotated[str, Field(examples=["training"])]
    done: int
    total: int
    model: Card | None
    reason: str | None
    words: list[str]
    suspects: list[Free]


class KnownBefore(Shape):
    """A colleague's word on a column: whether it was known before a lead is handed over."""

    column: Annotated[str, Field(examples=["fields.project"])]
    known_before: bool
    by: Annotated[str, Field(examples=["mara@acme.example"])]
    at: At


class RulesChange(Shape):
    """A change of points, card or stages, by the version of the rules it made.

    `state` is `looking` (at everybody, `looked` of `people`), `waiting` (for somebody's word), `releasing` (`pace`
    an hour, null for all at once), `released`, `kept` or `overtaken` by a newer one. `up` and `down` still wait.
    `failed` people could not be looked at; they are tried again, and stay where they are until then.
    """

    version: Annotated[int, Field(examples=[12])]
    state: Annotated[str, Field(examples=["waiting"])]
    model: Annotated[str, Field(examples=["points/12"])]
    at: At
    by: str
    people: int
    looked: int
    failed: int
    up: int
    down: int
    released: int
    pace: int | None
    decided_at: At | None


class Foreseen(Shape):
    """Somebody who would cross the warm line by other points: `up`, or else down."""

    prospect_id: Id
    up: bool
    points_before: float
    points_after: float


class ScoringPreview(Shape):
    """What other points would make of people: of `looked`, who are all there are if `everybody`, how many would cross `up` and `down`.

    `crossings` names the first hundred each way, those with most points first; `grade_moved` have another grade.
    """

    looked: int
    everybody: bool
    up: int
    down: int
    grade_moved: int
    crossings: list[Foreseen]
    grades_before: dict[str, int]
    grades_after: dict[str, int]


class Crossing(Shape):
    """Somebody whom a change of rules alone would take over the warm line: `up`, or else down."""

    prospect_id: Id
    up: bool
    points_before: float
    points_after: float
    at: At
