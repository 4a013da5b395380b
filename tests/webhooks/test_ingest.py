"""From kept bytes to people and their history: each item its own fate, each effect once."""

import json
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock
from app.door import perform, reading
from app.jobs.topics import erase
from prospects.ids import CaptureId, DeliveryId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ConsentRow
from prospects.topics import Topic
from tests.webhooks.support import GENERIC, SECRET_KEY, Site, a_source, lead
from webhooks.adapter import About, Posted, Read
from webhooks.fates import Fresh
from webhooks.generic_items import read_item
from webhooks.ingest import ingest, replay
from webhooks.kinds.generic_json import parse
from webhooks.record import record
from webhooks.rows import DeliveryRow


def promised(site: Site, topic: Topic) -> list[str]:
    with reading(site.database) as session:
        query = select(MessageRow.ref).where(MessageRow.topic == topic)
        return list(session.execute(query).scalars())


def test_a_lead_becomes_a_person_with_a_history_and_a_look_is_promised(site: Site) -> None:
    site.configure(**GENERIC, campaign="spring", map={"size": "account.employees"})
    happened = "2026-02-01T08:30:00+01:00"
    site.post(
        lead(
            form="demo",
            at=happened,
            size=200,
            budget="10k",
            consent=[{"topic": "newsletter", "text": "Yes, write to me", "at": happened}],
        )
    )
    site.read()
    (person,) = site.people()
    assert (person.email, person.name, person.company) == (
        "mia@nordwind.example",
        "Mia Wolf",
        "Nordwind GmbH",
    )
    assert person.fields == {"budget": "10k"}
    (activity,) = site.activities()
    assert activity.kind == "form"
    assert activity.happened_at == datetime(2026, 2, 1, 7, 30, tzinfo=UTC)
    assert activity.body == {"form": "demo", "campaign": "spring", "fields": {"budget": "10k"}}
    (delivery,) = site.deliveries()
    (capture,) = site.captures()
    assert (delivery.state, capture.state, capture.key) == ("ingested", "recorded", "lead-1")
    assert capture.prospect_id == person.id
    assert promised(site, Topic.REACT) == [str(person.id)]
    with reading(site.database) as session:
        consent = session.execute(select(ConsentRow)).scalar_one()
    assert (consent.topic, consent.given, consent.text) == ("newsletter", True, "Yes, write to me")


def test_what_does_not_fit_its_place_is_kept_beside_it(site: Site) -> None:
    site.configure()
    site.post(lead(country="Germany", zone="../../etc/passwd", phone="+4930901820", email="none"))
    site.post(lead(external_id="2", country="de", zone="Europe/Berlin"))
    site.read()
    strange, good = sorted(site.people(), key=lambda each: each.email or "")
    # The country is found out from the number instead.
    assert (strange.country, strange.zone, strange.email) == ("DE", None, None)
    assert strange.fields == {
        "country_given": "Germany",
        "zone_given": "../../etc/passwd",
        "email_given": "none",
    }
    assert (good.country, good.zone, good.fields) == ("DE", "Europe/Berlin", {})


def test_an_activity_of_a_known_kind_joins_the_same_person(site: Site) -> None:
    site.configure()
    site.post(lead())
    site.post({"email": "MIA@nordwind.example", "activity": "page_view", "body": {"page": "/p"}})
    site.read()
    assert len(site.people()) == 1
    assert [each.kind for each in site.activities()] == ["form", "page_view"]
    assert site.activities()[1].body == {"page": "/p"}


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"email": "m@nordwind.example", "activity": "page_veiw"}, "did you mean `page_view`?"),
        ({"email": "m@nordwind.example", "activity": "verdict"}, "no known kind"),
        ({"email": "m@nordwind.example", "activity": ["form"]}, "no known kind"),
        ({"external_id": "x", "name": "Nobody"}, "about nobody"),
        ({"email": "not an address"}, "cannot be one"),
        ({"email": "a\0@nordwind.example"}, "cannot be one"),
        ({"email": "m@nordwind.example", "name": "x" * 1001}, "1001 characters"),
        ("a text", "not an object"),
    ],
)
def test_one_bad_item_is_dead_with_its_reason_and_the_others_go_on(
    site: Site, item: object, reason: str
) -> None:
    site.configure()
    site.post([lead(external_id="1"), item, lead(external_id="2", email="b@nordwind.example")])
    site.read()
    first, bad, last = site.captures()
    assert (first.state, bad.state, last.state) == ("recorded", "dead", "recorded")
    assert reason in (bad.reason or "")
    assert len(site.people()) == 2


