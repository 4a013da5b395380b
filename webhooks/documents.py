"""Parts of a platform's document, taken out without trusting its shape. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Item, Test

TEST_MARK = "warmline_test"
"""With `true` beside it an item is a test; no plain `test`, which may be a question of a form."""
LONGEST = 2000
LONGEST_LABEL = 200


def read_object(body: bytes, what: str = "an object") -> Mapping[str, Any]:
    """The object in these bytes. Raises UnreadableError, also where it is none."""
    document = read_json(body)
    if not isinstance(document, Mapping):
        raise UnreadableError(f"this is not {what}")
    return document


def part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under this name; empty where there is none."""
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects in a list, whatever else is in it."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, Mapping))


def text(value: object) -> str:
    """A text, or a number written as one, of bounded length; anything else is empty."""
    if isinstance(value, str):
        return value[:LONGEST]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def spoken(value: object) -> str:
    """The same, and `yes`, `no` and several texts as a form's field would say them."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(each for each in map(spoken, value) if each)[:LONGEST]
        case _:
            return text(value)


def filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """An activity's body without what is empty."""
    return {name: value for name, value in body.items() if value not in (None, "", [], {})}


def as_test(document: Mapping[str, Any]) -> list[Item] | None:
    """The test that our own pages send in place of a platform; None for anything else."""
    return [Test(TEST_MARK)] if document.get(TEST_MARK) is True else None
