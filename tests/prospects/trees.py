"""Random conditions, random people to look at, and a person made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from prospects.conditions.sight import dig
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
    Tree,
)

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
STAGES = ("awareness", "consideration", "evaluation", "decision", "customer")


@dataclass(frozen=True)
class Act:
    """One activity, so long ago."""

    kind: str
    ago: timedelta = timedelta(0)
    body: Mapping[str, object] = field(default_factory=dict)

    @property
    def happened_at(self) -> datetime:
        return NOW - self.ago


@dataclass(frozen=True)
class Buyer:
    """A person whose fields are a plain document."""

    fields: Mapping[str, object] = field(default_factory=dict)
    activities: Sequence[Act] = ()
    robots: Sequence[Act] = ()
    now: datetime = NOW
    stage_order: Sequence[str] = STAGES

    def value(self, field: str) -> object | None:
        return dig(self.fields, field)


FIELDS = ["country", "points", "stage", "account.domain", "fields.size", "fields.tags"]
KINDS = ["form", "click", "page_view"]

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
words = st.sampled_from(["DE", "de", "60", "-1.5", "true", "evaluation", "2026-01-31"]) | texts
numbers = st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
scalars = words | numbers | st.booleans()


@st.composite
def field_leaves(draw: st.DrawFn) -> FieldIs:
    name, op = draw(st.sampled_from(FIELDS)), draw(st.sampled_from(sorted(Op)))
    if op in PRESENCES:
        return FieldIs(name, op)
    if op in LISTINGS:
        return FieldIs(name, op, tuple(draw(st.lists(scalars, min_size=1, max_size=4))))
    if op in ORDERINGS:
        return FieldIs(name, op, draw(words | numbers))
    return FieldIs(name, op, draw(words if op is Op.STARTS_WITH else scalars))


def trees_over(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    return st.recursive(
        leaves,
        lambda held: (
            st.builds(All, st.lists(held, min_size=1, max_size=3).map(tuple))
            | st.builds(AnyOf, st.lists(held, min_size=1, max_size=3).map(tuple))
            | st.builds(Not, held)
        ),
        max_leaves=8,
    )


happenings = st.builds(
    Happened,
    st.sampled_from(KINDS),
    st.none() | trees_over(field_leaves()),
    st.none() | st.integers(0, 10**6).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(sorted(COUNTINGS)),
    st.integers(0, 4),
)
trees = trees_over(field_leaves() | happenings)

strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers() | st.sampled_from([10**4000, -(10**400)]),
    st.floats(),
    st.decimals() | st.just(Decimal("sNaN")),
    st.text(st.characters(codec=None), max_size=8) | words,
    st.binary(max_size=4),
    st.dates() | st.just(date.max),
    st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    st.just(object()),
)
values = st.recursive(
    strange,
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=4), held),
    max_leaves=6,
)
bodies = st.dictionaries(st.sampled_from([*FIELDS, "fields", "account"]), values)
buyers = st.builds(
    Buyer,
    bodies,
    st.lists(
        st.builds(Act, st.sampled_from(KINDS), st.timedeltas(timedelta(0), timedelta(60)), bodies),
        max_size=4,
    ),
)