def test_what_cannot_be_recorded_is_found_by_halves_and_the_others_go_on(site: Site) -> None:
    def fresh(n: int) -> Fresh:
        read = Read(
            space="lead",
            key=str(n),
            label=str(n),
            about=About(email=f"p{n}@nordwind.example"),
            kind=Kind.FORM,
            happened_at=datetime(2026, 1, 1, tzinfo=UTC),
            # No reader lets such a value through; the database is the last to refuse it.
            body={"answer": object() if n == 5 else "yes"},
        )
        return Fresh(CaptureId(new_id(clock.now())), "api", f"key-{n}", read)

    items = [fresh(n) for n in range(9)]
    fates = perform(
        site.database,
        lambda session: record(session, items, clock.now(), secret=SECRET_KEY),
    )
    states = [fates[each.capture_id].state.value for each in items]
    assert states == ["recorded"] * 5 + ["dead"] + ["recorded"] * 3
    assert len(site.activities()) == len(site.people()) == 8


def test_the_same_item_in_another_delivery_changes_nothing(site: Site) -> None:
    site.configure()
    site.post(lead())
    site.post([lead(), lead(external_id="lead-2", email="b@nordwind.example")])
    site.read()
    site.post([lead(name="Another Name")])
    site.read()
    assert len(site.activities()) == 2
    assert {each.name for each in site.people()} == {"Mia Wolf"}
    again = site.captures()[-1]
    assert (again.state, again.reason) == ("recorded", "this came before")
    assert again.prospect_id == site.captures()[0].prospect_id


def test_a_lead_and_an_activity_may_have_the_same_number(site: Site) -> None:
    site.configure()
    site.post([lead(external_id=7), {**lead(external_id=7), "activity": "click"}])
    site.read()
    assert {each.kind for each in site.activities()} == {"form", "click"}


def test_reading_a_delivery_twice_changes_nothing(site: Site) -> None:
    site.configure()
    site.post([lead(), {"email": "m@x.example", "activity": "click"}, {"name": "nobody"}])
    site.read()
    before = (len(site.activities()), [each.id for each in site.captures()])
    perform(site.database, lambda session: replay(session, site_delivery(site), clock.now()))
    site.read()
    assert (len(site.activities()), [each.id for each in site.captures()]) == before


def site_delivery(site: Site) -> DeliveryId:
    return DeliveryId(site.deliveries()[0].id)


def test_a_replay_after_mending_the_source_brings_a_dead_item_to_life(site: Site) -> None:
    site.configure()
    site.post({"work_mail": "mia@nordwind.example"})
    site.read()
    assert site.states() == ["dead"]
    site.configure(**GENERIC, map={"work_mail": "email"})
    perform(site.database, lambda session: replay(session, site_delivery(site), clock.now()))
    site.read()
    assert site.states() == ["recorded"]
    assert len(site.people()) == 1


@pytest.mark.parametrize(
    "at", ["2999-01-01T00:00:00Z", "yesterday", 10**30, "0001-01-01T00:00:00+14:00", True, "NaN"]
)
def test_a_time_that_cannot_be_becomes_the_time_of_arrival_and_says_so(site: Site, at: Any) -> None:
    site.configure()
    before = clock.now()
    site.post(lead(at=at))
    site.read()
    if isinstance(at, int) and at > 2**64:
        assert site.deliveries()[0].state == "unreadable"
        return
    (activity,) = site.activities()
    assert before - timedelta(seconds=1) <= activity.happened_at <= clock.now()
    assert "time given" in activity.body["remark"]


def test_what_is_learned_late_keeps_both_times(site: Site) -> None:
    site.configure()
    site.post(lead(at="2026-01-01T00:00:00Z"))
    site.read()
    (activity,) = site.activities()
    assert activity.happened_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert activity.learned_at > activity.happened_at


