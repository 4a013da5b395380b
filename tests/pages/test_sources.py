"""The pages of sources: address, set-up and health, and a test lead through the real door."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages import source_words
from app.pages.source_habits import HABITS
from app.pages.source_words import SETUP
from prospects import configuration
from prospects.ids import new_id
from prospects.member import Role
from prospects.rows import ProspectRow
from prospects.sealing import seal
from prospects.store import table_of
from tests.pages.conftest import Visitor
from webhooks import health
from webhooks.ingest import ingest
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import HEADER
from webhooks.rows import DeliveryRow
from webhooks.silence import TIMES, pace

NOON, HOUR = datetime(2026, 3, 3, 12, tzinfo=UTC), timedelta(hours=1)
SIGNING = "whsec_c2VjcmV0IG9mIGEgc291cmNl"
WAYS: dict[str, dict[str, Any]] = {
    "header": {"auth": {"header": "X-Token", "value": "a-long-secret"}},
    "bearer": {"auth": {"header": "Authorization", "value": "a-long-secret"}},
    "hmac": {"auth": {"hmac_header": "X-Sign", "secret": ["a-long-secret"]}},
    "hmac-base64": {
        "auth": {
            "hmac_header": "X-Sign",
            "secret": ["s" * 9],
            "encoding": "base64",
            "prefix": "v1=",
        }
    },
    "hmac-shared": {"auth": {"hmac_header": "X-Sign"}, "secrets": ["shared-secret"]},
    "standard": {"auth": {"standard_webhooks": [SIGNING]}},
    "standard-shared": {"auth": {"standard_webhooks": True}, "secrets": [SIGNING]},
    "google": {"kind": "google_lead_form", "secrets": ["a-key-of-the-form"]},
    "meta": {
        "kind": "meta_lead_ads",
        "secrets": ["an-app-secret"],
        "verify_token": "a-verify-token",
        "access_token": "a-page-token",
        "pages": ["1122334455"],
    },
    "token": {"token": "a-token-in-the-path"},
    "hubspot": {"kind": "hubspot", "secrets": ["a-client-secret"]},
    "webflow": {"kind": "webflow", "secrets": ["a-signing-key"]},
}


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def set_up(database: Database, now: datetime, slug: str, **body: Any) -> None:
    written = {"kind": "generic_json", **body}
    perform(database, lambda s: configuration.write(s, "source", slug, written, now, by="test"))


def test_an_empty_page_says_what_to_do(mia: Visitor) -> None:
    assert "No source yet" in mia.see("/sources")
    mia.see("/sources/nothing", 404)


@pytest.mark.parametrize("way", WAYS)
def test_a_test_lead_comes_in_by_the_sources_own_proof_and_makes_nobody(
    way: str, mia: Visitor, database: Database, site: Flask, now: datetime
) -> None:
    set_up(database, now, "site", **WAYS[way])
    for _ in range(2):
        sent = mia.send("/sources/site", "/sources/site/test")
        assert sent.location == "/received?source=site"
    key = site.extensions["settings"].secret_key
    with reading(database) as session:
        (delivery,) = session.execute(select(DeliveryRow.id)).scalars()
    perform(database, lambda s: ingest(s, [delivery], now, secret=key))
    assert "a test" in mia.see("/received?source=site")
    with reading(database) as session:
        assert session.execute(select(ProspectRow.id)).first() is None


def test_a_secret_address_is_shown_to_who_opens_it_and_no_secret_elsewhere(
    mia: Visitor, database: Database, site: Flask, now: datetime
) -> None:
    key = site.extensions["settings"].secret_key
    sealed = {"auth": {"header": "X-Token", "value": seal(key, "a-long-secret", name="KEY")}}
    set_up(database, now, "site", **sealed)
    set_up(database, now, "open", token="a-token-in-the-path")
    page = mia.see("/sources/site")
    assert 'value="http://localhost/webhooks/site"' in page
    assert "The header X-Token" in page
    assert "a-long-secret" not in page
    assert "a-token-in-the-path" not in mia.see("/sources")
    assert "/webhooks/open/a-token-in-the-path" in mia.see("/sources/open")


def test_what_only_a_platform_can_test_is_not_offered(
    mia: Visitor, database: Database, now: datetime
) -> None:
    set_up(database, now, "li", kind="linkedin_lead_gen", secrets=["x" * 20])
    page = mia.see("/sources/li")
    assert "in sources.yaml it lacks access_token and pages" in page
    assert "No test lead can be sent from here" in page
    assert "Subscribe http://localhost/webhooks/li in LinkedIn" in page
    assert mia.send("/sources/li", "/sources/li/test").status_code == 404


def test_health_says_trouble_refusals_breakage_and_silence(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def fill(session: Session) -> None:
        for slug in ("silent", "troubled", "new"):
            configuration.write(session, "source", slug, {"kind": "generic_json", **WAYS["token"]}, now, by="t")  # fmt: skip
        configuration.write(session, "source", "broken", {"kind": "generic_json"}, now, by="t")
        health.trouble(session, "troubled", "the access token was refused", now)
        health.note(session, {"troubled": health.Noted(now, 7, now, 401)})
        rows = [delivery(now - timedelta(hours=20 + n)) for n in range(10)]
        session.execute(insert(table_of(DeliveryRow)), rows)

    perform(database, fill)
    page = mia.see("/sources")
    assert "silent for more than 8 times its usual gap of 60 minutes" in page
    assert "the access token was refused" in page
    assert "nothing proves who sends" in page
    assert "Nothing has arrived here yet" in page
    troubled = mia.see("/sources/troubled")
    assert "Last challenge answered" in troubled
    assert '<dd class="number">7' in troubled
    mia.see("/sources/broken")


@pytest.mark.parametrize(
    ("noted", "kind", "state"),
    [
        ({"last_delivery_at": NOON}, "meta_lead_ads", "well"),
        (
            {"last_delivery_at": NOON, "missed": 2, "missed_at": NOON + HOUR},
            "meta_lead_ads",
            "not delivering",
        ),
        (
            {"last_delivery_at": NOON, "missed": 2, "missed_at": NOON - HOUR},
            "meta_lead_ads",
            "well",
        ),
        (
            {"last_delivery_at": NOON, "challenged_at": NOON - 7 * HOUR},
            "linkedin_lead_gen",
            "unchecked",
        ),
        ({"last_delivery_at": NOON, "challenged_at": NOON - 5 * HOUR}, "linkedin_lead_gen", "well"),
        ({"missed": 1, "missed_at": NOON, "trouble": "x"}, "meta_lead_ads", "in trouble"),
    ],
)
def test_what_platforms_do_by_themselves_is_known_and_said(
    noted: dict[str, Any], kind: str, state: str
) -> None:
    told = health.Health(source="s", **noted)
    shown = source_words.health(told, None, kind, NOON + HOUR, broken=None, active=True)
    assert (shown.state, shown.habit) == (state, HABITS[kind])


def test_what_had_to_be_asked_for_is_no_delivery(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def fill(session: Session) -> None:
        configuration.write(session, "source", "silent", {"kind": "typeform", "secrets": ["x" * 9]}, now, by="t")  # fmt: skip
        ours = {**delivery(now), "headers": {HEADER: "yes"}}
        session.execute(insert(table_of(DeliveryRow)), [delivery(now - timedelta(days=3)), ours])
        row = {"source": "silent", "due_at": now, "since": now, "asked_at": now}
        found = {"tries": 0, "found": 1, "found_at": now}
        session.execute(insert(table_of(SourcePollRow)), [row | found])

    perform(database, fill)
    page = mia.see("/sources/silent")
    assert "not delivering" in page
    assert "That brought 1 lead it had not delivered." in page
    assert "Typeform switches its webhook off at once" in page
    with reading(database) as session:
        newest = select(DeliveryRow.id).order_by(DeliveryRow.received_at.desc()).limit(1)
        found = session.execute(newest).scalar_one()
    assert "asked for, because it had not been delivered" in mia.see(f"/received/{found}")


def delivery(at: datetime) -> dict[str, Any]:
    return {"id": new_id(at), "source": "silent", "state": "ingested", "received_at": at, "bytes": 0, "headers": {}}  # fmt: skip


@given(st.lists(st.integers(1, 10**7), min_size=6, max_size=40), st.integers(0, 10**9))
def test_a_source_is_silent_only_far_beyond_its_usual_gap(gaps: list[int], since: int) -> None:
    now = datetime(2026, 3, 3)  # noqa: DTZ001 - only differences matter
    instants = [now - timedelta(seconds=since + sum(gaps[:n])) for n in range(len(gaps))]
    found = pace(instants, now)
    assert found
    assert found.silent == (since > max(TIMES * found.usual.total_seconds(), 3600))


def test_the_set_up_text_is_the_documents() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "sources.md").read_text()
    assert [line for lines in SETUP.values() for line in lines if line not in docs] == []


def test_a_bad_signature_is_explained_with_what_to_do(
    mia: Visitor, database: Database, site: Flask, now: datetime
) -> None:
    set_up(database, now, "site", **WAYS["hmac"])
    for _ in range(2):
        answer = site.test_client().post("/webhooks/site", data=b"{}", headers={"X-Sign": "forged"})
        assert answer.status_code == 401
    site.extensions["intake"].flush()
    for path in ("/sources/site", "/received", "/received?source=site"):
        page = mia.see(path)
        assert "the signature or the secret did not match" in page
        assert "copy it again, run warmline apply" in page
        assert "Nothing of it was kept" in page
    assert "(2 so far)" in page
    assert "refusing" in mia.see("/sources")
    set_up(database, now, "other", **WAYS["token"])
    assert "did not match" not in mia.see("/received?source=other")


def test_how_often_it_delivers_when_its_token_ends_and_how_a_secret_is_changed(
    mia: Visitor, database: Database, now: datetime
) -> None:
    ends = (now + timedelta(days=5)).date().isoformat()
    set_up(database, now, "silent", **WAYS["meta"], access_token_until=ends)
    rows = [delivery(now - timedelta(hours=hours)) for hours in (1, 2, 30, 400)]
    perform(database, lambda s: s.execute(insert(table_of(DeliveryRow)), rows))
    page = mia.see("/sources/silent")
    assert "2 in the last 24 hours, 3 in the last seven days" in page
    assert "The access token ends in 5 days. Renew it" in page
    assert "One verifies now." in page
    assert 'data-copy="url"' in page


def test_what_needs_somebody_is_said_first_and_the_set_up_names_its_own_address(
    mia: Visitor,
    hire: Callable[..., str],
    visitor: Callable[[], Visitor],
    database: Database,
    now: datetime,
) -> None:
    for slug in ("alpha", "omega"):
        set_up(database, now, slug, **WAYS["header"])
    perform(database, lambda session: health.trouble(session, "omega", "token refused", now))
    page = mia.see("/sources")
    assert page.index("/sources/omega") < page.index("/sources/alpha")
    sam = visitor().sign_in(hire("sam@us.example", Role.ADMIN))
    for told in (mia.see("/received"), sam.see("/ops")):
        assert "omega</bdi></a>: Its platform complains: token refused." in told
        assert "alpha</bdi></a>:" not in told
    assert "omega</bdi></a>:" not in mia.see("/received?source=alpha")
    one = mia.see("/sources/alpha")
    assert "post JSON to http://localhost/webhooks/alpha with that header" in one
    assert "…/webhooks" not in one
