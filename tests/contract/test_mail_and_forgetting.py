"""Mail goes out only when it may, and a person who wants to be forgotten is forgotten everywhere."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app.demo.linkedin import LinkedIn
from tests.contract.conftest import open_office
from tests.contract.office import Office, finding, someone, soon
from tests.support.running import ADMIN, until
from tests.support.smtp import MailSink

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"
HIDDEN = {
    "SENTINEL-NAME",
    "SENTINEL-FIELD",
    "SENTINEL-FACT",
    "SENTINEL-NOTE",
    "SENTINEL-TITLE",
    "sentinel",
}


@pytest.fixture(scope="module")
def closed(
    tmp_path_factory: pytest.TempPathFactory, linkedin: LinkedIn, mailbox: MailSink
) -> Iterator[Office]:
    """An instance that has not gone live; its tests run in their order."""
    running = open_office(tmp_path_factory.mktemp("closed"), linkedin, mailbox, live=False)
    yield running
    running.stop()


def states(office: Office, email: str) -> list[tuple[str, str | None]]:
    return [(each["state"], each["reason"]) for each in office.sends(office.person(email)["id"])]


def way_out(mailbox: MailSink, email: str) -> str:
    """The address in a mail's List-Unsubscribe."""
    (first, *_) = until(lambda: mailbox.to(email), what=f"a mail to {email}")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"<(https?://[^>]+/u/[^>]+)>", str(first["List-Unsubscribe"]))
    assert found
    assert found[1] in first.get_body(("html",)).get_content()
    return found[1]


def test_before_going_live_only_our_own_domain_gets_mail(closed: Office, mailbox: MailSink) -> None:
    own, other = someone("own", domain="vendor.example"), someone("other")
    closed.lead(own, "waiting")
    closed.lead(own, "journey")
    closed.lead(other, "journey")
    (mail,) = until(lambda: mailbox.to(own), what="the mail to ourselves")
    assert mail["Subject"].startswith("hello for")
    until(lambda: states(closed, other) == [("held", "not_live")], what="the held mail")
    assert mailbox.to(other) == []
    assert closed.call("GET", "/switches") == {"live": False, "mail_stopped": False}
    freed = closed.call("POST", "/switches/live", json={})
    assert freed["live"] is True
    assert until(lambda: mailbox.to(other), what="the mail after going live")
    assert closed.call("POST", "/switches/live", json={})["freed"] == 0


def test_stop_all_mail_stops_the_next_and_says_so(closed: Office, mailbox: MailSink) -> None:
    closed.call("POST", "/switches/mail_stopped", json={})
    email = someone()
    closed.lead(email, "journey")
    until(lambda: states(closed, email) == [("held", "stopped")], what="the held mail")
    assert mailbox.to(email) == []
    closed.call("DELETE", "/switches/mail_stopped")
    assert until(lambda: mailbox.to(email), what="the mail after the stop")


def test_an_unsubscription_wins_over_a_mail_that_waits(closed: Office, mailbox: MailSink) -> None:
    email = someone()
    closed.lead(email, "compare")
    address = way_out(mailbox, email)
    closed.call("POST", "/switches/mail_stopped", json={})
    closed.lead(email, "journey")
    until(lambda: ("held", "stopped") in states(closed, email), what="the mail that waits")
    page = requests.get(address, timeout=10)
    assert page.status_code == 200
    assert "<form" in page.text
    assert "unsubscribed" not in closed.kinds(closed.person(email)["id"])
    for way in (
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"data": b""},
    ):
        assert requests.post(address, allow_redirects=False, timeout=10, **way).status_code == 200
    closed.call("DELETE", "/switches/mail_stopped")
    until(
        lambda: [one for one in states(closed, email) if one[0] == "suppressed"],
        what="the suppressed mail",
    )
    assert len(mailbox.to(email)) == 1
    assert closed.kinds(closed.person(email)["id"]).count("unsubscribed") == 1
    for guess in ("x", address.rsplit("/", 1)[1][:-2] + "xx", "%00"):
        assert requests.get(f"{closed.url}/u/{guess}", timeout=10).status_code == 404
        assert requests.post(f"{closed.url}/u/{guess}", timeout=10).status_code == 404
    assert requests.put(address, timeout=10).status_code == 405


