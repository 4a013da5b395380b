"""Every feature there is, by name, and the version that cards are trained against. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping

from scoring.card.terms import Side, Value
from scoring.features import acts, facts
from scoring.features.denied import why_denied
from scoring.features.feature import NEVER, Feature, Of, Sort
from scoring.features.known import Known
from scoring.features.tally import LOOKS_BACK
from scoring.features.values import value_of
from scoring.written.features import AllowedFeature

REVISION = 1
"""Raise it when a feature comes to say something else under the same words; a test knows what they say."""
FIELD, ACCOUNT_FIELD = "fields.", "account.fields."
"""Behind these stands whatever a form, a file or a CRM brought along."""
READ_ALREADY = frozenset({"employees", "industry"})
"""Fields of companies that have a feature of their own."""

REGISTRY: Mapping[str, Feature] = {
    each.name: each for each in (*facts.features(), *acts.features())
}


def feature(name: str) -> Feature | None:
    """The feature of this name, also of a field (`fields.budget`, `account.fields.region`); None if there can be none."""
    if name in REGISTRY:
        return REGISTRY[name]
    if name.startswith(FIELD) and len(name) > len(FIELD):
        return _field(name, f"What they or a file said under “{name[len(FIELD) :]}”")
    if name.startswith(ACCOUNT_FIELD) and len(name) > len(ACCOUNT_FIELD):
        says = f"What is known of their company under “{name[len(ACCOUNT_FIELD) :]}”"
        return _field(name, says)
    return None


def values(
    seen: Known,
    names: Collection[str] | None = None,
    *,
    allowed: Iterable[AllowedFeature] = (),
) -> dict[str, Value]:
    """What every feature says of this person, or these; None where it says nothing.

    Fields that are denied are left out, unless a recorded decision allows them.
    """
    wanted = names if names is not None else (*REGISTRY, *fields_of(seen))
    decided = {each.name for each in allowed}
    return {
        name: _value(seen, name) for name in wanted if name in decided or why_denied(name) is None
    }


def reader_of(name: str, *, allowed: Iterable[AllowedFeature] = ()) -> Of:
    """How to read this one feature, as `values` does; None for whoever it says nothing of."""
    decided = {each.name for each in allowed}
    if name not in decided and why_denied(name) is not None:
        return lambda _: None
    known = REGISTRY.get(name)
    return known.of if known is not None else lambda seen: _value(seen, name)


def fields_of(seen: Known) -> list[str]:
    """The names of features that this person's fields and their company's have."""
    theirs = [f"{FIELD}{name}" for name in seen.person.fields]
    if seen.company is None:
        return theirs
    told = (name for name in seen.company.fields if name not in READ_ALREADY)
    return [*theirs, *(f"{ACCOUNT_FIELD}{name}" for name in told)]


def _value(seen: Known, name: str) -> Value:
    known = REGISTRY.get(name)
    if known is not None:
        return known.of(seen)
    if name.startswith(FIELD):
        return value_of(seen.person.fields.get(name[len(FIELD) :]))
    if name.startswith(ACCOUNT_FIELD) and seen.company:
        return value_of(seen.company.fields.get(name[len(ACCOUNT_FIELD) :]))
    return None


def _field(name: str, says: str) -> Feature:
    return Feature(
        name=name,
        side=Side.FIT,
        sort=Sort.WORD,
        unit="",
        says=says,
        of=lambda seen: _value(seen, name),
        blind_to=NEVER,
    )


def _version() -> str:
    told = [
        (each.name, each.side, each.sort, each.unit, each.says, each.rising)
        for each in REGISTRY.values()
    ]
    meaning = [REVISION, LOOKS_BACK, acts.HALF_LIVES, facts.BANDS]
    return f"features-{_hash(meaning)[:6]}-{_hash(told)[:12]}"


def means_the_same(version: str) -> bool:
    """Whether a card that was trained against this version can be read today.

    The first part of a version is what figures mean at all, the second the list of features and their
    words: features that came, went or were worded anew leave the others what they were.
    """
    return version.rpartition("-")[0] == VERSION.rpartition("-")[0]


def _hash(told: object) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


VERSION = _version()
"""Made from the names and definitions: a card says against which it was trained."""
