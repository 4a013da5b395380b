"""Naughty strings as answers of each platform's forms: kept as they went in, whichever answer they are."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from prospects.texts import replace_unstorable
from tests.support.suites import suite
from tests.webhooks.support import LINKEDIN, SECRETS, a_source, payload
from webhooks.adapter import Item, Posted, Read
from webhooks.kinds import google_lead_form, linkedin_lead_gen, meta_lead_ads
from webhooks.leads import lead_of

NOW = datetime(2026, 11, 4, tzinfo=UTC)
Answered = Mapping[str, Any]


def google(document: Answered) -> Item:
    source = a_source(kind="google_lead_form", secrets=[SECRETS["google_key"]], auth=None)
    return google_lead_form.parse(Posted(json.dumps(document).encode(), NOW), source)[0]


def meta(document: Answered) -> Item:
    known = {"secrets": ["s"], "verify_token": "v", "access_token": "t", "auth": None}
    source = a_source(kind="meta_lead_ads", **known)
    body = json.dumps(document).encode()
    return meta_lead_ads.read_fetched(document["id"], [body], source, NOW)


def linkedin(document: Answered) -> Item:
    source = a_source(**LINKEDIN, auth=None)
    bodies = [json.dumps(document).encode(), payload("linkedin/lead_form.json")]
    ref = f"urn:li:leadGenFormResponse:{document['id']}"
    return linkedin_lead_gen.read_fetched(ref, bodies, source, NOW)


def googles(document: Any) -> list[tuple[Any, Any]]:
    return [(each, "string_value") for each in document["user_column_data"]]


def metas(document: Any) -> list[tuple[Any, Any]]:
    return [(each["values"], 0) for each in document["field_data"]]


def linkedins(document: Any) -> list[tuple[Any, Any]]:
    texts = [each["answerDetails"] for each in document["formResponse"]["answers"]]
    return [
        (each["textQuestionAnswer"], "answer") for each in texts if "textQuestionAnswer" in each
    ]


KINDS: dict[str, tuple[Callable[[Answered], Item], Callable[[Any], list[tuple[Any, Any]]]]] = {
    "google_ads/lead_search.json": (google, googles),
    "meta/lead_detail_paid.json": (meta, metas),
    "linkedin/lead_form_response.json": (linkedin, linkedins),
}


def everything(value: Any) -> Iterator[str]:
    """Every text within, keys as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from (key, *everything(each))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from everything(each)


@pytest.mark.parametrize("name", KINDS)
def test_whatever_somebody_answers_is_kept_as_they_wrote_it(name: str) -> None:
    read, answers = KINDS[name]
    naughty = [each for each in suite("04-blns/blns.json") if each.strip()]
    good = json.loads(payload(name))
    assert len(answers(good)) >= 5
    for turn in range(len(answers(good))):
        for text in naughty[turn % 2 :: 2]:
            document = json.loads(payload(name))
            where, key = answers(document)[turn]
            where[key] = text
            item = read(document)
            assert isinstance(item, Read), (text, item)
            lead = lead_of(item, "x")
            # A name may have come in two parts.
            kept = [lead] if isinstance(lead, str) else [*everything(vars_of(lead))]
            kept += everything(dict(item.body))
            wanted = str(replace_unstorable(text))
            assert any(wanted.strip() in each for each in kept) or _is_phone(lead, text), (
                text,
                kept,
            )


def vars_of(lead: Any) -> dict[str, Any]:
    person = {name: getattr(lead.person, name) for name in lead.person.__dataclass_fields__}
    ids = [each.key for each in lead.identities]
    return {**person, "account": dict(lead.account_fields), "ids": ids}


def _is_phone(lead: Any, text: str) -> bool:
    """Digits that make a phone number are kept in the form all phone numbers have."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    phones = [] if isinstance(lead, str) else [e.key for e in lead.identities if e.kind == "phone"]
    return bool(digits) and any(each.endswith(digits) for each in phones)
