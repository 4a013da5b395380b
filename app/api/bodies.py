"""Bodies of requests: strict JSON, and only the fields there are."""

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.api import problems
from app.api.problems import UnreadableError, WrongTypeError
from prospects import reading
from prospects.shapes import Instant

M = TypeVar("M", bound="Body")


class Body(BaseModel):
    """What a program sends. An unknown field is refused, so that a typing error is not taken for consent."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


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
