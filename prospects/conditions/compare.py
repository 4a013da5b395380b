"""How one known value compares with what a condition asks for.

Missing is: None, a blank text, an empty list or mapping, and a number that is none (NaN, infinity).
A missing value makes every comparison false, `ne` and `not_in` as well; only `not_set` is true.
Texts compare without regard to case, and for `eq` and `in` to blanks around them.
Numbers compare as numbers; a text that is a plain decimal number (`60`, ` -1.5 `) counts as one when
the other side is a number, because forms send nothing but text. Two texts are ordered as numbers
if both are, else by their letters if neither is.
True and false equal themselves and the texts `true` and `false`, never a number.
A date or instant compares with an ISO date or instant (a date is its midnight, UTC).
Of a list, one item that compares is enough; `contains` asks for an item, and in a text for a part.
Unlike types are unequal and without order.
"""

import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, assert_never

from prospects.conditions.tree import Op, Scalar, Value

Test = Callable[[object], bool]

_NUMBER = re.compile(r"\s*-?[0-9]{1,30}(\.[0-9]{1,30})?\s*")
_LISTS = (list, tuple, set, frozenset)
_ORDERS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
    Op.LT: operator.lt,
    Op.LTE: operator.le,
}


def present(value: object) -> bool:
    """Whether there is anything there at all."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, _LISTS):
        return any(_present_item(item) for item in value)
    return not isinstance(value, Mapping) or len(value) > 0


def test_for(op: Op, value: Value) -> Test:
    """The test a leaf makes of the value it finds, which may be of any type; it never raises."""
    many = value if isinstance(value, tuple) else ()
    one: Scalar = value if not isinstance(value, tuple) and value is not None else ""
    match op:
        case Op.EQ:
            return _any_of(_equals(one))
        case Op.NE:
            return _none_of(_any_of(_equals(one)))
        case Op.IN:
            return _any_of(_member(many))
        case Op.NOT_IN:
            return _none_of(_any_of(_member(many)))
        case Op.CONTAINS:
            return _contains(one)
        case Op.STARTS_WITH:
            return _any_of(_starts_with(one))
        case Op.GT | Op.GTE | Op.LT | Op.LTE:
            return _any_of(_ordered(_ORDERS[op], one))
        case Op.IS_SET:
            return present
        case Op.NOT_SET:
            return lambda value: not present(value)
        case _:
            assert_never(op)


def ranked(op: Op, slug: Value) -> Callable[[object, Sequence[str]], bool]:
    """The same for stages: by their place in the given order; a stage that is not in it has none."""
    order = _ORDERS[op]

    def holds(value: object, stages: Sequence[str]) -> bool:
        if not isinstance(value, str) or value not in stages or slug not in stages:
            return False
        return order(stages.index(value), stages.index(str(slug)))

    return holds


def count_test(op: Op, asked: int) -> Callable[[int], bool]:
    """The test for a number of activities."""
    order = {**_ORDERS, Op.EQ: operator.eq, Op.NE: operator.ne}[op]
    return lambda count: bool(order(count, asked))


def fold(text: str) -> str:
    """A text as it is compared."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.casefold()


def number_of(value: object) -> int | float | Decimal | None:
    """The number this is, or that a form wrote as text; None for everything else."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, str) and len(value) < 100 and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return None


def _present_item(item: object) -> bool:
    # Not `present`: a list that holds itself would never end.
    return bool(item) if isinstance(item, _LISTS) else present(item)


def _any_of(test: Test) -> Test:
    def holds(value: object) -> bool:
        if isinstance(value, _LISTS):
            return any(_present_item(item) and test(item) for item in value)
        return present(value) and test(value)

    return holds


def _none_of(test: Test) -> Test:
    return lambda value: present(value) and not test(value)


def _equals(asked: Scalar) -> Test:
    if isinstance(asked, bool):
        return lambda value: (
            value is asked
            or (isinstance(value, str) and value.strip().casefold() == str(asked).casefold())
        )
    if not isinstance(asked, str):
        return lambda value: number_of(value) == asked
    text = fold(asked).strip()
    number, instant = number_of(asked), _instant_of(asked)

    def holds(value: object) -> bool:
        if isinstance(value, str):
            return fold(value).strip() == text
        if isinstance(value, bool):
            return str(value).casefold() == text
        if isinstance(value, date):
            return instant is not None and _instant_of(value) == instant
        return number is not None and number_of(value) == number

    return holds


def _member(asked: Sequence[Scalar]) -> Test:
    texts = frozenset(fold(one).strip() for one in asked if isinstance(one, str))
    tests = [_equals(one) for one in asked]
    others = [_equals(one) for one in asked if not isinstance(one, str)]

    def holds(value: object) -> bool:
        if isinstance(value, str):
            return fold(value).strip() in texts or any(test(value) for test in others)
        return any(test(value) for test in tests)

    return holds


def _contains(asked: Scalar) -> Test:
    part, equals = fold(str(asked)), _equals(asked)

    def holds(value: object) -> bool:
        if isinstance(value, _LISTS):
            return any(_present_item(item) and equals(item) for item in value)
        return isinstance(value, str) and present(value) and part in fold(value)

    return holds


def _starts_with(asked: Scalar) -> Test:
    start = fold(str(asked))
    return lambda value: isinstance(value, str) and fold(value).startswith(start)


def _ordered(order: Callable[[Any, Any], bool], asked: Scalar) -> Test:
    number = number_of(asked)
    instant = _instant_of(asked) if isinstance(asked, str) else None
    text = fold(asked).strip() if isinstance(asked, str) and number is None else None

    def holds(value: object) -> bool:
        if isinstance(value, date):
            found = _instant_of(value)
            return instant is not None and found is not None and order(found, instant)
        measured = number_of(value)
        if measured is not None:
            return number is not None and order(measured, number)
        return text is not None and isinstance(value, str) and order(fold(value).strip(), text)

    return holds


def _instant_of(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None
