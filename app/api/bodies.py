"""Bodies of requests: strict JSON, and only the fields there are."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
)

from app.api import problems
from app.api.problems import UnreadableError, WrongTypeError
from prospects import reading

M = TypeVar("M", bound="Body")


class Body(BaseModel):
    """What a program sends. An unknown field is refused, so that a typing error is not taken for consent."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _instant(written: Any) -> Any:
    # pydantic would take a number for seconds since 1970.
    return written if isinstance(written, str) else None


def _in_utc(found: datetime) -> datetime:
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("this lies before all time") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_in_utc)]
"""An RFC 3339 instant with its offset; comes out in UTC."""


def read(model: type[M]) -> M:
    """The request's body as `model`; an absent body is `{}`. Raises 400, 415 or 422."""
    try:
        return model.model_validate(document())
    except ValidationError as error:
        raise problems.of_pydantic(error) from error


def document() -> Any:
    """The request's body as plain JSON values; an absent one is `{}`. Raises 400 or 415."""
    written = request.get_data()
    if not written.strip():
        return {}
    if request.mimetype not in ("application/json", "") and not request.mimetype.endswith("+json"):
        raise WrongTypeError
    try:
        return reading.read_json(written)
    except reading.UnreadableError as error:
        raise UnreadableError(str(error)) from error


__all__ = ["Body", "Instant", "document", "read"]
