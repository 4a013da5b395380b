"""Answers under our names become what is known about somebody, whichever platform asked. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from webhooks.adapter import About

PERSON = frozenset(
    {"email", "phone", "name", "title", "company", "domain", "country", "zone", "language"}
)
LONGEST_NAME = 80


def as_field(text: str) -> str:
    """A question's text as the name of a field: "When do you buy?" is fields.when_do_you_buy."""
    return "fields." + (re.sub(r"\W+", "_", text.lower()).strip("_")[:LONGEST_NAME] or "answer")


def about(named: Mapping[str, Any], *, ids: Mapping[str, str]) -> About:
    """Who they are, from answers named as `map` names them (`email`, `account.x`, `fields.x`).

    Work addresses and numbers go before private ones, which are kept as fields.
    """
    values = dict(named)
    for work, plain in (("work_email", "email"), ("work_phone", "phone")):
        if work in values and plain in values:
            values[f"fields.personal_{plain}"] = values[plain]
        if work in values:
            values[plain] = values.pop(work)
    parts = [str(values.pop(name, "")).strip() for name in ("first_name", "last_name")]
    values.setdefault("name", " ".join(part for part in parts if part))
    person = {name: str(values.pop(name)) for name in PERSON & set(values) if values[name]}
    account = {
        name.removeprefix("account."): value
        for name, value in values.items()
        if name.startswith("account.")
    }
    fields = {
        name.removeprefix("fields."): value
        for name, value in values.items()
        if value and not name.startswith("account.")
    }
    return About(**person, ids=ids, fields=fields, account_fields=account)