def test_250_addresses_from_eight_writers_are_250_people(site: Site) -> None:
    site.configure()
    for n in range(250):
        for copy in range(2):
            site.post(lead(external_id=f"{n}-{copy}", email=f"p{n}@firm{n % 40}.example"))
    with reading(site.database) as session:
        ids = [DeliveryId(each) for each in session.execute(select(DeliveryRow.id)).scalars()]

    def work(share: list[DeliveryId]) -> None:
        for start in range(0, len(share), 10):
            some = share[start : start + 10]
            perform(
                site.database,
                partial(ingest, delivery_ids=some, now=clock.now(), secret=SECRET_KEY),
            )

    threads = [threading.Thread(target=work, args=(ids[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.people()) == 250
    assert len(site.activities()) == 500
    assert set(site.states()) == {"recorded"}


def test_forgetting_a_person_empties_what_the_inbox_kept_and_a_repeat_changes_nothing(
    site: Site,
) -> None:
    site.configure()
    site.post(lead())
    site.read()
    (person,) = site.people()
    perform(
        site.database,
        lambda session: erase(session, [str(person.id)], clock.now(), site.settings),
    )
    (delivery,) = site.deliveries()
    assert (delivery.body, delivery.sha256) == (None, None)
    (capture,) = site.captures()
    assert (capture.key, capture.ref, capture.document) == (None, None, None)
    again = site.post(lead())
    assert again.get_json() == {"delivery": str(delivery.id)}
    site.post(lead(company="written differently"))
    site.read()
    assert len(site.activities()) == 1
    assert site.people()[0].email is None


def test_a_late_delivery_from_before_the_erasure_is_dead_and_its_bytes_go(site: Site) -> None:
    site.configure()
    site.post(lead())
    site.read()
    (person,) = site.people()
    perform(
        site.database,
        lambda session: erase(session, [str(person.id)], clock.now(), site.settings),
    )
    site.post(lead(external_id="late", at="2026-01-01T00:00:00Z"))
    site.read()
    late = site.captures()[-1]
    assert late.state == "dead"
    assert "erased" in (late.reason or "")
    assert site.deliveries()[-1].body is None


def test_a_source_that_is_gone_leaves_its_deliveries_readable_later(site: Site) -> None:
    site.configure()
    site.post(lead())
    perform(site.database, lambda session: session.execute(update(DeliveryRow).values(source="x")))
    site.read()
    (delivery,) = site.deliveries()
    assert delivery.state == "unreadable"
    assert "no longer configured" in (delivery.reason or "")
    assert delivery.body is not None


def test_an_activity_that_somebody_unsubscribed_takes_the_consent_back(site: Site) -> None:
    site.configure()
    about = {"email": "mia@nordwind.example", "external_id": None}
    site.post(
        [
            lead(**about, consent=[{"topic": "news", "text": "Yes"}]),
            lead(**about, activity="unsubscribed", body={"topic": "news"}),
            lead(**about, activity="unsubscribed"),
        ]
    )
    site.read()
    with reading(site.database) as session:
        rows = session.execute(select(ConsentRow)).scalars().all()
    assert {(each.topic, each.given) for each in rows} == {
        ("news", True),
        ("news", False),
        ("*", False),
    }


NESTED = {
    "contact": {"email": "mia@nordwind.example", "emails": ["b@c.example"]},
    "answers": [{"text": "50"}, {"text": "Berlin"}],
    "utm.campaign": "as it is",
    "optin": "yes",
}


def test_what_stands_deep_inside_is_mapped_by_its_path() -> None:
    paths = {
        "contact.email": "email",
        "$.answers[0].text": "account.size",
        "answers.1.text": "city",
    }
    also = {"utm.campaign": "campaign", "optin": "consent.newsletter", "nowhere.x": "title"}
    found = read_item(NESTED, a_source(map=paths | also), clock.now())
    assert isinstance(found, Read)
    assert (found.about.email, found.about.title) == ("mia@nordwind.example", None)
    assert found.about.account_fields == {"size": "50"}
    assert found.about.fields["city"] == "Berlin"
    assert found.about.fields["contact"] == {"emails": ["b@c.example"]}
    assert found.body["campaign"] == "as it is"
    assert [(each.topic, each.given) for each in found.agreements] == [("newsletter", True)]


def test_a_lead_is_understood_by_the_names_that_programs_usually_send() -> None:
    sent = {
        "Email Address": "mia@nordwind.example",
        "first_name": "Mia",
        "last_name": "Wolf",
        "company_name": "Nordwind",
        "submitted_at": "2026-03-01T10:00:00Z",
        "utm": {"campaign": "spring"},
    }
    found = read_item(sent, a_source(), clock.now())
    assert isinstance(found, Read)
    assert (found.about.email, found.about.name) == ("mia@nordwind.example", "Mia Wolf")
    assert (found.about.company, found.body["campaign"]) == ("Nordwind", "spring")
    assert found.happened_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert found.about.fields == sent, "every name that is not ours stays among the fields"

    told = {"name": "Bo", "email": "bo@nordwind.example", "at": "2026-02-01T10:00:00Z"}
    found = read_item({**sent, **told, "fields": {"job_title": "CTO"}}, a_source(), clock.now())
    assert isinstance(found, Read)
    assert (found.about.email, found.about.name) == ("bo@nordwind.example", "Bo")
    assert (found.about.title, found.happened_at.month) == (None, 2), "what is ours goes first"
    act = read_item({**sent, "email": "bo@nordwind.example", "activity": "call"}, a_source(), clock.now())  # fmt: skip
    assert isinstance(act, Read)
    assert act.about.name is None


def test_without_an_id_of_its_own_an_item_goes_by_its_requests_for_one_person_and_form() -> None:
    def key(n: int = 0, sent: str = "k", **item: Any) -> str | None:
        body = json.dumps([*([{}] * n), {"email": "a@b.example", "form": "demo", **item}]).encode()
        posted = Posted(body, clock.now(), "", {"idempotency-key": sent} if sent else {})
        found = parse(posted, a_source())[n]
        assert isinstance(found, Read)
        return found.key

    assert key(sent="") is None
    assert key(external_id="7", sent="") == "id:7"
    assert key() == key(note="sent at another second") is not None
    assert len({key(), key(sent="k2"), key(email="c@b.example"), key(form="x"), key(n=1)}) == 5
