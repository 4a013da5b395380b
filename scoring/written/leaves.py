"""What a condition speaks of: the fields it asks for and the stretches of time it looks back. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from prospects.conditions.tree import All, AnyOf, FieldIs, Happened, Not, Tree


def fields_of(tree: Tree) -> set[str]:
    """The person's fields this condition asks for (those inside a `where` are an activity's)."""
    return {leaf.field for leaf in _leaves(tree) if isinstance(leaf, FieldIs)}


def windows_of(tree: Tree) -> set[tuple[str, timedelta]]:
    """Each (kind of activity, `within`): when such a stretch has passed, the answer may change."""
    return {
        (leaf.activity, leaf.within)
        for leaf in _leaves(tree)
        if isinstance(leaf, Happened) and leaf.within is not None
    }


def asks_for_history(tree: Tree) -> bool:
    """Whether the answer depends on anything that happened."""
    return any(isinstance(leaf, Happened) for leaf in _leaves(tree))


def _leaves(tree: Tree) -> Iterator[FieldIs | Happened]:
    match tree:
        case All(of) | AnyOf(of):
            for part in of:
                yield from _leaves(part)
        case Not(of):
            yield from _leaves(of)
        case FieldIs() | Happened():
            yield tree
        case _:
            assert_never(tree)