def test_a_consent_taken_back_keeps_mail_away(closed: Office, mailbox: MailSink) -> None:
    email = someone()
    closed.act(email, "chat")
    who = closed.person(email)["id"]
    path = f"/prospects/{who}/consents"
    closed.call(
        "POST", path, json={"topic": "newsletter", "given": False, "text": "No more"}, expect=201
    )
    closed.lead(email, "journey")
    until(
        lambda: [one for one in states(closed, email) if one[0] == "suppressed"],
        what="the suppressed mail",
    )
    assert mailbox.to(email) == []
    (said,) = closed.items(path)
    assert (said["topic"], said["given"], said["text"]) == ("newsletter", False, "No more")
    for bad in (
        {"topic": "News Letter", "given": True},
        {"topic": "x"},
        {"given": True},
        {"topic": "x", "given": True, "at": soon(99)},
    ):
        closed.call("POST", path, json=bad, expect=422)


@pytest.fixture(scope="module")
def forgotten(closed: Office, mailbox: MailSink) -> dict[str, Any]:
    """Somebody who was everywhere, erased: what was known before, by its place."""
    email = "sentinel@forgetful.example"
    lead = {
        "external_id": "sentinel-1", "email": email, "name": "SENTINEL-NAME", "form": "demo", "title": "SENTINEL-TITLE",
        "at": soon(-3600), "fields": {"team": "rita", "secret": "SENTINEL-FIELD"},
        "consent": [{"topic": "newsletter", "text": "SENTINEL-NOTE agreed"}],
    }  # fmt: skip
    closed.lead_of({**lead, "external_id": "sentinel-0", "form": "journey"})
    address = way_out(mailbox, email)
    delivery = closed.lead_of(lead)
    handoff = closed.offer(email)
    path = f"/handoffs/{handoff['id']}"
    closed.call("POST", f"{path}/acceptance", token=closed.rep(RITA), json={}, expect=201)
    closed.confirm(
        handoff["id"], RITA, **{
            **finding("confirmed"), "fact": "SENTINEL-FACT", "spoke_with": "SENTINEL-NAME",
            "deciders": [{"name": "SENTINEL-NAME"}], "promises": [{"what": "SENTINEL-FACT", "due_at": soon(60)}],
        },
    )  # fmt: skip
    who = closed.person(email)["id"]
    closed.call("POST", f"/prospects/{who}/notes", json={"text": "SENTINEL-NOTE"}, expect=201)
    keyed = {"headers": {"Idempotency-Key": "sentinel-key"}, "json": {"text": "SENTINEL-NOTE"}}
    closed.call("POST", f"/prospects/{who}/notes", expect=201, **keyed)
    sends = closed.sends(who)
    assert any(token in json.dumps(closed.timeline(who)) for token in HIDDEN)
    closed.call("POST", f"/prospects/{who}/erasure", json={}, expect=202)
    until(lambda: closed.find(email) is None, 60, what="being forgotten")
    return {
        "email": email,
        "who": who,
        "lead": lead,
        "delivery": delivery,
        "handoff": handoff["id"],
        "sends": sends,
        "address": address,
    }


