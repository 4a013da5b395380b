"""A condition as SQL, as far as SQL can say it: whom it may hold for, so that few have to be looked at.

Comparing has rules that no database shares (`prospects.conditions.compare`), so the condition itself
stays the judge. `narrow` only leaves out people for whom it cannot hold; a test holds it to that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from prospects.conditions.compare import count_test, fold, ranked
from prospects.conditions.sight import BELIEFS
from prospects.conditions.tree import (
    COUNTINGS,
    All,
    AnyOf,
    FieldIs,
    Happened,
    Not,
    Op,
    Tree,
)
from prospects.ids import parse_id
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.words import ProspectWordsRow

Clause = ColumnElement[bool]
OF_HISTORY = frozenset({"verdict", "confirmed_stage"})
"""Fields that are read from what happened."""
SELECTIVE = frozenset({"account.domain", "email", "owner"})
"""Fields by which an index finds few people."""
_SLUGS: Mapping[str, InstrumentedAttribute[str | None] | InstrumentedAttribute[str]] = {
    "lifecycle": ProspectRow.lifecycle,
    "stage": ProspectRow.stage,
    "country": ProspectRow.country,
    "language": ProspectRow.language,
    "grade": ProspectRow.grade,
    "gate": ProspectRow.gate,
}
_NUMBERS = {
    "points": ProspectRow.points,
    "fit": ProspectRow.fit,
    "engagement": ProspectRow.engagement,
}
PROFILED = ProspectRow.unprofiled_at.is_(None)
"""Of others nothing is believed, whatever stands on their rows."""
_WORDS = frozenset({"name", "email", "company", "title"})
_NAMES = frozenset({Op.EQ, Op.IN})
_HOLDING = _NAMES | {Op.CONTAINS, Op.STARTS_WITH}


@dataclass(frozen=True, slots=True)
class Bounds:
    """`may`: everybody for whom it can hold, and perhaps more; `must`: some for whom it surely holds."""

    may: Clause
    must: Clause

    @property
    def reversed(self) -> "Bounds":
        return Bounds(not_(self.must), not_(self.may))


def narrow(tree: Tree, stages: Sequence[str], now: datetime) -> Clause:
    """The people for whom the condition may hold; `stages` in their order."""
    return _bounds(tree, stages, now).may


def asks_history(tree: Tree) -> bool:
    """Whether the condition asks for what happened, and not only for what stands on people's rows."""
    match tree:
        case All(of) | AnyOf(of):
            return any(asks_history(part) for part in of)
        case Not(of):
            return asks_history(of)
        case FieldIs(field):
            return field in OF_HISTORY
        case Happened():
            return True
        case _:
            assert_never(tree)


def is_said_by_rows(tree: Tree) -> bool:
    """Whether SQL says of everybody exactly what the condition says, so that it may count them."""
    match tree:
        case All(of) | AnyOf(of):
            return all(is_said_by_rows(part) for part in of)
        case Not(of):
            return is_said_by_rows(of)
        case FieldIs():
            bounds = _field(tree, ())
            return bounds.may is bounds.must
        case Happened():
            return False
        case _:
            assert_never(tree)


def is_selective(tree: Tree) -> bool:
    """Whether an index leads straight to those for whom it may hold."""
    match tree:
        case All(of):
            return any(is_selective(part) for part in of)
        case FieldIs(field, op):
            return field in SELECTIVE and op in _NAMES
        case _:
            return False


def _bounds(tree: Tree, stages: Sequence[str], now: datetime) -> Bounds:
    match tree:
        case All(of):
            parts = [_bounds(part, stages, now) for part in of]
            return Bounds(_every(p.may for p in parts), _every(p.must for p in parts))
        case AnyOf(of):
            parts = [_bounds(part, stages, now) for part in of]
            return Bounds(_some(p.may for p in parts), _some(p.must for p in parts))
        case Not(of):
            return _bounds(of, stages, now).reversed
        case FieldIs():
            return _field(tree, stages)
        case Happened():
            return Bounds(_happened(tree, now), false())
        case _:
            assert_never(tree)


def _every(parts: Iterable[Clause]) -> Clause:
    return and_(true(), *parts)


def _some(parts: Iterable[Clause]) -> Clause:
    return or_(false(), *parts)


