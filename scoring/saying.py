"""A card's terms in words a marketer understands: what the buyer did and when, who they are, what we do not know. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from prospects.ids import ActivityId
from prospects.kinds import Kind
from prospects.values import Activity, Reason
from scoring.by_rules.words import did, one_line
from scoring.card.terms import Value
from scoring.features.registry import REGISTRY

ACTS_NAMED = 20

_NEVER = {
    Kind.FORM: "Never sent a form",
    Kind.PAGE_VIEW: "Never looked at our pages",
    Kind.CLICK: "Never clicked a link in a mail",
    Kind.OPEN: "Never opened a mail",
    Kind.REPLY: "Never replied to a mail",
    Kind.DOWNLOAD: "Never downloaded anything",
    Kind.WEBINAR: "Never took part in a webinar",
    Kind.EVENT: "Never came to an event",
    Kind.CHAT: "Never chatted with us",
    Kind.CALL: "Never talked with us on the phone",
    Kind.MEETING: "Never made an appointment",
    Kind.TRIAL: "Never started a trial",
    Kind.PURCHASE: "Never bought from us",
    Kind.AD_CLICK: "Never clicked an ad",
}
_KINDS = {str(kind): kind for kind in Kind}
_ANY = "any"
"""Stands for all kinds together in the names of features."""
_ASPECTS = {
    "count": "",
    "hours_since": " (how long ago that is)",
    "days_since_first": " (since when)",
    "active_days": " (on how many days)",
    "kinds": " (how many different things)",
    "robot_share": " (how much of it a program may have done)",
    "in_hours_share": " (how much of it in working hours)",
    "weekend_share": " (how much of it on weekends)",
}
_OWN = {
    "points.fit": "Your points for who they are",
    "points.engagement": "Your points for what they did",
}

Line = tuple[str, Value, float]
Base = tuple[str, tuple[ActivityId, ...]]


def said(lines: Iterable[Line], own: Sequence[Activity]) -> list[Reason]:
    """One reason a term that says something; `own` are the buyer's acts in order of time."""
    by_kind: defaultdict[str, list[Activity]] = defaultdict(list)
    for act in own:
        by_kind[act.kind].append(act)
    bases: dict[str, Base] = {}
    found = []
    for feature, value, share in lines:
        if not share:
            continue
        kind, aspect = _act_of(feature)
        if kind is None:
            found.append(Reason(_of_them(feature, value), feature, share))
            continue
        if kind not in bases:
            bases[kind] = _base(kind, own if kind == _ANY else by_kind[kind])
        text, acts = bases[kind]
        found.append(Reason(text + aspect, feature, share, acts))
    return found


def told(reasons: Sequence[Reason]) -> list[Reason]:
    """The same with all that is said of one thing as one line: how often, how lately and how long ago are one."""
    kept: dict[str, Reason] = {}
    for each in reasons:
        subject = subject_of(each.term)
        before = kept.get(subject)
        if before is None:
            text = each.text.removesuffix(_act_of(each.term)[1])
            kept[subject] = Reason(text, subject, each.value, each.activities)
            continue
        kept[subject] = Reason(before.text, subject, before.value + each.value, before.activities)
    return list(kept.values())


def named(feature: str) -> str:
    """What a feature is called, whatever its value."""
    return _says(feature)[0]


def never(kind: Kind) -> str:
    """That somebody did no such thing at all."""
    return _NEVER.get(kind, f"Never did “{kind.replace('_', ' ')}”")


def subject_of(term: str) -> str:
    """What a term is about: `did.form.count` and `did.form.recent_7d` are both about forms."""
    kind, _ = _act_of(term)
    return term if kind is None else f"did.{kind}"


@lru_cache(maxsize=1024)
def _act_of(feature: str) -> tuple[str | None, str]:
    """The kind of act a feature counts, if it counts any, and what it says of it."""
    start, _, rest = feature.partition(".")
    kind, _, aspect = rest.partition(".")
    if start != "did" or kind not in {*_KINDS, _ANY}:
        return None, ""
    return kind, _ASPECTS.get(aspect, " (how lately)")


def _base(kind: str, acts: Sequence[Activity]) -> Base:
    named = tuple(act.id for act in acts[-ACTS_NAMED:])
    if kind == _ANY:
        return did(acts, "Did something") if acts else "Never did anything", named
    if not acts:
        return never(_KINDS[kind]), ()
    return did(acts), named


def _of_them(name: str, value: Value) -> str:
    says, unit = _says(name)
    if value is None:
        return f"We do not know {says[:1].lower()}{says[1:]}"
    return f"{says}: {_value(value, unit)}"


@lru_cache(maxsize=1024)
def _says(name: str) -> tuple[str, str]:
    """What a feature says in words, and its unit; of a field the name it was given."""
    known = REGISTRY.get(name)
    if known is None:
        return f"“{one_line(name.partition('.')[2] or name)}”", ""
    return _OWN.get(name, known.says), known.unit


def _value(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return one_line(value[:500]).replace("_", " ")
    if unit == "share":
        return f"{value:.0%}"
    return f"{round(value, 1):,g}"
