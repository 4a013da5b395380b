"""What a source's page says of fields that nobody said the meaning of, and what each probably means."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.importing.columns import meaning_of, named
from app.pages.source_views import Field
from webhooks import unmapped
from webhooks.meanings import COMPANY, KEPT, OWN
from webhooks.sources import Source

MOST = 50
LONGEST_EXAMPLE = 60
CALLED = {
    "name": "The person's name",
    "title": "Job title",
    "company": "Company",
    "country": "Country",
    "zone": "Time zone",
    "language": "Language",
    KEPT: "Just what it is called",
}
_COMPANY_S = ("company_", "account_", "organisation_", "organization_", "employees", "industry")


def of(session: Session, source: Source | None) -> Sequence[Field]:
    """The fields of a source that mean nothing yet, the most frequent first."""
    found = unmapped.of(session, source)[:MOST] if source else []
    return [
        Field(
            name=each.name,
            count=each.count,
            example=each.example[:LONGEST_EXAMPLE],
            target=_guess(each.name),
            options=_options(each.name),
        )
        for each in found
    ]


def said(session: Session, slug: str) -> list[tuple[str, str]]:
    """Fields that were given a meaning here, each with it in words."""
    return [(name, _called(to)) for name, to in sorted(unmapped.meanings(session, slug).items())]


def _options(name: str) -> list[tuple[str, str]]:
    company = f"{COMPANY}{named(name)}"
    own = [(each, CALLED[each]) for each in OWN]
    return [*own, (company, _called(company)), (KEPT, CALLED[KEPT])]


def _called(target: str) -> str:
    return CALLED.get(target) or f"The company's field {target.removeprefix(COMPANY)}"


def _guess(name: str) -> str:
    plain = name.lower().replace(" ", "_").replace("-", "_")
    ours = meaning_of(name)
    if ours in OWN:
        return ours
    return f"{COMPANY}{named(name)}" if plain.startswith(_COMPANY_S) else KEPT
