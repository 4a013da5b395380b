"""A trained model as a table: every feature's share of the logit, what it was trained on, how good it is. Pure.

A card is data, never code: a JSON document of a few kB that this module reads and checks, and that
`adding.add_up` scores with nothing but the standard library. Its id is made from its content, so a
card cannot change under its name.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from scoring.card.stage_table import StageTable
from scoring.card.terms import Figure, Term
from scoring.written.stages import Strict

FORMAT = 1
Knots = tuple[tuple[Figure, Figure], ...]
"""Rising pairs; between two of them the figure lies on a straight line, beyond the ends it stays."""


class Rung(StrEnum):
    """What a card was made with, from little evidence to much; by one of `stages` the points score."""

    STAGES = "stages"
    PLATT = "platt"
    SCORECARD = "scorecard"
    ADDITIVE = "additive"


class Label(Strict):
    """What the probability is of: the stage a rep must find at least, and within how many days."""

    name: str
    positive: str
    horizon_days: Annotated[int, Field(gt=0)] | None = None


class Calibration(Strict):
    """What was done to the logit (`a`, `b`: folded into the weights already), and whether it holds.

    A percentage is shown only where `passed`; `ece` is the expected calibration error on later data.
    """

    a: Figure = 1.0
    b: Figure = 0.0
    ece: Figure | None = None
    passed: bool = False
    why: str = ""


class Scales(Strict):
    """From sums of the card to 0–100: shares of those trained on (fit, engagement), and the marketer's points."""

    fit: Knots
    engagement: Knots
    points: Knots
    fit_cuts: tuple[Figure, Figure, Figure] = (75, 50, 25)
    engagement_cuts: tuple[Figure, Figure, Figure] = (75, 50, 25)


class Window(Strict):
    """What it was trained on: since when, until when, how many, a hash of it, and the random seed."""

    since: datetime | None = None
    until: datetime | None = None
    rows: Annotated[int, Field(ge=0)]
    positives: Annotated[int, Field(ge=0)]
    sha256: str
    seed: int = 7


class Card(Strict):
    """One model. `intercept` is the logit of an average person; each term adds to it.

    One of the rung `stages` has no terms. `stage` says what findings taught of the buying stage; None: the evidence rules alone speak.
    """

    format: Literal[1] = 1
    rung: Rung
    feature_version: str
    label: Label
    intercept: Figure
    terms: tuple[Term, ...]
    calibration: Calibration
    scales: Scales
    window: Window
    trained_at: datetime
    parent: str | None = None
    stage: StageTable | None = None
    metrics: Mapping[str, Any] = {}
    left_out: Mapping[str, str] = {}
    allowed: Mapping[str, str] = {}

    @property
    def scores(self) -> bool:
        """Whether it sums anything up; else it says of stages alone, and the marketer's points score."""
        return self.rung is not Rung.STAGES

    @property
    def id(self) -> str:
        """Its name, made from its content."""
        return f"card-{sha256(self)[:12]}"


def sha256(card: Card) -> str:
    """The hash of what is written of a card."""
    return hashlib.sha256(dumped(card).encode()).hexdigest()


def sha256_of_learned(card: Card) -> str:
    """The hash of what was learned, whenever that was: the same table and the same ask have the same."""
    return sha256(card.model_copy(update={"trained_at": datetime.min.replace(tzinfo=UTC)}))


def written(card: Card) -> dict[str, Any]:
    """The card as JSON holds it."""
    return card.model_dump(mode="json")


def dumped(card: Card) -> str:
    """The card as text, the same for the same card."""
    return json.dumps(
        written(card), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def read(document: Mapping[str, Any]) -> Card:
    """A card from JSON. Raises pydantic.ValidationError."""
    return Card.model_validate(document)
