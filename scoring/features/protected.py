"""What no model may learn from unless somebody decided so, in writing: protected traits, and what gives them away. Pure.

Traits are those of Article 9 GDPR, of Article 21 of the EU Charter and of the equality acts that follow
it; a name, a picture and a postcode give several of them away.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

from scoring.features.protected_words import (
    ALONE,
    OF_THINGS,
    PERSON,
    RUN_TOGETHER,
    SEXES,
    TRAITS,
)

_ACCENTED = frozenset({"eta", "nie", "cap"})
"""What means something else without its accent."""


def _phrases() -> Iterator[tuple[str, str]]:
    """Every phrase with its reason; with accents and without, as people who are in a hurry write."""
    for why, phrases in TRAITS.items():
        for phrase in phrases.split("|"):
            bare = _bare(phrase)
            yield from ((bare, why),) if bare != phrase and bare not in _ACCENTED else ()
            yield phrase, why


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.translate(_WITHOUT))
    return "".join(each for each in parts if not unicodedata.combining(each))


_WITHOUT = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "đ": "d"})
_PHRASES = dict(_phrases())
_ALONE = {way for each in ALONE.split("|") for way in (each, _bare(each))}
_PERSON = frozenset(PERSON.split("|"))
_SEXES = frozenset(SEXES.split("|"))
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
_WITHIN = {each: why for why, phrases in RUN_TOGETHER.items() for each in phrases.split("|")}
_THINGS = OF_THINGS.split("|")


def protected(heading: str) -> str | None:
    """Why a column so called must not become a feature; None where nothing speaks against it.

    The heading's words are looked up as they stand together: `zip_code`, `ZipCode` and `Zip` are the
    same, `zipper` is another word.
    """
    if within := _within(heading):
        return within
    words = _words(heading)
    spans = [
        " ".join(words[start : start + length])
        for length in range(_LONGEST, 0, -1)
        for start in range(len(words) - length + 1)
    ]
    found = (each for each in spans if each in _PHRASES and not _of_a_thing(each, words))
    return _PHRASES.get(next(found, ""))


def gives_away(values: Collection[str]) -> str | None:
    """Why these words must not be learned from whatever their column is called: they are the sexes."""
    plain = {each.strip().casefold() for each in values}
    telling = plain - {"other", "x", "d"}
    known = len(telling) >= 2 and plain <= _SEXES
    return "sex and its expression are protected" if known else None


def _within(heading: str) -> str | None:
    if heading.isascii() or any(each in heading for each in _THINGS):
        return None
    return next((why for each, why in _WITHIN.items() if each in heading), None)


def _of_a_thing(phrase: str, words: list[str]) -> bool:
    return phrase in _ALONE and not set(words) <= {*phrase.split(), *_PERSON}


def _words(heading: str) -> list[str]:
    apart = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-ZÄÖÜ])", " ", heading)
    return re.findall(r"[^\W_]+", apart.casefold())
