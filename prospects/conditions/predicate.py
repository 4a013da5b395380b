"""A condition becomes one closure that answers yes or no; it never raises and never looks again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

from prospects.conditions.compare import count_test, ranked, test_for
from prospects.conditions.sight import Happening, Sight, dig
from prospects.conditions.tree import (
    ORDERINGS,
    All,
    AnyOf,
    FieldIs,
    Happened,
    Not,
    Op,
    Tree,
)
from prospects.conditions.vocabulary import STAGE_FIELDS

Predicate = Callable[[Sight], bool]

SUSPECT_ROBOT = "suspect_robot"
"""In a `where`: whether it was a suspected robot's act; without it only people's are looked at."""
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def compile_tree(tree: Tree) -> Predicate:
    """The condition as a function of what is seen of one person."""
    match tree:
        case All(of):
            return _every([compile_tree(part) for part in of])
        case AnyOf(of):
            return _some([compile_tree(part) for part in of])
        case Not(of):
            return _opposite(compile_tree(of))
        case FieldIs():
            return _field_leaf(tree)
        case Happened():
            return _activity_leaf(tree)
        case _:
            assert_never(tree)


def compile_where(tree: Tree | None) -> Callable[[Mapping[str, object], Sequence[str]], bool]:
    """A `where` as a function of an activity's body and the order of the stages; None is always."""
    if tree is None:
        return lambda body, stage_order: True
    test = compile_tree(tree)
    return lambda body, stage_order: test(_BodySight(body, stage_order))


class _BodySight:
    """An activity's body, seen as a condition sees a person: fields, and nothing that happened."""

    __slots__ = ("_body", "_robot", "stage_order")

    now = _EPOCH
    activities: Sequence[Happening] = ()
    robots: Sequence[Happening] = ()

    def __init__(self, body: object, stage_order: Sequence[str], robot: bool = False) -> None:
        self._body = body
        self._robot = robot
        self.stage_order = stage_order

    def value(self, field: str) -> object | None:
        return self._robot if field == SUSPECT_ROBOT else dig(self._body, field)


def _every(tests: Sequence[Predicate]) -> Predicate:
    def holds(sight: Sight) -> bool:
        for test in tests:  # noqa: SIM110 - a third faster than all() with a generator
            if not test(sight):
                return False
        return True

    return holds


def _some(tests: Sequence[Predicate]) -> Predicate:
    def holds(sight: Sight) -> bool:
        for test in tests:  # noqa: SIM110 - a third faster than any() with a generator
            if test(sight):
                return True
        return False

    return holds


def _opposite(test: Predicate) -> Predicate:
    return lambda sight: not test(sight)


def _field_leaf(leaf: FieldIs) -> Predicate:
    field = leaf.field
    if field in STAGE_FIELDS and leaf.op in ORDERINGS:
        in_order = ranked(leaf.op, leaf.value)
        return lambda sight: in_order(sight.value(field), sight.stage_order)
    test = test_for(leaf.op, leaf.value)
    return lambda sight: test(sight.value(field))


def _activity_leaf(leaf: Happened) -> Predicate:
    kind, within = leaf.activity, leaf.within
    matches = compile_tree(leaf.where) if leaf.where is not None else None
    enough = count_test(leaf.op, leaf.value)
    # "At least n" is settled by the n-th; everything else has to count them all.
    most = leaf.value if leaf.op is Op.GTE else None

    def counted(sight: Sight, acts: Sequence[Happening], robot: bool, count: int = 0) -> int:
        since = _since(sight.now, within)
        for one in acts:
            if count == most:
                break
            if one.kind != kind or (since is not None and one.happened_at < since):
                continue
            if matches is None or matches(_BodySight(one.body, sight.stage_order, robot)):
                count += 1
        return count

    if leaf.where is None or not _names_robots(leaf.where):
        return lambda sight: enough(counted(sight, sight.activities, False))

    def holds(sight: Sight) -> bool:
        by_people = counted(sight, sight.activities, False)
        return enough(counted(sight, sight.robots, True, by_people))

    return holds


def _names_robots(tree: Tree) -> bool:
    match tree:
        case All(of) | AnyOf(of):
            return any(_names_robots(part) for part in of)
        case Not(of):
            return _names_robots(of)
        case FieldIs(field=field):
            return field == SUSPECT_ROBOT
        case Happened():
            return False
        case _:
            assert_never(tree)


def _since(now: datetime, within: timedelta | None) -> datetime | None:
    """The first instant that counts. Clocks of platforms run ahead, so there is no last one."""
    if within is None:
        return None
    try:
        return now - within
    except OverflowError:
        return _EPOCH
