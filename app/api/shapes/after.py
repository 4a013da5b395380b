"""Shapes of what follows a lead: customers for the account team, and what the desk writes."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Day, Free, Id, Shape


class Question(Shape):
    """What the account manager asked the rep, and the answer once there is one."""

    id: Id
    question: Annotated[str, Field(examples=["which delivery day?"])]
    asked_by: Id
    asked_at: At
    answer: Annotated[str | None, Field(examples=["Thursday"])]
    answered_by: Id | None
    answered_at: At | None


class Transfer(Shape):
    """A won customer on their way to the account team; `paper` is as it was when the lead was won."""

    id: Id
    prospect: Id
    handoff: Id
    account: Id | None
    rep: Id
    member: Id | None
    state: Annotated[str, Field(examples=["proposed"])]
    why: str
    paper: Free
    questions: list[Question]
    made_at: At
    due_at: At | None
    late: bool
    accepted_at: At | None


class FoundFact(Shape):
    """One fact with its source and the day it was so."""

    what: Annotated[str, Field(examples=["They have 40 plants"])]
    source: Annotated[str, Field(examples=["https://acme.example/about"])]
    on: Day | None


class WriteUp(Shape):
    """What the desk is asked for, and what it wrote; `asked_by` is null where the engine asks."""

    id: Id
    prospect: Id
    handoff: Id | None
    promise: Id | None
    what: Annotated[str, Field(examples=["the security paper"])]
    note: str | None
    state: Annotated[str, Field(examples=["asked"])]
    asked_by: Id | None
    asked_at: At
    member: Id | None
    taken_at: At | None
    due_at: At | None
    text: str | None
    facts: list[FoundFact]
    reason: str | None
    settled_at: At | None
