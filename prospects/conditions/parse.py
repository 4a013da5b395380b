"""Conditions are read from plain mappings and lists; every slip is named with its place and mend."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NoReturn

from prospects.conditions.tree import (
    COUNTINGS,
    LISTINGS,
    ORDERINGS,
    PRESENCES,
    All,
    AnyOf,
    FieldIs,
    Happened,
    Not,
    Op,
    Scalar,
    Tree,
    Value,
)
from prospects.conditions.vocabulary import STANDARD, Vocabulary
from prospects.durations import DurationError, parse_duration
from prospects.faults import Fault, FaultyError, listed, nearest, shown
from prospects.texts import storable

DEEPEST = 16
"""Conditions inside one another; a person follows three or four."""

LONGEST_TEXT = 1_000
LONGEST_LIST = 10_000
MOST_COUNTED = 1_000_000

_EXAMPLE = "write it like {field: country, op: eq, value: DE}"


class ConditionError(FaultyError):
    """This is not a condition; `faults` lists every slip with its place."""


def parse(plain: object, vocabulary: Vocabulary = STANDARD, place: str = "") -> Tree:
    """The condition in `plain` (mappings, lists and scalars as YAML or JSON give them).

    `place` is what leads every fault's path (`exits.0.if`). Raises ConditionError with all slips.
    """
    return _read(plain, _Scope(vocabulary), place)


def parse_where(plain: object, place: str = "") -> Tree:
    """A condition over one activity's body: any field name, no activities inside."""
    return _read(plain, _Scope(None), place)


@dataclass(frozen=True, slots=True)
class _Scope:
    vocabulary: Vocabulary | None  # None inside a `where`
    depth: int = 1

    def inside(self) -> "_Scope":
        return replace(self, depth=self.depth + 1)


def _read(plain: object, scope: _Scope, place: str) -> Tree:
    if isinstance(plain, All | AnyOf | Not | FieldIs | Happened):
        return plain
    if scope.depth > DEEPEST:
        _refuse(place, f"nested deeper than {DEEPEST}", "make it flatter")
    if not isinstance(plain, Mapping):
        mend = "write {all: [...]}" if isinstance(plain, list | tuple) else _EXAMPLE
        _refuse(place, f"{shown(plain)} is not a condition", mend)
    forms = [form for form in _FORMS if form in plain]
    if len(forms) > 1:
        _refuse(place, f"{listed(forms)} cannot stand together", "put them into one {all: [...]}")
    known = (
        _FORMS[forms[0]].keys if forms else {key for form in _FORMS.values() for key in form.keys}
    )
    strange = [key for key in plain if not isinstance(key, str) or key not in known]
    if strange:
        _refuse(_under(place, strange[0]), "no such key in a condition", nearest(strange[0], known))
    if not forms:
        _refuse(place, "a condition without its subject", f"one of {listed(_FORMS)}")
    return _FORMS[forms[0]].read(plain, scope, place)


def _read_all(plain: Mapping[str, object], scope: _Scope, place: str) -> Tree:
    return All(_read_parts(plain["all"], scope, _under(place, "all")))


def _read_any(plain: Mapping[str, object], scope: _Scope, place: str) -> Tree:
    return AnyOf(_read_parts(plain["any"], scope, _under(place, "any")))


def _read_not(plain: Mapping[str, object], scope: _Scope, place: str) -> Tree:
    return Not(_read(plain["not"], scope.inside(), _under(place, "not")))


def _read_parts(parts: object, scope: _Scope, place: str) -> tuple[Tree, ...]:
    if not isinstance(parts, list | tuple):
        _refuse(place, f"{shown(parts)} is not a list of conditions", "write [{...}, {...}]")
    if not parts:
        # An empty `all` would be true of everybody, which nobody means.
        _refuse(place, "an empty list of conditions", "name at least one, or leave it out")
    found: list[Tree] = []
    faults: list[Fault] = []
    for index, part in enumerate(parts):
        try:
            found.append(_read(part, scope.inside(), _under(place, index)))
        except ConditionError as error:
            faults.extend(error.faults)
    if faults:
        raise ConditionError(*faults)
    return tuple(found)


def _read_field(plain: Mapping[str, object], scope: _Scope, place: str) -> Tree:
    field = plain["field"]
    if not isinstance(field, str) or not field.strip() or not storable(field) or len(field) > 200:
        _refuse(_under(place, "field"), f"{shown(field)} is not a field", "write its name")
    mend = scope.vocabulary.mend_field(field) if scope.vocabulary else None
    if mend is not None:
        _refuse(_under(place, "field"), f"there is no field {shown(field)}", mend)
    if "op" not in plain:
        _refuse(_under(place, "op"), "how to compare is missing", f"one of {listed(Op)}")
    op = _read_op(plain["op"], frozenset(Op), _under(place, "op"))
    value = _read_value(op, plain, place)
    closed = scope.vocabulary.values.get(field) if scope.vocabulary else None
    if closed is not None:
        _refuse_foreign(value, closed, _under(place, "value"))
    return FieldIs(field, op, value)


