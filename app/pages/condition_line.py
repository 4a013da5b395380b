"""One line of a condition that is put together: how it is typed, what it means, and back. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.pages.condition_words import DID, HAPPENED, NEVER, NUMBERS, YES_OR_NO
from app.pages.mistake import Mistake
from prospects.conditions import ConditionError, Tree, parse, to_plain
from prospects.conditions.compare import fold, number_of
from prospects.conditions.tree import LISTINGS, PRESENCES, FieldIs, Happened, Not, Op
from prospects.conditions.vocabulary import STANDARD, Vocabulary
from prospects.durations import format_duration
from prospects.faults import Fault

_YES = {"yes": True, "true": True, "no": False, "false": False}
_LASTING = re.compile(r"([0-9]{1,4})\s*(d|days?|w|weeks?|h|hours?)?", re.IGNORECASE)
_MARKED = re.compile(r"`([^`]*)`")
_PARTS = {"activity": "field", "field": "field", "op": "op"}
_DOES = {HAPPENED: True, Op.EQ: True, Op.IS_SET: True, NEVER: False, Op.NE: False, Op.NOT_SET: False}  # fmt: skip


class Line(NamedTuple):
    """One line as it was typed: what is asked for, how it is compared, and with what."""

    field: str = ""
    op: str = ""
    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.field or self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a condition may speak of here, and what people call it.

    `names`: by field, what somebody may type (folded) and the value it stands for; `custom` fields
    came with forms.
    """

    vocabulary: Vocabulary = STANDARD
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    custom: Sequence[str] = ()


class SlipError(ValueError):
    """This line means nothing; `part` is the field, op or value that is wrong."""

    def __init__(self, part: str, reason: str, mend: str = "") -> None:
        super().__init__(reason)
        self.part = part
        self.mistake = Mistake(reason=reason, mend=mend)


def plain_of(line: Line, known: Known) -> dict[str, Any]:
    """The condition this line means. Raises SlipError."""
    if not line.field:
        raise SlipError("field", "What to look at is missing.", "Choose it, or empty the value.")
    plain = _act(line) if line.field.startswith(DID) else _field(line, known)
    try:
        return to_plain(parse(plain, known.vocabulary))
    except ConditionError as error:
        raise _slip(error.faults[0]) from None


def _slip(fault: Fault) -> SlipError:
    last = next((part for part in fault.place.split(".") if part != "not"), "value")
    return SlipError(_PARTS.get(last, "value"), f"{_said(fault.reason)}.", _said(fault.mend))


def _said(text: str) -> str:
    """A half sentence for people: a capital first, and no marks of code."""
    return _MARKED.sub("“\\1”", f"{text[:1].upper()}{text[1:]}")


def _act(line: Line) -> dict[str, Any]:
    does = _DOES.get(line.op or HAPPENED)
    if does is None:
        raise SlipError("op", "Something they did either happened or did not.", "Choose one of these.")  # fmt: skip
    act = {"activity": line.field.removeprefix(DID)}
    if line.value:
        lasting = _LASTING.fullmatch(line.value)
        act["within"] = f"{lasting[1]}{(lasting[2] or 'd')[0].lower()}" if lasting else line.value
    return act if does else {"not": act}


def _field(line: Line, known: Known) -> dict[str, Any]:
    op = line.op or Op.EQ
    if op in (HAPPENED, NEVER):
        raise SlipError("op", "A field does not happen.", "Choose how it compares.")
    if op in PRESENCES:
        return {"field": line.field, "op": op}
    if not line.value:
        raise SlipError("value", "What to compare it with is missing.", "Or choose “is known”.")
    if op in LISTINGS:
        many = [each.strip() for each in line.value.split(",") if each.strip()]
        value = [_value(line.field, each, known) for each in many]
        return {"field": line.field, "op": op, "value": value}
    return {"field": line.field, "op": op, "value": _value(line.field, line.value, known)}


def _value(name: str, typed: str, known: Known) -> str | int | float | bool:
    meant = known.names.get(name, {}).get(fold(typed).strip(), typed)
    if name in YES_OR_NO:
        if fold(typed) not in _YES:
            raise SlipError("value", f"“{typed[:40]}” is neither yes nor no.", "Write yes or no.")
        return _YES[fold(typed)]
    if name in NUMBERS:
        number = number_of(typed)
        if number is None:
            raise SlipError("value", f"“{typed[:40]}” is no number.", "Write digits, like 60.")
        return number if isinstance(number, int) else float(number)
    return meant


def line_of(part: Tree, known: Known) -> Line | None:
    """The line that would say this; None if none can."""
    match part:
        case FieldIs(name, op, value):
            many = value if isinstance(value, tuple) else (() if value is None else (value,))
            return Line(name, op.value, ", ".join(_spoken(name, each, known) for each in many))
        case Happened(where=None, op=Op.GTE, value=1):
            return _happened(part, HAPPENED)
        case Not(Happened(where=None, op=Op.GTE, value=1) as act):
            return _happened(act, NEVER)
        case _:
            return None


def _happened(act: Happened, op: str) -> Line:
    return Line(f"{DID}{act.activity}", op, format_duration(act.within) if act.within else "")


def _spoken(name: str, value: object, known: Known) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    names = known.names.get(name, {})
    return next((typed for typed, meant in names.items() if meant == value), str(value))
