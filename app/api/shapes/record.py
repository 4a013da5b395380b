"""Shapes of the record: colleagues, people, what happened, what we believe, what they agreed to."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Free, Id, Points, Shape, Share, Slug, Stage


class Colleague(Shape):
    """Somebody who works here."""

    id: Id
    email: Annotated[str, Field(examples=["rita@acme.example"])]
    name: Annotated[str, Field(examples=["Rita Okoye"])]
    roles: Annotated[list[str], Field(examples=[["rep"]])]
    zone: Annotated[str, Field(examples=["Europe/Berlin"])]
    hours: Free
    weight: float
    capacity: Free
    skills: Free
    absences: list[Free]
    active: bool


class Reason(Shape):
    """One line of an explanation: words, the rule's name, its share, the activities behind it."""

    text: Annotated[str, Field(examples=["asked for a demo 2 days ago"])]
    term: Annotated[str, Field(examples=["demo"])]
    value: float
    activities: list[Id]


class StageClaimed(Shape):
    """Marketing's dated statement of the buying stage."""

    claimed: Stage | None
    confidence: Share | None
    chances: Annotated[
        dict[str, float], Field(examples=[{"awareness": 0.1, "evaluation": 0.7, "decision": 0.1}])
    ]
    reasons: list[Reason]
    model: Annotated[str | None, Field(examples=["points/3"])]
    at: At | None
    expires_at: At | None


class Belief(Shape):
    """What scoring believes; `score` is null while it is uncalibrated, or hidden because findings do not agree with it.

    `scored_by` names the points or the card; under a card the reasons add up to `logit`, and
    `own_points` are what the marketer's points say beside it.
    """

    stage: StageClaimed
    score: Share | None
    grade: Annotated[str | None, Field(examples=["A2"])]
    points: Points
    fit: Points
    engagement: Points
    warm: bool
    reasons: list[Reason]
    scored_by: Annotated[str | None, Field(examples=["points/3"])]
    logit: Annotated[float | None, Field(examples=[None])]
    own_points: Annotated[float | None, Field(examples=[None])]


class Assessment(Belief):
    """One belief as it was recorded."""

    id: Id
    at: At
    gate: str | None


class ConsentStated(Shape):
    """One statement about one topic; `*` is all mail."""

    topic: Annotated[str, Field(examples=["newsletter"])]
    given: bool
    text: str | None
    at: At
    source: Annotated[str, Field(examples=["api"])]


class EnrollmentOfPerson(Shape):
    """One person in one flow."""

    id: Id
    flow: Slug
    version: int
    state: Annotated[str, Field(examples=["active"])]
    reason: str | None
    step: Annotated[str, Field(examples=["hello"])]
    entered_at: At
    left_at: At | None


class Prospect(Belief):
    """A person; address and phone are null until the caller has accepted the lead."""

    id: Id
    email: Annotated[str | None, Field(examples=["ada@acme.example"])]
    phone: str | None
    name: Annotated[str | None, Field(examples=["Ada Byron"])]
    title: str | None
    company: Annotated[str | None, Field(examples=["Acme"])]
    account: Id | None
    country: Annotated[str | None, Field(examples=["DE"])]
    zone: str | None
    language: str | None
    tags: Annotated[list[str], Field(examples=[["key-account"]])]
    lifecycle: Annotated[str, Field(examples=["nurturing"])]
    owner: Id | None
    profiled: bool
    confirmed_stage: Stage | None
    consents: list[ConsentStated]
    enrollments: list[EnrollmentOfPerson]
    handoff: Id | None
    created_at: At


class Activity(Shape):
    """One thing that happened; kinds are a closed list."""

    id: Id
    prospect: Id
    kind: Annotated[str, Field(examples=["form"])]
    happened_at: At
    learned_at: At
    source: Annotated[str, Field(examples=["api"])]
    body: Annotated[Free, Field(examples=[{"form": "demo"}])]
    suspect_robot: bool


class ErasurePromised(Shape):
    """It is done within a minute."""

    prospect: Id
    state: Annotated[str, Field(examples=["promised"])]


class Overriding(Shape):
    """What a colleague adds to a score or takes away: it counts from `at` until just before `until`, or until it was ended."""

    id: Id
    value: Annotated[float, Field(ge=-4, le=4, examples=[0.8])]
    reason: Annotated[str, Field(examples=["met at the fair"])]
    by: Annotated[str, Field(examples=["Mia Lindqvist"])]
    at: At
    until: At
    ended_at: At | None
    ended_by: Annotated[str | None, Field(examples=[None])]


class Figures(Shape):
    """What somebody comes to."""

    score: Share | None
    grade: Annotated[str | None, Field(examples=["A2"])]
    points: Points
    warm: bool


class OverridePreview(Shape):
    """What is believed now, and what would be."""

    before: Figures
    after: Figures


class Merge(Shape):
    """Two people who were found to be one: `kept` stands for `absorbed` until it is undone."""

    id: Id
    kept: Id
    absorbed: Id
    at: At
    by: Annotated[str, Field(examples=["mia@acme.example"])]
    why: Annotated[str | None, Field(examples=["the same voice on the phone"])]
    evidence: Annotated[list[str], Field(examples=[["phone"]])]
    undone_at: At | None
    undone_by: Annotated[str | None, Field(examples=["mia@acme.example"])]


class MergePreview(Shape):
    """What making two people one would do: what the kept one's record takes over, and what ends."""

    kept: Id
    absorbed: Id
    evidence: Annotated[list[str], Field(examples=[["phone"]])]
    takes_over: Annotated[list[str], Field(examples=[["phone"]])]
    flows_left: list[Slug]
    mails_not_sent: Annotated[int, Field(examples=[1])]
    handoffs_ended: list[Id]
    refused: Annotated[list[str], Field(examples=[["newsletter"]])]


class Duplicate(Shape):
    """Two people who may be one, and why."""

    id: Annotated[
        str,
        Field(
            examples=["019cb323-e500-7b10-9c06-4ad22f84066e:019cb323-e500-7b10-9c06-4ad22f840672"]
        ),
    ]
    people: list[Id]
    evidence: Annotated[list[str], Field(examples=[["namesake"]])]
    found_at: At
