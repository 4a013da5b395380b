"""Shapes of what goes out: programs that are told, calls, attempts; platforms, and what they were told."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Free, Id, Money, Shape


class HookShown(Shape):
    """A program outside that is told.

    `reason` says why it was switched off, `trouble` why it failed last, and `left_alone_until` how long
    nothing is sent there. While `former_secret_until` lies ahead, two signatures are sent.
    """

    slug: Annotated[str, Field(examples=["crm"])]
    url: Annotated[str, Field(examples=["https://crm.acme.example/warmline"])]
    events: Annotated[list[str], Field(examples=[["handoff.offered"]])]
    active: bool
    reason: str | None
    applied_at: At
    former_secret_until: At | None
    told_at: At | None
    failures: Annotated[int, Field(examples=[0])]
    failing_since: At | None
    left_alone_until: At | None
    trouble: Annotated[str | None, Field(examples=["status 503"])]


class HookMade(HookShown):
    """A hook with the secret that signs, shown this once."""

    secret: Annotated[str | None, Field(examples=["whsec_…"])]


class Redriven(Shape):
    """How many calls are told once more, and how many are still dead."""

    calls: int
    left: Annotated[int, Field(examples=[0])]


class CallOut(Shape):
    """One event told to one hook; `id` is the `webhook-id` header of every attempt."""

    id: Id
    hook: Annotated[str, Field(examples=["crm"])]
    event: Annotated[str, Field(examples=["handoff.offered"])]
    prospect: Id
    state: Annotated[str, Field(examples=["delivered"])]
    reason: str | None
    attempts: int
    body: Free
    made_at: At
    settled_at: At | None


class CallTry(Shape):
    """One attempt: the status of the answer and how it began, or why there was none."""

    n: int
    at: At
    took_ms: Annotated[int, Field(examples=[120])]
    status: Annotated[int | None, Field(examples=[503])]
    reason: str | None
    answer: Annotated[str | None, Field(examples=["try again later"])]


class CallWithTries(CallOut):
    """A call with each attempt of the last 30 days."""

    tries: list[CallTry]


class StepCount(Shape):
    """So many steps have this fate for this reason."""

    step: Annotated[str, Field(examples=["confirmed"])]
    state: Annotated[str, Field(examples=["withheld"])]
    reason: Annotated[str | None, Field(examples=["there is no consent to ads"])]
    count: int


class DestinationShown(Shape):
    """A platform or chat that is told, how it is doing, and what became of it in the last 90 days."""

    slug: Annotated[str, Field(examples=["meta"])]
    kind: Annotated[str, Field(examples=["meta_conversions"])]
    events: Annotated[list[str], Field(examples=[["confirmed", "won"]])]
    active: bool
    dry_run: bool
    told_at: At | None
    failing_since: At | None
    trouble: Annotated[str | None, Field(examples=["the token was refused (code 190)"])]
    counts: list[StepCount]


class Conflict(Shape):
    """One field in which a CRM and we differ; `counts` says whose word, `prospect` or `account` whom it is of."""

    crm: Annotated[str, Field(examples=["hubspot"])]
    record: Annotated[str, Field(examples=["contact"])]
    external_id: Annotated[str, Field(examples=["501"])]
    field: Annotated[str, Field(examples=["title"])]
    ours: Annotated[str, Field(examples=["CTO"])]
    theirs: Annotated[str, Field(examples=["Head of IT"])]
    counts: Annotated[str, Field(examples=["the person"])]
    since: At
    prospect: Id | None
    account: Id | None


class ToldAgain(Shape):
    """How many steps are told once more."""

    conversions: int


class Conversion(Shape):
    """One step told to one platform; `id` is what the platform knows it by, `request` its name of the batch."""

    id: Id
    destination: Annotated[str, Field(examples=["meta"])]
    prospect: Id
    step: Annotated[str, Field(examples=["confirmed"])]
    at: At
    state: Annotated[str, Field(examples=["accepted"])]
    reason: str | None
    tries: int
    request: str | None
    amount: Money | None
    made_at: At
    settled_at: At | None


class ConversionWithDocument(Conversion):
    """A step with the platform's own document for it alone, or why it is withheld now."""

    document: Free | None
    withheld: str | None
