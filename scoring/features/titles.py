"""What a title tells, by this workspace's own words before the built-in ones. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from prospects.titles import LONGEST_TITLE, Function, Seniority, function_of, plain, seniority_of
from scoring.feature_words import OwnTitle
from scoring.features.known import ReadTitle

Told = TypeVar("Told", Seniority, Function)


@lru_cache(maxsize=16)
def reader(own: tuple[OwnTitle, ...]) -> ReadTitle:
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
