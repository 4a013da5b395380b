"""What all shapes share: strictness, ids, instants, money, pages of lists and problems."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

Id = Annotated[str, Field(examples=["019cb323-e500-7b10-9c06-4ad22f84066e"])]
At = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-03-03T10:00:00Z"])
]
"""RFC 3339 in UTC with Z."""
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-06-30"])]
Share = Annotated[float, Field(ge=0, le=1, examples=[0.8])]
Points = Annotated[float, Field(ge=0, le=100, examples=[62.0])]
Slug = Annotated[str, Field(examples=["considered"])]
Stage = Annotated[str, Field(examples=["evaluation"])]
Free = dict[str, Any]
"""A document whose keys are not ours to list."""


class Shape(BaseModel):
    """An answer; it has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Listed(Shape, Generic[T]):
    """One page of a list, the newest first; `next` leads on, and is null at the end."""

    items: list[T]
    next: Annotated[str | None, Field(examples=[None])]


class Mistake(Shape):
    """One field that cannot be taken."""

    field: Annotated[str, Field(examples=["text"])]
    reason: Annotated[str, Field(examples=["this is missing"])]
    mend: Annotated[str, Field(examples=["send it"])]


class Problem(Shape):
    """A refusal as RFC 9457 has it; `code` is a word to act on."""

    type: Annotated[str, Field(examples=["urn:warmline:problem:not_found"])]
    title: Annotated[str, Field(examples=["There is no such thing, or it is somebody else's."])]
    status: Annotated[int, Field(examples=[404])]
    code: Annotated[str | None, Field(examples=["not_found"])] = None
    detail: Annotated[str | None, Field(examples=[None])] = None
    errors: Annotated[list[Mistake] | None, Field(examples=[[]])] = None


class Money(Shape):
    """An amount below ten trillion as a decimal text, with its currency (ISO 4217)."""

    amount: Annotated[str, Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["1200.00"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class Alive(Shape):
    """This process answers."""

    alive: bool


class Ready(BaseModel):
    """Whether work gets done, and what each check said."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    database: Annotated[str, Field(examples=["ok"])]
    redis: Annotated[str, Field(examples=["absent"])]
