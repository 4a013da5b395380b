"""The values a mail can speak of, taken from what we know of a person. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.member import Member
from prospects.values import Snapshot


def values_of(seen: Snapshot, owner: Member | None, *, unsubscribe_url: str) -> dict[str, Any]:
    """What templates may use; a name that is not known is absent, never None and never empty.

    So `{{ first_name }}` of a person without one is an error that holds the mail, and
    `{{ first_name | default('there') }}` is not.
    """
    person = _known(
        {
            "email": seen.person.email,
            "name": _flat(seen.person.name),
            "first_name": (_flat(seen.person.name) or "").partition(" ")[0],
            "title": _flat(seen.person.title),
            "company": _company(seen),
            "country": seen.person.country,
            "language": seen.person.language,
        }
    )
    fields = _known({str(key): value for key, value in seen.person.fields.items()})
    account = seen.company
    about = _known({"name": account.name, "domain": account.domain}) if account else {}
    return _known(
        {
            **person,
            "person": {**person, "fields": fields},
            "prospect": {**person, "fields": fields},
            "fields": fields,
            "account": about,
            "owner": {"name": owner.name, "email": owner.email} if owner else None,
            "unsubscribe_url": unsubscribe_url,
            "unsubscribe": unsubscribe_url,
        }
    )


def _company(seen: Snapshot) -> str | None:
    named = seen.company.name if seen.company else None
    return _flat(seen.person.company) or _flat(named)


def _flat(text: str | None) -> str | None:
    """A name is one line, whatever was typed into the form."""
    return " ".join(text.split()) if text else None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value != ""}
