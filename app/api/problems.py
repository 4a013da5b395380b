"""What goes wrong, as RFC 9457 problem details: what it is, and for each field what would mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from prospects.faults import Fault


class ProblemError(Exception):
    """A refusal that a program can read; `code` names the sort, `status` is the HTTP status."""

    status = 400
    code = "bad_request"
    title = "This request cannot be read."

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: Iterable["Mistake"] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.code = code or self.code
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Mistake:
    """One field that cannot be taken: its dotted path, what is wrong, what would be right."""

    field: str
    reason: str
    mend: str = ""


class UnreadableError(ProblemError):
    """The body is not what it says it is."""


class NoTokenError(ProblemError):
    """No token, or one that is unknown or was taken back."""

    status, code = 401, "unauthorized"
    title = "Send a token: Authorization: Bearer …"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="warmline"'})


class ForbiddenError(ProblemError):
    """This role may not do that."""

    status, code, title = 403, "forbidden", "The role of this token may not do that."


class AbsentError(ProblemError):
    """There is no such thing, or it belongs to somebody else."""

    status, code, title = 404, "not_found", "There is no such thing, or it is somebody else's."


class ConflictError(ProblemError):
    """The thing is not in a state for that; `code` says which."""

    status, code, title = 409, "conflict", "That does not fit the present state."


class WrongTypeError(ProblemError):
    """The body must be JSON."""

    status, code = 415, "unsupported_media_type"
    title = "Send the body as application/json."


class InvalidError(ProblemError):
    """Some fields cannot be taken; each is named with its mend."""

    status, code, title = 422, "invalid", "Some fields cannot be taken."


class TooManyError(ProblemError):
    """Too many requests; `Retry-After` says when to come back."""

    status, code, title = 429, "too_many_requests", "Too many requests."

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(max(1, seconds))})


def invalid(field: str, reason: str, mend: str = "") -> InvalidError:
    """One field that cannot be taken."""
    return InvalidError(errors=[Mistake(field, reason, mend)])


def of_faults(faults: Iterable[Fault]) -> InvalidError:
    """The mistakes our own readers found."""
    return InvalidError(errors=[Mistake(each.place, each.reason, each.mend) for each in faults])


def of_pydantic(error: ValidationError) -> InvalidError:
    """The mistakes pydantic found in a body."""
    return InvalidError(errors=[_mistake(each) for each in error.errors(include_url=False)])


def answer(problem: ProblemError) -> ResponseReturnValue:
    """A problem as the response."""
    document: dict[str, Any] = {
        "type": f"urn:warmline:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        document["detail"] = problem.detail
    if problem.errors:
        document["errors"] = [
            {"field": each.field, "reason": each.reason, "mend": each.mend}
            for each in problem.errors
        ]
    response = jsonify(document)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    response.content_type = "application/problem+json"
    return response


_MENDS = {
    "extra_forbidden": ("there is no such field", "leave it out"),
    "missing": ("this is missing", "send it"),
    "blank": ("there is nothing in this", "write something"),
    "model_type": ("this is no object", "send an object, like {}"),
    "day": ("this is no day", "write it like 2026-06-30"),
    "date_from_datetime_parsing": ("this is no day", "write it like 2026-06-30"),
    "date_parsing": ("this is no day", "write it like 2026-06-30"),
    "timezone_aware": ("this has no time zone", "write it like 2026-03-03T10:00:00Z"),
    "datetime_from_date_parsing": ("this is no instant", "write it like 2026-03-03T10:00:00Z"),
    "datetime_parsing": ("this is no instant", "write it like 2026-03-03T10:00:00Z"),
    "datetime_type": ("this is no instant", "write it like 2026-03-03T10:00:00Z"),
}


LONGEST_NAME = 100
"""Characters of a name that somebody made up and that is told back to them."""


def _mistake(error: Any) -> Mistake:
    field = ".".join(str(part)[:LONGEST_NAME] for part in error["loc"])
    reason, mend = _MENDS.get(error["type"]) or _in_words(error["msg"])
    if expected := error.get("ctx", {}).get("expected"):
        reason, mend = "this is none of the words for it", f"one of {expected}"
    if error["type"] in ("too_long", "string_too_long") and isinstance(error.get("input"), str):
        reason, mend = "this is too long", f"at most {error['ctx']['max_length']:,} characters"
    return Mistake(field, reason, mend)


def _in_words(message: str) -> tuple[str, str]:
    """What is wrong and what would be right, from pydantic's one sentence."""
    if message.startswith("Input should "):
        return "this will not do", f"it should {message.removeprefix('Input should ')}"
    reason, _, mend = message.partition("; ")
    return reason, mend or "send something else"
