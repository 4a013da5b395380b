"""Every feature a model may be given: what it says, in what unit, and of which side of the score."""

from collections.abc import Iterator

from app.reference.tables import table
from scoring.features.denied import AFTERWARDS, BY_NATURE
from scoring.features.feature import NEVER, Feature
from scoring.features.registry import REGISTRY, VERSION
from scoring.features.tally import LOOKS_BACK

OPENING = f"""# Features

What a model may be told of a person, and nothing else; each is a pure function of what was known at an instant.
Version `{VERSION}`, made from the names and definitions; a card keeps the version it was trained against.
An act counts only if it had happened and was known by then, and for {LOOKS_BACK} days, today's in UTC among them.
Acts of suspected robots count only in `did.any.robot_share`.
A feature that has nothing to say is missing, never guessed.

No feature sees:

{{never}}

Two families have as many features as there are fields: `fields.NAME` is what people, files or a CRM said of the person, `account.fields.NAME` of the company.
A field is left out where {BY_NATURE}, or {AFTERWARDS}.
`allowed_features` of `scoring.yaml` lets one in all the same, with the reason, who decided, and when.
"""


def page() -> str:
    """All features, by family."""
    never = "\n".join(f"- {each}" for each in NEVER)
    return OPENING.format(never=never) + "".join(_families())


def _families() -> Iterator[str]:
    families: dict[str, list[Feature]] = {}
    for name, each in REGISTRY.items():
        families.setdefault(name.rpartition(".")[0], []).append(each)
    for family, some in families.items():
        rows = [[f"`{each.name}`", each.says, each.unit or "word", each.side] for each in some]
        yield f"\n## `{family}`\n\n" + table(["feature", "says", "unit", "side"], rows)
