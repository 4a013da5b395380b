"""A contact that is erased at HubSpot goes with every change of it, whenever the word comes."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from app.door import perform, reading
from prospects.ids import CaptureId
from prospects.rows import ConsentRow
from tests.webhooks.kinds import ENTRIES, NOW
from tests.webhooks.support import SECRET_KEY, Site
from tests.webhooks.test_linkedin import run_erasures
from tests.webhooks.test_readings import keep
from webhooks import fetch, health
from webhooks.rows import CaptureState

MIA = {"email": "mia@b.example", "firstname": "Mia", "hs_email_optout": "false"}


@pytest.fixture
def hub(site: Site) -> Site:
    site.configure("hubspot", **ENTRIES["hubspot"])
    return site


def event(what: str, contact: int = 7, **more: Any) -> dict[str, Any]:
    named = {"portalId": 4400001, "objectId": contact, "subscriptionType": f"contact.{what}"}
    return {**named, "occurredAt": 1793697300000, **more}


def changed(n: int, contact: int = 7, value: str = "CTO of Nordwind") -> dict[str, Any]:
    return event("propertyChange", contact, eventId=n, propertyName="jobtitle", propertyValue=value)


GONE = event("privacyDeletion")


def tell(hub: Site, *events: dict[str, Any]) -> None:
    keep(hub, "hubspot", json.dumps(events).encode())
    hub.read(NOW)


def fetch_all(hub: Site, contact: dict[str, str] = MIA) -> None:
    """Every contact that is to be fetched answers with these properties."""
    for each in hub.captures():
        if each.state == CaptureState.FETCH_DUE:
            settle(hub, CaptureId(each.id), contact)


def settle(hub: Site, capture: CaptureId, contact: dict[str, str]) -> None:
    errand = perform(hub.database, lambda s: fetch.prepare(s, capture, NOW, secret=SECRET_KEY))
    assert errand is not None
    answer = {"id": errand.ref.split("/")[1], "properties": contact}
    result = fetch.Fetched((errand.told or b"", json.dumps(answer).encode()))
    perform(hub.database, lambda s: fetch.settle(s, errand, result, NOW, secret=SECRET_KEY))


def nothing_is_left(hub: Site, states: Sequence[str]) -> None:
    run_erasures(hub)
    assert hub.states() == states
    assert [each.email for each in hub.people() if each.email] == []
    assert all(each.body == {} for each in hub.activities())
    assert all(each.document is None for each in hub.captures())
    assert not any(b"Nordwind" in (each.body or b"") for each in hub.deliveries())


@pytest.mark.parametrize("when", ["before the fetch", "after it", "first", "in one batch"])
def test_of_a_contact_known_by_changes_alone_nothing_is_left(hub: Site, when: str) -> None:
    if when == "first":
        tell(hub, GONE)
    told = [changed(1), GONE, changed(2)] if when == "in one batch" else [changed(1), changed(2)]
    tell(hub, *told)
    if when == "after it":
        fetch_all(hub)
        assert [each.email for each in hub.people()] == ["mia@b.example"]
    if when in {"before the fetch", "after it"}:
        with reading(hub.database) as session:
            assert health.to_fetch(session, "hubspot") == (2 if when == "before the fetch" else 0)
        tell(hub, GONE)
    nothing_is_left(hub, ["withdrawn"] * 3)
    tell(hub, changed(3))
    nothing_is_left(hub, ["withdrawn"] * 4)


def test_another_contact_stays_and_so_does_one_whose_number_begins_alike(hub: Site) -> None:
    tell(hub, changed(1), changed(1, 70, "CFO"))
    fetch_all(hub, {})
    tell(hub, changed(2), changed(2, 70, "CFO"))
    tell(hub, GONE)
    assert sorted(hub.states()) == ["fetch_due", "recorded", "withdrawn", "withdrawn", "withdrawn"]


def test_who_is_known_otherwise_loses_what_every_change_said(hub: Site) -> None:
    hub.configure()
    hub.post({"external_id": "1", "email": "mia@b.example", "consent": [{"topic": "news"}]})
    tell(hub, event("creation", changeSource="FORM"), changed(1))
    fetch_all(hub)
    tell(hub, GONE)
    run_erasures(hub)
    (person,) = hub.people()
    assert person.email == "mia@b.example"
    of_hubspot = {each.kind: each.body for each in hub.activities() if each.source == "hubspot"}
    assert of_hubspot["form"] == of_hubspot["note"] == {}
    assert "withdrawn" in of_hubspot
    with reading(hub.database) as session:
        said = session.execute(select(ConsentRow.topic, ConsentRow.given)).all()
    assert said == [("news", True)]
    tell(hub, GONE)
    assert len([each for each in hub.activities() if each.kind == "withdrawn"]) == 1
