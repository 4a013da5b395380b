"""What a training says: how good every candidate is, which one earned its place, and the card made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scoring.card.card import Card, Label

SEED = 7


class Candidate(StrEnum):
    """Everything that is tried, from the simplest; the last two stand beside and are never served."""

    POINTS = "points"
    PLATT = "platt"
    SCORECARD = "scorecard"
    ADDITIVE = "additive"
    FULL_BOOSTING = "full_boosting"
    NAIVE_BAYES = "naive_bayes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a training is told besides its table.

    `slices` are columns of words that the gate looks at one by one (source, country, size band).
    `left_out` and `allowed` are columns with the reason why, for the card to keep; `suspects` are
    columns that look as if known only after the fact and that nobody has judged yet.
    `contradicted` is whether later findings contradict the percentages of what scores now.
    `seed` decides folds and draws: the same table and plan give the same card.
    """

    label: Label
    feature_version: str
    trained_at: datetime
    since: datetime | None = None
    until: datetime | None = None
    slices: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, str] = field(default_factory=dict)
    suspects: tuple[str, ...] = ()
    contradicted: bool = False
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How good predictions are, on rows that were not trained on.

    AUCs, Brier score and calibration error are 0–1, log loss in nats; lift10 is how many times more
    wins stand among the best tenth than in all. `errors` are standard errors under the same names.
    `ratio` is the mean prediction over the share of wins. None: the candidate makes no probabilities.
    """

    rows: int
    positives: int
    auc: float
    pr_auc: float
    lift10: float
    brier: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    ratio: float | None = None
    errors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One candidate. `why_not` says in a sentence why it could not be tried; it then has no figures.

    `waits` is whether more wins or losses would do.
    """

    name: Candidate
    cv: Measured | None = None
    time_split: Measured | None = None
    why_not: str = ""
    waits: bool = False

    @property
    def served(self) -> bool:
        """Whether it could ever score anybody."""
        return self.name not in (Candidate.FULL_BOOSTING, Candidate.NAIVE_BAYES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition of the gate: whether it holds, the figures it was judged by, and a sentence."""

    name: str
    passed: bool
    figures: Mapping[str, float]
    words: str


class Outcome(StrEnum):
    """What the gate lets happen: the model may take over by itself, a person must say so, or nothing changes."""

    PROMOTE = "promote"
    ASK = "ask"
    STAY = "stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """May the champion take the place of what scores now?"""

    outcome: Outcome
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How the champion did on the rows of one level of a column, against what scores now."""

    column: str
    level: str
    rows: int
    auc: float
    auc_now: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The champion on rows it was not trained on: the newest ones, or all by folds where those are few.

    `reliability` has rows, mean prediction and share of wins for each bin of predictions; `lift` is the
    share of all wins among the best 10 %, 20 %, … of rows. `higher` and `lower` are how many of the `won`
    stand so beside what scores now; the rest stand where they stood.
    """

    newest: bool
    rows: int
    won: int
    higher: int
    lower: int
    reliability: tuple[Mapping[str, float], ...]
    lift: tuple[float, ...]
    slices: tuple[Slice, ...]
    psi: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came of a training.

    `positives` and `losses` are certain; of the record so is only what had its time (`Table.measurable`).
    `card` is None where `champion` is the marketer's points: the points stay. `signal` is False if
    nothing learned is better than points, or than chance, beyond the noise. `dropped` are columns
    with the reason why nothing could be learned from them. `words` are sentences for people: what
    was found out, what is doubtful, what is missing for more.
    """

    rows: int
    positives: int
    losses: int
    candidates: tuple[Judged, ...]
    champion: Candidate
    signal: bool
    drift: bool
    card: Card | None
    gate: Gate | None
    looked: Looked | None
    dropped: Mapping[str, str]
    words: tuple[str, ...]
