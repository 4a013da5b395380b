"""Shapes of what goes out: programs that are told, calls, attempts."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Free, Id, Shape


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