def _field(leaf: FieldIs, stages: Sequence[str]) -> Bounds:
    """What SQL knows of a leaf; of what it does not know: anybody may, nobody must."""
    if leaf.field in _SLUGS:
        found = _slug(leaf, stages)
    elif leaf.field in _NUMBERS:
        found = _number(leaf)
    elif leaf.field == "warm" and leaf.op is Op.EQ and isinstance(leaf.value, bool):
        found = and_(PROFILED, ProspectRow.warm.is_(leaf.value))
    else:
        may = _holding(leaf)
        return Bounds(true() if may is None else may, false())
    return Bounds(true(), false()) if found is None else Bounds(found, found)


def _slug(leaf: FieldIs, stages: Sequence[str]) -> Clause | None:
    """Closed words, which are stored as plain ASCII."""
    column = _SLUGS[leaf.field]
    known = and_(column.is_not(None), column != "")
    if leaf.field in BELIEFS:
        known = and_(PROFILED, known)
    match leaf.op:
        case Op.IS_SET:
            return known
        case Op.NOT_SET:
            return not_(known)
        case Op.GT | Op.GTE | Op.LT | Op.LTE if leaf.field == "stage":
            holds = ranked(leaf.op, leaf.value)
            return and_(known, column.in_([each for each in stages if holds(each, stages)]))
        case Op.EQ | Op.IN | Op.NE | Op.NOT_IN if (asked := _plain(leaf)) is not None:
            equal = func.lower(func.coalesce(column, "")).in_(asked)
            return and_(known, equal if leaf.op in _NAMES else not_(equal))
        case _:
            return None


def _plain(leaf: FieldIs) -> list[str] | None:
    """The texts a leaf names, as they are compared; None if one is no plain word."""
    many = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    texts = [each for each in many if isinstance(each, str) and each.isascii()]
    return [fold(each).strip() for each in texts] if len(texts) == len(many) else None


def _number(leaf: FieldIs) -> Clause | None:
    column, asked = _NUMBERS[leaf.field], leaf.value
    if isinstance(asked, bool) or not isinstance(asked, int | float) or abs(asked) > 10**9:
        return None
    compared: dict[Op, Clause] = {
        Op.EQ: column == asked,
        Op.NE: column != asked,
        Op.GT: column > asked,
        Op.GTE: column >= asked,
        Op.LT: column < asked,
        Op.LTE: column <= asked,
    }
    found = compared.get(leaf.op)
    return None if found is None else and_(PROFILED, found)


def _holding(leaf: FieldIs) -> Clause | None:
    """Whom one of the texts that are asked for can be found at."""
    many = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    texts = [fold(each).strip() for each in many if isinstance(each, str)]
    if len(texts) != len(many) or not all(texts):
        return None
    if leaf.field in _WORDS and leaf.op in _HOLDING:
        row = ProspectWordsRow
        held = or_(*(row.words.contains(each, autoescape=True) for each in texts))
        return ProspectRow.id.in_(select(row.prospect_id).where(held))
    if leaf.field == "account.domain" and leaf.op in _NAMES:
        companies = select(AccountRow.id).where(func.lower(AccountRow.domain).in_(texts))
        plain = select(AccountRow.id).where(AccountRow.domain.in_(texts))
        return ProspectRow.account_id.in_(plain if all(map(str.isascii, texts)) else companies)
    ids = [parse_id(each) for each in texts]
    if leaf.field == "owner" and leaf.op in _NAMES and all(ids):
        return ProspectRow.owner_id.in_(ids)
    return None


def _happened(leaf: Happened, now: datetime) -> Clause:
    if leaf.op not in COUNTINGS or count_test(leaf.op, leaf.value)(0):
        return true()
    since = _since(now, leaf.within)
    asked = [
        ActivityRow.kind == leaf.activity,
        *([] if since is None else [ActivityRow.happened_at >= since]),
    ]
    own = select(ActivityRow.id).where(ActivityRow.prospect_id == ProspectRow.id, *asked)
    # What somebody did whom they absorbed is theirs as well.
    its = aliased(ProspectRow)
    merged = select(ActivityRow.id).join(its, its.id == ActivityRow.prospect_id)
    merged = merged.where(its.absorbed_by == ProspectRow.id, *asked)
    return or_(own.exists(), merged.correlate(ProspectRow).exists())


def _since(now: datetime, within: timedelta | None) -> datetime | None:
    try:
        return None if within is None else now - within
    except OverflowError:
        return None
