"""What each address takes and answers, said once beside the view; the OpenAPI document is drawn from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., object])

Answers = Mapping[int, type[BaseModel] | None]
"""The model of each status that is no problem; None where there is no JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What one view takes (`body`, `query`) and answers; `problems` beyond those that all have.

    `lists` views take `limit` and `cursor` too; `open` ones ask for no token.
    """

    answers: Answers
    body: type[BaseModel] | None = None
    query: Sequence[str] = ()
    lists: bool = False
    open: bool = False
    problems: Sequence[int] = ()


_said: dict[Callable[..., object], Described] = {}


def answers(
    answered: type[BaseModel] | Answers,
    *,
    body: type[BaseModel] | None = None,
    query: Sequence[str] = (),
    problems: Sequence[int] = (),
    open: bool = False,
) -> Callable[[View], View]:
    """Describe a view that answers with one document: a model for 200, or the model of each status."""
    found = answered if isinstance(answered, Mapping) else {200: answered}
    said = Described(
        answers=found, body=body, query=tuple(query), problems=tuple(problems), open=open
    )
    return _saying(said)


def lists(
    page: type[BaseModel], *, query: Sequence[str] = (), problems: Sequence[int] = ()
) -> Callable[[View], View]:
    """Describe a view that answers with a page of a list."""
    return _saying(
        Described(answers={200: page}, query=tuple(query), lists=True, problems=tuple(problems))
    )


def of(view: Callable[..., object]) -> Described | None:
    """What was said about a view."""
    return _said.get(view)


def _saying(said: Described) -> Callable[[View], View]:
    def describe(view: View) -> View:
        _said[view] = said
        return view

    return describe
