"""The one condition tree that flows, routing, points and segments share."""

from prospects.conditions.explain import explain
from prospects.conditions.model import Condition, Where
from prospects.conditions.parse import ConditionError, parse, parse_where
from prospects.conditions.predicate import compile_tree, compile_where
from prospects.conditions.sight import Sight, look
from prospects.conditions.tree import Tree, to_plain

__all__ = [
    "Condition",
    "ConditionError",
    "Sight",
    "Tree",
    "Where",
    "compile_tree",
    "compile_where",
    "explain",
    "look",
    "parse",
    "parse_where",
    "to_plain",
]
