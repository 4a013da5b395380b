"""Bodies of requests: strict JSON, and only the fields there are."""

import re
from datetime import date
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from app.api import problems
from app.api.problems import UnreadableError, WrongTypeError
from prospects import reading
from prospects.shapes import Instant

M = TypeVar("M", bound="Body")


class Body(BaseModel):
    """What a program sends. An unknown field is refused, so that a typing error is not taken for consent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NothingBody(Body):
    """Nothing needs to be said."""


def _not_blank(written: str) -> str:
    if not written.strip():
        raise PydanticCustomError("blank", "there is nothing in this")
    return written


Words = Annotated[str, AfterValidator(_not_blank)]
"""A text that says something; it is kept exactly as it was sent."""


def _day(written: Any) -> Any:
    # pydantic would take a number, or a text that is one, for seconds since 1970.
    if isinstance(written, str) and _DAY.fullmatch(written):
        return written
    raise PydanticCustomError("day", "this is no day")


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_day)]
"""A day as 2026-06-30."""


def read(model: type[M]) -> M:
    """The request's body as `model`; an absent body is `{}`. Raises 400, 415 or 422."""
    try:
        return model.model_validate(document())
    except ValidationError as error:
        raise problems.of_pydantic(error) from error


def document() -> Any:
    """The request's body as plain JSON values; an absent one is `{}`. Raises 400, 415 or 422."""
    written = request.get_data()
    if not written.strip():
        return {}
    if request.mimetype not in ("application/json", "") and not request.mimetype.endswith("+json"):
        raise WrongTypeError
    try:
        # What cannot be kept cannot come back as it was sent, so a program is told where it is.
        return reading.read_json(written, replace=False)
    except reading.UnstorableError as error:
        raise problems.invalid(error.place, error.reason, "leave it out") from error
    except reading.UnreadableError as error:
        raise UnreadableError(str(error)) from error


__all__ = ["Body", "Day", "Instant", "NothingBody", "Words", "document", "read"]
