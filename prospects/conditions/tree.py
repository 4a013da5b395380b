"""A condition as a value: five kinds of node, and the plain form they are written in."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from prospects.durations import format_duration


class Op(StrEnum):
    """How a leaf compares what is there with what is asked for (semantics: `compare`)."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_SET = "is_set"
    NOT_SET = "not_set"


ORDERINGS = frozenset({Op.GT, Op.GTE, Op.LT, Op.LTE})
COUNTINGS = ORDERINGS | {Op.EQ, Op.NE}
LISTINGS = frozenset({Op.IN, Op.NOT_IN})
PRESENCES = frozenset({Op.IS_SET, Op.NOT_SET})

Scalar = str | int | float | bool
Value = Scalar | tuple[Scalar, ...] | None
"""What a leaf compares with: a tuple for `in` and `not_in`, None for `is_set` and `not_set`."""


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them holds."""

    of: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    of: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: "Tree"


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field of the person (in a `where`: of the activity's body) compares so with a value."""

    field: str
    op: Op
    value: Value = None


@dataclass(frozen=True, slots=True)
class Happened:
    """So many activities of one kind, matching `where`, happened `within` the last while."""

    activity: str
    where: "Tree | None" = None
    within: timedelta | None = None
    op: Op = Op.GTE
    value: int = 1


Tree = All | AnyOf | Not | FieldIs | Happened


def to_plain(tree: Tree) -> dict[str, object]:
    """The tree as it is written in a workspace; `parse` of it gives the same tree."""
    match tree:
        case All(of):
            return {"all": [to_plain(part) for part in of]}
        case AnyOf(of):
            return {"any": [to_plain(part) for part in of]}
        case Not(of):
            return {"not": to_plain(of)}
        case FieldIs(field, op, None):
            return {"field": field, "op": op.value}
        case FieldIs(field, op, value):
            held = list(value) if isinstance(value, tuple) else value
            return {"field": field, "op": op.value, "value": held}
        case Happened():
            return _happened_plain(tree)
        case _:
            assert_never(tree)


def _happened_plain(leaf: Happened) -> dict[str, object]:
    plain: dict[str, object] = {"activity": leaf.activity}
    if leaf.where is not None:
        plain["where"] = to_plain(leaf.where)
    if leaf.within is not None:
        plain["within"] = format_duration(leaf.within)
    if (leaf.op, leaf.value) != (Op.GTE, 1):
        plain |= {"op": leaf.op.value, "value": leaf.value}
    return plain
