"""Whatever shape a platform's document takes, it is read or explained, and nothing of ours breaks."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from prospects.reading import UnreadableError
from tests.webhooks.bending import bent
from tests.webhooks.kinds import ENTRIES, NOW, PATH_TOKEN
from tests.webhooks.support import GENERIC, LINKEDIN, SECRETS, payload
from webhooks.adapter import Incoming, Item, Posted, Read, Refused, Reply, Thin, Trouble, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.leads import lead_of
from webhooks.polling import Cursor, Page
from webhooks.polls.registry import POLLS
from webhooks.sources import Source
from webhooks.told import of as told_of
from webhooks.written import read_source

META = {"kind": "meta_lead_ads", "secrets": ["s"], "verify_token": "v"}
GOOGLE = {"kind": "google_lead_form", "secrets": [SECRETS["google_key"]]}
SEGMENT = {"kind": "segment", "secrets": ["a-write-key"]}
EVENTS = {"kind": "cloudevents", "secrets": ["a-token"]}
POSTED: Mapping[str, dict[str, Any]] = {
    "meta/leadgen_batched.json": META,
    "linkedin/notification_created_sponsored.json": LINKEDIN,
    "google_ads/lead_pmax.json": GOOGLE,
    "tiktok/lead_webhook.json": ENTRIES["tiktok"],
    "snapchat/lead_webhook.json": ENTRIES["snapchat"],
    "typeform/form_response.json": ENTRIES["typeform"],
    "calendly/invitee_canceled_reschedule.json": ENTRIES["calendly"],
    "calendly/routing_form_submission_created.json": ENTRIES["calendly"],
    "hubspot/webhook_batch.json": ENTRIES["hubspot"],
    "webflow/form_submission_v2.json": ENTRIES["webflow"],
    "gravity_forms/all_fields_json.json": ENTRIES["gravity_forms"],
    "generic/zapier_make_n8n_lead.json": GENERIC,
    "segment/batch.json": SEGMENT,
    "cloudevents/batch.json": EVENTS,
}
FETCHED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "meta/lead_detail_paid.json": ("meta/leadgen_single.json", META),
    "linkedin/lead_form_response.json": ("linkedin/notification_created_sponsored.json", LINKEDIN),
    "tiktok/lead_get_response.json": ("tiktok/lead_webhook.json", ENTRIES["tiktok"]),
}
LISTED: Mapping[str, dict[str, Any]] = {
    "meta/leads_bulk_page.json": META,
    "linkedin/lead_form_responses_finder_decorated.json": LINKEDIN,
    "tiktok/lead_get_response.json": ENTRIES["tiktok"],
    "typeform/form_response.json": ENTRIES["typeform"],
    "calendly/invitee_created.json": ENTRIES["calendly"],
}
MANY, VERY_MANY = 200, 10_000


def source_of(entry: Mapping[str, Any]) -> Source:
    asked = {"access_token": "t", "pages": []}
    known = asked if entry["kind"] in {"tiktok_lead", "meta_lead_ads"} else {}
    return read_source({"slug": "api", **entry, **known})


def check(items: list[Item]) -> None:
    for item in items:
        if isinstance(item, Read):
            lead_of(item, "x")
            json.dumps(dict(item.body)).encode()
            assert item.happened_at <= NOW


def posted(file: str, count: int) -> None:
    random, document, source = Random(file), json.loads(payload(file)), source_of(POSTED[file])
    adapter = ADAPTERS[source.kind]
    headers = {"content-type": "application/cloudevents-batch+json", "x-token": "a-token"}
    for _ in range(count):
        body = bent(document, random)
        request = Incoming("POST", headers, {}, body, PATH_TOKEN, ("https://a.example/x",))
        assert isinstance(adapter.verify(request, source, NOW), Verified | Refused)
        try:
            check(adapter.parse(Posted(body, NOW, headers["content-type"]), source))
        except UnreadableError:
            continue  # kept, and shown with its reason


def fetched(file: str, count: int) -> None:
    random, document = Random(file), json.loads(payload(file))
    notification, entry = FETCHED[file]
    source = source_of(entry)
    (thin, *_) = ADAPTERS[source.kind].parse(Posted(payload(notification), NOW), source)
    assert isinstance(thin, Thin)
    told = told_of(thin)
    read_fetched = ADAPTERS[source.kind].read_fetched
    assert read_fetched is not None
    for _ in range(count):
        bodies = [told] * (told is not None) + [bent(document, random)]
        bodies += [payload("linkedin/lead_form.json")] if "linkedin" in file else []
        check([read_fetched(thin.ref, [each for each in bodies if each], source, NOW)])


def listed(file: str, count: int) -> None:
    random, document = Random(file), json.loads(payload(file))
    source = source_of(LISTED[file]).model_copy(update={"access_token": "t", "pages": ("7",)})
    poll = POLLS[source.kind]
    tasks = {"typeform": ("responses", "7", "{}"), "calendly": ("invited", "x/7", "{}")}
    task = tasks.get(source.kind, next(iter(poll.begin(source))))
    shape = {"typeform": {"items": [document.get("form_response")]}}
    shape["calendly"] = {"collection": [document.get("payload")]}
    for _ in range(count):
        body = bent(shape.get(source.kind, document), random)
        cursor = Cursor((task,), NOW - timedelta(days=1), NOW)
        try:
            page = poll.read(cursor, Reply(200, body), source)
        except UnreadableError:
            continue
        assert isinstance(page, Page | Trouble)
        for found in page.found if isinstance(page, Page) else ():
            again = json.dumps(found.document).encode()
            check(ADAPTERS[source.kind].parse(Posted(again, NOW), source))


EVERY: list[tuple[Callable[[str, int], None], str]] = [
    *((posted, file) for file in POSTED),
    *((fetched, file) for file in FETCHED),
    *((listed, file) for file in LISTED),
]


@pytest.mark.parametrize(("way", "file"), EVERY)
def test_two_hundred_bent_documents_are_read_or_explained(
    way: Callable[[str, int], None], file: str
) -> None:
    way(file, MANY)


@pytest.mark.soak
@pytest.mark.parametrize(("way", "file"), EVERY)
def test_ten_thousand_bent_documents_are_read_or_explained(
    way: Callable[[str, int], None], file: str
) -> None:
    way(file, VERY_MANY)
