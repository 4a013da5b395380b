"""Why a condition does not hold, in words for the person who wrote it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, assert_never

from prospects.conditions.compare import present
from prospects.conditions.predicate import compile_tree
from prospects.conditions.sight import Sight
from prospects.conditions.tree import All, AnyOf, FieldIs, Happened, Not, Op, Tree, Value
from prospects.durations import format_duration
from prospects.faults import shown

_WORDS: dict[Op, str] = {
    Op.EQ: "is",
    Op.NE: "is not",
    Op.GT: "is more than",
    Op.GTE: "is at least",
    Op.LT: "is less than",
    Op.LTE: "is at most",
    Op.IN: "is one of",
    Op.NOT_IN: "is none of",
    Op.CONTAINS: "contains",
    Op.STARTS_WITH: "starts with",
    Op.IS_SET: "is known",
    Op.NOT_SET: "is not known",
}
_COUNTS: dict[Op, str] = {
    Op.EQ: "exactly",
    Op.NE: "any number but",
    Op.GT: "more than",
    Op.GTE: "at least",
    Op.LT: "fewer than",
    Op.LTE: "at most",
}


class Called(NamedTuple):
    """What fields and values are called; by its own name what is not listed."""

    fields: Mapping[str, str] = MappingProxyType({})
    values: Mapping[str, str] = MappingProxyType({})


_AS_WRITTEN = Called()


def explain(tree: Tree, sight: Sight) -> tuple[str, ...]:
    """Each leaf that stands in the way, with what was found instead; empty if the condition holds.

    The sentences hold what the person typed: show them escaped, and write them to no log.
    """
    if compile_tree(tree)(sight):
        return ()
    match tree:
        case All(of) | AnyOf(of):
            return tuple(reason for part in of for reason in explain(part, sight))
        case Not(of):
            return (f"it must not be that {in_words(of)}",)
        case FieldIs(field):
            found = sight.value(field)
            return (f"{in_words(tree)}: it is {shown(found) if present(found) else 'not known'}",)
        case Happened():
            return (f"{in_words(tree)}: that is not so",)
        case _:
            assert_never(tree)


def in_words(tree: Tree, called: Called = _AS_WRITTEN) -> str:
    """The condition as half a sentence; fields and values as they are `called`."""
    match tree:
        case All(of):
            return " and ".join(_bracketed(part, called) for part in of)
        case AnyOf(of):
            return " or ".join(_bracketed(part, called) for part in of)
        case Not(of):
            return f"not {_bracketed(of, called)}"
        case FieldIs(field, op, value):
            name = called.fields.get(field, field)
            return f"{name} {_WORDS[op]} {_value_in_words(value, called)}".strip()
        case Happened():
            return _happened_in_words(tree, called)
        case _:
            assert_never(tree)


def _bracketed(tree: Tree, called: Called) -> str:
    words = in_words(tree, called)
    return f"({words})" if isinstance(tree, All | AnyOf) else words


def _value_in_words(value: Value, called: Called) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        several = ", ".join(_one_in_words(one, called) for one in value[:10])
        return several + (", …" if len(value) > 10 else "")
    return _one_in_words(value, called)


def _one_in_words(value: Value, called: Called) -> str:
    name = called.values.get(value) if isinstance(value, str) else None
    return name or shown(value)


def _happened_in_words(leaf: Happened, called: Called) -> str:
    words = f"{_COUNTS[leaf.op]} {leaf.value} × {leaf.activity}"
    if leaf.within is not None:
        words += f" within {format_duration(leaf.within)}"
    return words if leaf.where is None else f"{words} where {in_words(leaf.where, called)}"
