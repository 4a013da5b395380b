"""What the fields, acts and comparisons of conditions are called where a condition is put together. Pure."""

from collections.abc import Mapping, Sequence

from app.pages.flow_words import act_in_words
from prospects.conditions.explain import Called
from prospects.conditions.tree import Op
from prospects.kinds import OUTSIDE, Kind

DID = "did:"
"""Leads the name of an act where a field could stand."""
HAPPENED, NEVER = "happened", "never"

Choices = Sequence[tuple[str, str]]
Groups = Sequence[tuple[str, Choices]]

_FIELDS: Mapping[str, Mapping[str, str]] = {
    "Where they stand": {
        "lifecycle": "where we are",
        "stage": "buying stage, as marketing says",
        "confirmed_stage": "buying stage, as the rep found",
        "verdict": "what the rep found",
        "warm": "warm (yes or no)",
        "points": "points",
        "grade": "grade",
        "fit": "fit",
        "engagement": "engagement",
        "confidence": "how sure marketing is (0 to 1)",
        "owner": "in whose hands (e-mail)",
        "tags": "tags",
        "gate": "kept from sales by",
    },
    "The person": {
        "title": "title",
        "seniority": "seniority",
        "function": "function",
        "country": "country",
        "language": "language",
        "zone": "time zone",
        "name": "name",
        "email": "e-mail",
        "email.domain": "e-mail, behind the @",
        "email.free_mail": "writes from a free-mail address (yes or no)",
        "email.disposable": "writes from a throw-away address (yes or no)",
        "phone": "phone",
    },
    "The company": {
        "company": "company, as they wrote it",
        "account.name": "company, as we know it",
        "account.domain": "domain",
        "account.industry": "industry",
        "account.employees": "employees",
        "account.revenue": "revenue",
        "account.owner": "whose account (e-mail)",
    },
}
VALUES: Mapping[str, str] = {
    "c_level": "head of the company",
    "vp": "vice president",
    "director": "director",
    "manager": "manager",
}
"""How high somebody stands, as a marketer would write it."""
CALLED = Called(
    {name: words.partition(" (")[0] for group in _FIELDS.values() for name, words in group.items()},
    VALUES,
)
"""What fields and values are called within a sentence."""
_FIRST = (
    Kind.FORM, Kind.PAGE_VIEW, Kind.CLICK, Kind.REPLY, Kind.DOWNLOAD, Kind.WEBINAR, Kind.MEETING, Kind.CALL,
)  # fmt: skip

COMPARISONS: Groups = (
    (
        "A field",
        (
            (Op.EQ, "is"),
            (Op.NE, "is not"),
            (Op.IN, "is one of (with commas)"),
            (Op.NOT_IN, "is none of (with commas)"),
            (Op.CONTAINS, "contains"),
            (Op.STARTS_WITH, "begins with"),
            (Op.GTE, "is at least"),
            (Op.LTE, "is at most"),
            (Op.GT, "is more than"),
            (Op.LT, "is less than"),
            (Op.IS_SET, "is known"),
            (Op.NOT_SET, "is not known"),
        ),
    ),
    (
        "Something they did",
        ((HAPPENED, "happened in the last … (30d)"), (NEVER, "not in the last … (30d)")),
    ),
)

YES_OR_NO = frozenset({"warm", "email.free_mail", "email.disposable"})
NUMBERS = frozenset({"points", "fit", "engagement", "confidence"})


def subjects(custom: Sequence[str], typed: Sequence[str] = ()) -> Groups:
    """All that can be asked for, by group; `custom` fields came with forms, `typed` is kept as it is."""
    groups = [(name, tuple(fields.items())) for name, fields in _FIELDS.items()]
    rest = sorted(Kind(kind) for kind in Kind if kind not in _FIRST and kind in OUTSIDE)
    ours = sorted(Kind(kind) for kind in Kind if kind not in OUTSIDE)
    acts = tuple((f"{DID}{kind}", act_in_words(kind)) for kind in (*_FIRST, *rest))
    groups += [("What they did", acts)]
    groups += [("What we did", tuple((f"{DID}{kind}", act_in_words(kind)) for kind in ours))]
    if custom:
        asked = tuple((name, name.removeprefix("fields.")) for name in custom)
        groups.insert(3, ("What forms asked", asked))
    known = {value for _, choices in groups for value, _ in choices}
    if more := tuple((name, name) for name in dict.fromkeys(typed) if name and name not in known):
        groups.append(("As written", more))
    return groups