def test_the_forgotten_are_in_no_answer(closed: Office, forgotten: dict[str, Any]) -> None:
    who = forgotten["who"]
    for path in ("", "/timeline", "/notes", "/consents", "/assessments"):
        closed.call("GET", f"/prospects/{who}{path}", expect=404)
    closed.call("GET", f"/deliveries/{forgotten['delivery']}/raw", expect=404)
    closed.call("POST", f"/prospects/{who}/erasure", json={}, expect=404)
    places = [
        "/prospects?limit=200", "/prospects?q=sentinel", "/handoffs?limit=200", "/decisions?limit=200", "/sends?limit=200",
        "/activities?limit=200", "/deliveries?limit=200", f"/handoffs/{forgotten['handoff']}",
        *[f"/sends/{each['id']}" for each in forgotten["sends"]],
    ]  # fmt: skip
    for path in places:
        answer = requests.get(
            f"{closed.url}/api/v1{path}", headers={"Authorization": f"Bearer {ADMIN}"}, timeout=10
        )
        assert answer.status_code in (200, 404), path
        assert not [
            each for each in HIDDEN if each in answer.text.lower() or each in answer.text
        ], path


def test_the_forgotten_are_in_no_file(closed: Office, forgotten: dict[str, Any]) -> None:
    assert forgotten["who"]
    data = closed.folder / "data"
    with sqlite3.connect(f"file:{data / 'warmline.db'}?mode=ro", uri=True) as database:
        names = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name in names:
            rows = repr(database.execute(f'SELECT * FROM "{name}"').fetchall())
            found = [each for each in HIDDEN if each in rows]
            assert not found, f"{found} in {name}"
    log = (closed.folder / "up.log").read_text()
    assert not [each for each in HIDDEN if each in log]


def test_a_late_delivery_a_replay_and_a_repeat_bring_nobody_back(
    closed: Office, forgotten: dict[str, Any]
) -> None:
    assert closed.send(forgotten["lead"]).status_code == 200
    old = {**forgotten["lead"], "external_id": "sentinel-late", "at": soon(-600)}
    late = closed.send(old)
    assert late.status_code == 200
    told = closed.delivery(late.json()["delivery"])
    assert [each["prospect"] for each in told["captures"]] == [None]
    path = f"/deliveries/{forgotten['delivery']}/replay"
    closed.call("POST", path, json={}, expect=409)
    assert closed.find(forgotten["email"]) is None
    assert "SENTINEL" not in json.dumps(closed.items("/activities?limit=200"))
    raw = requests.get(
        f"{closed.url}/api/v1/deliveries/{late.json()['delivery']}/raw",
        headers={"Authorization": f"Bearer {ADMIN}"}, timeout=10,
    )  # fmt: skip
    assert raw.status_code == 404 or "SENTINEL" not in raw.text


def test_the_way_out_still_works_for_the_forgotten(
    closed: Office, forgotten: dict[str, Any]
) -> None:
    assert requests.get(forgotten["address"], timeout=10).status_code == 200
    assert requests.post(forgotten["address"], timeout=10).status_code == 200


def test_who_comes_back_of_their_own_will_is_somebody_new_and_gets_no_mail(
    closed: Office, forgotten: dict[str, Any], mailbox: MailSink
) -> None:
    before = len(mailbox.to(forgotten["email"]))
    time.sleep(0.01)
    closed.lead(forgotten["email"], "journey", external_id="sentinel-new", name="Back Again")
    person = closed.person(forgotten["email"])
    assert person["id"] != forgotten["who"]
    until(
        lambda: [one for one in states(closed, forgotten["email"]) if one[0] == "suppressed"],
        what="the suppressed mail",
    )
    assert len(mailbox.to(forgotten["email"])) == before


def test_an_account_is_free_again_when_its_lead_is_forgotten(closed: Office) -> None:
    domain = f"{someone('free').split('@')[0]}.example"
    first = closed.offered(f"a@{domain}", fields={"team": "rita"})
    closed.lead(f"b@{domain}", fields={"team": "rita"})
    closed.settled(f"b@{domain}")
    closed.call("POST", f"/prospects/{first['prospect']}/erasure", json={}, expect=202)
    second = closed.offer(f"b@{domain}")
    assert second["id"] != first["id"]
    assert second["account"] == first["account"]
