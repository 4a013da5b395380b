"""What a title tells, by a workspace's own words before the built-in ones. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from prospects.titles import LONGEST_TITLE, Function, Seniority, function_of, plain, seniority_of

Told = TypeVar("Told", Seniority, Function)
ReadTitle = Callable[[str | None], tuple[Seniority | None, Function | None]]


class TitleWords(Protocol):
    """A title with these words in it is so senior, and about this work; None leaves it to the built-in table."""

    @property
    def words(self) -> str: ...
    @property
    def seniority(self) -> Seniority | None: ...
    @property
    def function(self) -> Function | None: ...


class _Written(NamedTuple):
    words: str
    seniority: Seniority | None
    function: Function | None


def in_force(documents: Mapping[str, Any]) -> tuple[TitleWords, ...]:
    """The own words in a workspace's scoring, which was checked when it was applied."""
    return tuple(
        _Written(
            each["words"],
            Seniority(each["seniority"]) if each.get("seniority") else None,
            Function(each["function"]) if each.get("function") else None,
        )
        for document in documents.values()
        for each in document.body.get("titles") or ()
    )


@lru_cache(maxsize=16)
def reader(own: tuple[TitleWords, ...]) -> ReadTitle:
    """Seniority and function of a title; each None where the title does not say."""
    compiled = [(_words(each.words), each) for each in own]

    def told(title: str | None) -> tuple[Seniority | None, Function | None]:
        seniority, function = seniority_of(title), function_of(title)
        if not compiled or not title or len(title) > LONGEST_TITLE:
            return seniority, function
        text = plain(title)
        fitting = [each for words, each in compiled if words.search(text)]
        return (
            _first([each.seniority for each in fitting]) or seniority,
            _first([each.function for each in fitting]) or function,
        )

    return lru_cache(maxsize=4096)(told)


def _first(found: Sequence[Told | None]) -> Told | None:
    return next((each for each in found if each is not None), None)


def _words(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(plain(phrase))}\b")
