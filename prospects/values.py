"""The plain values that pass between rooms; no ORM, no clock, no network in here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from prospects.ids import AccountId, ActivityId, EnrollmentId, HandoffId, MemberId, ProspectId
from prospects.kinds import Kind, Verdict
from prospects.own_titles import TitleWords


class Lifecycle(StrEnum):
    """Our side's place with a person (the buyer's own place is the stage)."""

    INQUIRY = "inquiry"
    NURTURING = "nurturing"
    WARM = "warm"
    OFFERED = "offered"
    WITH_A_REP = "with_a_rep"
    CHECKED = "checked"
    WON = "won"
    LOST = "lost"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happened. `happened_at` is when it did, `learned_at` when we came to know."""

    id: ActivityId
    kind: Kind
    happened_at: datetime
    learned_at: datetime
    source: str
    body: Mapping[str, Any]
    suspect_robot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who the prospect is, as far as they told us."""

    email: str | None = None
    phone: str | None = None
    name: str | None = None
    title: str | None = None
    company: str | None = None
    country: str | None = None
    zone: str | None = None
    language: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The account: one registrable domain. `active` is None where nobody asked."""

    id: AccountId
    domain: str | None
    name: str | None
    owner: MemberId | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    active: "Active | None" = None


@dataclass(frozen=True, slots=True)
class Active:
    """How many people at one company did something of their own lately, and in how many functions they work."""

    people: int
    functions: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: words for people, the rule's name, its share, the activities behind it."""

    text: str
    term: str
    value: float
    activities: tuple[ActivityId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageClaim:
    """Marketing's dated statement of the buying stage. `confidence` is 0–1; `stage` a slug of stages.yaml.

    `chances` are of each stage, 0–1 (the rest to 1: of none); `calibrated`: they proved right on other findings.
    """

    stage: str
    confidence: float
    at: datetime
    expires_at: datetime | None
    model: str
    reasons: tuple[Reason, ...] = ()
    chances: Mapping[str, float] = field(default_factory=dict)
    calibrated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The rep's standing finding, kept apart from the claim."""

    verdict: Verdict
    stage: str | None
    at: datetime
    activity: ActivityId


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a colleague adds to the score of one person or company, or takes away: dated, reasoned, for a while.

    `value` is its share of the logit (−4 to 4); under points each 1.0 is worth ten points.
    It counts from `at` until just before `until`. `company`: it is of everybody at the company.
    """

    id: str
    value: float
    reason: str
    by: str
    at: datetime
    until: datetime
    company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What scoring believes of one person now.

    `points`, `fit`, `engagement` are 0–100; `score` is a probability 0–1 or None while uncalibrated; `grade` is
    A–D for fit with 1–4 for engagement. `warm` has hysteresis in it. `look_again_at` is when decay alone
    would change stage, warmth or an entry line. `model` made the score: points/N or a card's id.

    Under a card the reasons add up to `logit`, and `own_points` are what the marketer's points say beside
    it; under points they add up to `points`, and both are None. Of who is not to be profiled nothing is
    believed: no claim, no figures, and a `grade` that is empty.
    """

    claim: StageClaim | None
    points: float
    fit: float
    engagement: float
    grade: str
    warm: bool
    score: float | None = None
    gate: str | None = None
    reasons: tuple[Reason, ...] = ()
    look_again_at: datetime | None = None
    rules_version: int | None = None
    model: str = "points"
    logit: float | None = None
    own_points: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What we knew about one person at an instant; activities are in order of `happened_at`.

    Sends, offers and verdicts appear as activities. `claim`, `points` and `warm` are the last beliefs on
    record (after `assessed`, the new ones), so that hysteresis and conditions can read them. `profiled` is
    False for who objected: then conditions see no beliefs. `set_depth`: looks in a row that a flow caused.
    """

    prospect_id: ProspectId
    as_of: datetime
    person: Person
    company: Company | None
    activities: Sequence[Activity]
    lifecycle: Lifecycle
    stages: tuple[str, ...]
    owner: MemberId | None = None
    claim: StageClaim | None = None
    finding: Finding | None = None
    points: float = 0.0
    fit: float = 0.0
    engagement: float = 0.0
    grade: str | None = None
    score: float | None = None
    warm: bool = False
    gate: str | None = None
    profiled: bool = True
    overrides: tuple[Override, ...] = ()
    look_due_at: datetime | None = None
    tags: tuple[str, ...] = ()
    titles: tuple[TitleWords, ...] = ()
    set_depth: int = 0
    rules_version: int | None = None

    def assessed(self, assessment: Assessment) -> "Snapshot":
        """The same person with the new beliefs in place of the old."""
        return replace(
            self,
            claim=assessment.claim,
            points=assessment.points,
            fit=assessment.fit,
            engagement=assessment.engagement,
            grade=assessment.grade,
            score=assessment.score,
            warm=assessment.warm,
            gate=assessment.gate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRequest:
    """A flow asks that a person be handed to sales; `lane` None means the routing rules decide."""

    prospect_id: ProspectId
    enrollment_id: EnrollmentId
    flow: str
    step: str
    visit: int
    lane: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingMail:
    """A mail marketing plans to send next, for the brief."""

    flow: str
    step: str
    template: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What nurture passes on after one reaction; everything else stays in nurture."""

    prospect_id: ProspectId
    request: HandoffRequest | None = None
    upcoming: tuple[UpcomingMail, ...] = ()
    wake_at: datetime | None = None
    enrolled: bool = False


@dataclass(frozen=True, slots=True)
class HandoffRef:
    """Names one handoff; its key starts with the person's id, as every key about a person does."""

    prospect_id: ProspectId
    handoff_id: HandoffId

    def __str__(self) -> str:
        return f"{self.prospect_id}/{self.handoff_id}"
