"""Shapes of what the rooms keep: sources, deliveries, mails, switches, handoffs, findings, decisions."""

from typing import Annotated

from pydantic import Field, RootModel

from app.api.shapes.common import At, Free, Id, Shape, Share, Slug, Stage


class Source(Shape):
    """Who sends us leads and how it is doing; never with its secrets."""

    slug: Annotated[str, Field(examples=["meta-emea"])]
    kind: Annotated[str | None, Field(examples=["generic_json"])]
    address: Annotated[str, Field(examples=["https://warmline.acme.example/webhooks/meta-emea"])]
    campaign: str | None
    active: bool
    broken: str | None
    last_delivery_at: At | None
    challenged_at: At | None
    refused: int
    refused_at: At | None
    trouble: str | None
    trouble_at: At | None
    silent: bool
    asked_at: At | None
    missed: int
    missed_at: At | None


class Capture(Shape):
    """One of the things a delivery was understood as."""

    key: str | None
    state: Annotated[str, Field(examples=["recorded"])]
    reason: str | None
    prospect: Id | None


class Delivery(Shape):
    """One request that arrived."""

    id: Id
    source: Annotated[str, Field(examples=["meta-emea"])]
    state: Annotated[str, Field(examples=["ingested"])]
    reason: str | None
    received_at: At
    sha256: str | None
    bytes: int
    content_type: str | None
    captures: list[Capture]


class Send(Shape):
    """One mail to one person."""

    id: Id
    prospect: Id
    enrollment: Id | None
    flow: Slug
    step: Annotated[str, Field(examples=["hello"])]
    visit: int
    template: Annotated[str, Field(examples=["hello"])]
    topic: Annotated[str, Field(examples=["newsletter"])]
    state: Annotated[str, Field(examples=["sent"])]
    reason: str | None
    transport: str | None
    message_id: str | None
    to: str | None
    from_: Annotated[str | None, Field(alias="from")]
    subject: str | None
    attempts: int
    answer: str | None
    planned_at: At
    handed_over_at: At | None
    settled_at: At | None


class SendWithWords(Send):
    """One mail with what it says, once that was written."""

    html: str | None
    text: str | None


class Switches(Shape):
    """Go live, and Stop all mail."""

    live: bool
    mail_stopped: bool


class WentLive(Shape):
    """`freed` counts the mails that had waited."""

    live: bool
    freed: int


class MailStopped(Shape):
    """No mail is handed over."""

    mail_stopped: bool


class MailResumed(MailStopped):
    """`freed` counts the mails that had waited."""

    freed: int


class Found(Shape):
    """A rep's finding beside the claim it answers."""

    id: Id
    handoff: Id
    rep: Id
    verdict: Annotated[str, Field(examples=["confirmed"])]
    claimed: Stage | None
    claimed_confidence: Share | None
    stage_found: Stage | None
    spoke_with: Annotated[str | None, Field(examples=["Ada Byron"])]
    channel: Annotated[str | None, Field(examples=["call"])]
    at: At
    fact: Annotated[str | None, Field(examples=["They want to start in May."])]
    still_needed: list[str]
    deciders: list[Free]
    right_person: Free | None
    right_prospect: Id | None
    recorded_at: At
    supersedes: Id | None
    reason: str | None


class Attempt(Shape):
    """One try that reached nobody."""

    id: Id
    handoff: Id
    rep: Id
    channel: str | None
    at: At
    note: str | None


class FoundOrTried(RootModel[Found | Attempt]):
    """A finding, or for `not_reached` the attempt."""


class PromiseOfHandoff(Shape):
    """What the rep told the buyer they would do."""

    id: Id
    handoff: Id
    rep: Id
    what: Annotated[str | None, Field(examples=["send the security paper"])]
    due_at: At
    made_at: At
    kept_at: At | None
    trouble: Annotated[str | None, Field(examples=["the price list is being made anew"])]


class CallBack(Shape):
    """When the buyer asked to be called again."""

    at: At
    set_at: At


class Handoff(Shape):
    """A lead on its way to a rep or with one; `brief.contact` is null until it was accepted."""

    id: Id
    prospect: Id
    account: Id | None
    opportunity: Id | None
    rep: Id | None
    state: Annotated[str, Field(examples=["offered"])]
    reason: str | None
    lane: Annotated[str, Field(examples=["fast"])]
    fallback: bool
    requested_by: str
    drawn: float | None
    opened_at: At
    offered_at: At | None
    expires_at: At | None
    accepted_at: At | None
    confirm_by: At | None
    overdue: bool
    closed_at: At | None
    brief: Free
    confirmation: Found | None
    attempts: list[Attempt]
    call_back: CallBack | None
    promises: list[PromiseOfHandoff]
    decision: Id | None


class Declined(Shape):
    """The lead is the next rep's now."""

    id: Id
    state: Annotated[str, Field(examples=["declined"])]
    reason: Annotated[str, Field(examples=["no_time"])]


class Decision(Shape):
    """Who was weighed, who was chosen, and why."""

    id: Id
    handoff: Id
    prospect: Id
    at: At
    rule: str | None
    lane: str
    team: str | None
    turn: int | None
    candidates: list[Free]
    chosen: Id | None
    fallback: bool
    why: str | None
    configuration: int
