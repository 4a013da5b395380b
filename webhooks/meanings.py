"""What fields that a source brings under names of its own mean, as the browser or a file said. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, field_validator

from prospects.faults import Fault, nearest, shown
from prospects.shapes import faulty
from webhooks.adapter import About, Item, Read
from webhooks.documents import spoken

KIND = "meaning"
"""The documents of the workspace that hold them, as `FieldMeanings` writes them, by their source's slug."""
OWN = ("name", "title", "company", "country", "zone", "language")
"""What a field may turn out to be of a person; nobody is recognised by any of it."""
KEPT = "kept"
"""It means what it is called: a field of the person's own."""
COMPANY = "account."
MOST = 500
"""Fields of one source that mean something; a form has dozens."""
Meanings = Mapping[str, str]
"""The name of a person's field to what it means: one of OWN, `account.NAME`, or KEPT."""


class FieldMeanings(BaseModel):
    """What the fields of one source mean; from now on, and for whoever came by it before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(description="the source's")
    fields: dict[str, str] = Field(
        max_length=MOST,
        description="the sender's name to one of "
        + ", ".join(f"`{each}`" for each in OWN)
        + f", `{COMPANY}NAME`, or `{KEPT}` for what it is called",
    )

    @field_validator("fields")
    @classmethod
    def _meant(cls, fields: dict[str, str]) -> dict[str, str]:
        strange = [(name, to) for name, to in fields.items() if not is_target(to)]
        good = (*OWN, f"{COMPANY}NAME", KEPT)
        if strange:
            raise faulty(
                *(
                    Fault(name, f"a field cannot mean {shown(to)}", nearest(to, good))
                    for name, to in strange
                )
            )
        return fields


def is_target(text: str) -> bool:
    """Whether a field can mean this."""
    name = text.removeprefix(COMPANY)
    company = text.startswith(COMPANY) and 0 < len(name) <= 80 and name.isprintable()
    return text in OWN or text == KEPT or company


def meant(item: Item, meanings: Meanings) -> Item:
    """The item with its fields where they belong; what is said otherwise already stands."""
    if not isinstance(item, Read) or not meanings.keys() & item.about.fields.keys():
        return item
    return replace(item, about=_about(item.about, meanings))


def _about(about: About, meanings: Meanings) -> About:
    fields, company = dict(about.fields), dict(about.account_fields)
    own: dict[str, str] = {}
    for name, target in meanings.items():
        if name not in fields or target == KEPT:
            continue
        if target.startswith(COMPANY):
            company.setdefault(target.removeprefix(COMPANY), fields.pop(name))
        elif not getattr(about, target) and target not in own and (text := spoken(fields[name])):
            own[target] = text
            del fields[name]
    return replace(replace(about, **own), fields=fields, account_fields=company)  # type: ignore[arg-type]
