"""Shapes of the office: companies, deals, flows, enrollments, segments, promises, tokens, audit, models."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import At, Day, Free, Id, Money, Shape, Share, Slug, Stage
from app.api.shapes.record import EnrollmentOfPerson
from app.api.shapes.rooms import PromiseOfHandoff


class Account(Shape):
    """A company."""

    id: Id
    domain: Annotated[str | None, Field(examples=["acme.example"])]
    name: Annotated[str | None, Field(examples=["Acme"])]
    owner: Id | None
    fields: Free
    created_at: At


class PersonOfAccount(Shape):
    """Somebody we know at a company."""

    id: Id
    name: Annotated[str | None, Field(examples=["Ada Byron"])]
    title: Annotated[str | None, Field(examples=["Head of Operations"])]
    lifecycle: Annotated[str, Field(examples=["nurturing"])]
    stage: Stage | None
    confirmed_stage: Stage | None


class Opportunity(Shape):
    """A possible deal at a company."""

    id: Id
    account: Id
    product: Annotated[str | None, Field(examples=["pump"])]
    amount: Money | None
    expected_on: Day | None
    state: Annotated[str, Field(examples=["open"])]
    created_at: At
    closed_at: At | None


class FoundOut(Shape):
    """One thing that was told or found out about a company, by whom and since when."""

    name: Annotated[str, Field(examples=["employees"])]
    value: Annotated[str, Field(examples=["40"])]
    source: Annotated[str, Field(examples=["their company's mail domain"])]
    at: At


class SaidAtAccount(Shape):
    """What is claimed of one person; `weight` is how much they have to say, `found` that a rep heard it."""

    prospect: Id
    stage: Stage
    confidence: Share
    weight: Share
    found: bool


class AccountStage(Shape):
    """How far the company is; `conflict`: of two people stages are claimed that contradict each other."""

    claimed: Stage
    confidence: Share
    conflict: bool
    says: list[SaidAtAccount]


class AccountWithPeople(Account):
    """A company with everybody we know there, its deals, and what is known of it from where."""

    people: list[PersonOfAccount]
    stage: AccountStage | None
    opportunities: list[Opportunity]
    found_out: list[FoundOut]


class Flow(Shape):
    """A flow in its latest version; `people` counts those in it by the state of their enrollment."""

    slug: Slug
    version: int | None
    owner: Annotated[str, Field(examples=["files"])]
    published_at: At | None
    people: dict[str, int]


class FlowVersion(Shape):
    """A flow as it was published once."""

    version: int
    published_at: At
    entering_since: At
    definition: Free


class FlowWithVersions(Flow):
    """A flow with every version, the newest first."""

    versions: list[FlowVersion]


class Enrollment(EnrollmentOfPerson):
    """One person in one flow, with who they are and when something is due."""

    prospect: Id
    due_at: At | None


class Segment(Shape):
    """A named condition."""

    slug: Annotated[str, Field(examples=["germans"])]
    name: Annotated[str, Field(examples=["People in Germany"])]
    condition: Annotated[Free, Field(examples=[{"field": "country", "op": "eq", "value": "DE"}])]
    applied_at: At


class Promise(PromiseOfHandoff):
    """What a rep told a buyer they would do; `late` if it was due and is not kept."""

    prospect: Id
    late: bool


class Token(Shape):
    """A program's way in; `token` itself is in no answer but the first."""

    id: Id
    name: Annotated[str, Field(examples=["crm"])]
    role: Annotated[str, Field(examples=["marketer"])]
    person: Id | None
    hint: Annotated[str | None, Field(examples=["wl_Qk3xZ"])]
    made_by: Annotated[str | None, Field(examples=["rita@acme.example"])]
    made_at: At
    last_used_at: At | None
    revoked_at: At | None


class TokenMade(Token):
    """A new token, shown this once; a repeat under the same Idempotency-Key shows null."""

    token: Annotated[str | None, Field(examples=["wl_…"])]


class AuditEntry(Shape):
    """Who did which administrative act to what."""

    id: Id
    at: At
    who: Annotated[str, Field(examples=["rita@acme.example"])]
    act: Annotated[str, Field(examples=["token created"])]
    about: Annotated[str, Field(examples=["019cb323-e500-7b10-9c06-4ad22f84066e"])]
    detail: Free


class Everything(Shape):
    """All we hold about a person: the rows of each table that speaks of them."""

    prospect: Id
    at: At
    tables: dict[str, list[Free]]