def _read_activity(plain: Mapping[str, object], scope: _Scope, place: str) -> Tree:
    if scope.vocabulary is None:
        _refuse(place, "an activity has no activities inside", "ask for a field of its body")
    kind = plain["activity"]
    if not isinstance(kind, str) or kind not in scope.vocabulary.kinds:
        mend = nearest(kind, scope.vocabulary.kinds)
        _refuse(_under(place, "activity"), f"there is no activity {shown(kind)}", mend)
    where = None
    if plain.get("where") is not None:
        inside = _Scope(None, scope.depth + 1)
        where = _read(plain["where"], inside, _under(place, "where"))
    op = _read_op(plain.get("op", Op.GTE), COUNTINGS, _under(place, "op"))
    count = plain.get("value", 1)
    if not _is_number(count) or not isinstance(count, int) or not 0 <= count <= MOST_COUNTED:
        _refuse(_under(place, "value"), f"{shown(count)} is not a count", "write a whole number")
    return Happened(str(kind), where, _read_within(plain, place), op, int(count))


def _read_within(plain: Mapping[str, object], place: str) -> timedelta | None:
    if plain.get("within") is None:
        return None
    try:
        return parse_duration(plain["within"])
    except DurationError as error:
        faults = [fault.under(_under(place, "within")) for fault in error.faults]
        raise ConditionError(*faults) from None


def _read_op(written: object, allowed: Collection[Op], place: str) -> Op:
    if not isinstance(written, str) or written not in list(allowed):
        _refuse(place, f"{shown(written)} does not compare this", nearest(written, list(allowed)))
    return Op(written)


def _read_value(op: Op, plain: Mapping[str, object], place: str) -> Value:
    place = _under(place, "value")
    if op in PRESENCES:
        if plain.get("value") is not None:
            _refuse(place, f"`{op}` compares with nothing", "leave the value out")
        return None
    value = plain.get("value")
    if op in LISTINGS:
        if not isinstance(value, list | tuple) or not 0 < len(value) <= LONGEST_LIST:
            _refuse(place, f"`{op}` needs a list", "write [DE, AT]")
        return tuple(_read_scalar(item, _under(place, index)) for index, item in enumerate(value))
    scalar = _read_scalar(value, place)
    if op in ORDERINGS and isinstance(scalar, bool):
        _refuse(place, "yes and no have no order", "use `eq`")
    if op is Op.STARTS_WITH and not isinstance(scalar, str):
        _refuse(place, f"{shown(scalar)} is not a text", "put it in quotes")
    return scalar


def _read_scalar(value: object, place: str) -> Scalar:
    if isinstance(value, date):  # YAML reads 2026-01-31 as a date, and a datetime is one as well
        return value.isoformat()
    if isinstance(value, bool):
        return value
    if _is_number(value):
        assert isinstance(value, int | float)
        return int(value) if isinstance(value, int) else float(value)
    if value is None or value == "":
        _refuse(place, "there is no value", "to ask whether it is missing use op `not_set`")
    if isinstance(value, list | tuple):
        _refuse(place, "a list where one value stands", "use `in` for several")
    if not isinstance(value, str) or not storable(value) or len(value) > LONGEST_TEXT:
        _refuse(place, f"{shown(value)} is not a value", "write a text, a number, true or false")
    return str(value)


def _is_number(value: object) -> bool:
    """A number that every store and every JSON reader can hold."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value.bit_length() < 64
    return isinstance(value, float) and math.isfinite(value)


def _refuse_foreign(value: Value, closed: Collection[str], place: str) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None and one not in closed:
            _refuse(place, f"there is no {shown(one)} here", nearest(one, closed))


def _under(place: str, step: object) -> str:
    word = shown(step)[1:-1]
    return f"{place}.{word}" if place else word


def _refuse(place: str, reason: str, mend: str) -> NoReturn:
    raise ConditionError(Fault(place, reason, mend))


@dataclass(frozen=True, slots=True)
class _Form:
    keys: Sequence[str]
    read: Callable[[Mapping[str, object], _Scope, str], Tree]


_FORMS: Mapping[str, _Form] = {
    "all": _Form(("all",), _read_all),
    "any": _Form(("any",), _read_any),
    "not": _Form(("not",), _read_not),
    "field": _Form(("field", "op", "value"), _read_field),
    "activity": _Form(("activity", "where", "within", "op", "value"), _read_activity),
}
