"""The values a mail can speak of, taken from what we know of a person. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from prospects.member import Member
from prospects.values import Company, Person

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def values_of(
    who: Person, account: Company | None, owner: Member | None, *, unsubscribe_url: str
) -> dict[str, Any]:
    """What templates may use; a name that is not known is absent, never None and never empty.

    So `{{ first_name }}` of a person without one is an error that holds the mail, and
    `{{ first_name | default('there') }}` is not.
    """
    person = _known(
        {
            "email": who.email,
            "name": _flat(who.name),
            "first_name": (_flat(who.name) or "").partition(" ")[0],
            "title": _flat(who.title),
            "company": _flat(who.company) or _flat(account.name if account else None),
            "country": who.country,
            "language": who.language,
        }
    )
    fields = _known({str(key): value for key, value in who.fields.items()})
    about = _known({"name": account.name, "domain": account.domain}) if account else {}
    return _known(
        {
            **person,
            "person": {**person, "fields": fields},
            "prospect": {**person, "fields": fields},
            "fields": fields,
            "account": about,
            "owner": {"name": owner.name, "email": owner.email} if owner else {},
            "unsubscribe_url": unsubscribe_url,
            "unsubscribe": unsubscribe_url,
        }
    )


def _flat(text: str | None) -> str | None:
    """A name is one line without control characters, whatever was typed into the form."""
    return " ".join(_CONTROLS.sub(" ", text).split()) if text else None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value != ""}
