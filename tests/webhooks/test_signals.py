"""What the script on our own pages tells: who may tell it, what it becomes, and whose it is."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import clock
from app.door import perform, reading
from app.jobs.topics import erase
from prospects import landing
from prospects.kinds import Kind
from prospects.reading import UnreadableError
from prospects.rows import ActivityRow, ProspectRow
from tests.webhooks.support import SECRET_KEY, Site
from webhooks import health, old_traces
from webhooks.adapter import Dead, Item, Posted, Quarantined, Read
from webhooks.ingest import ingest
from webhooks.signals import parse
from webhooks.visitor_rows import RecognitionRow, TraceRow, VisitorRow
from webhooks.written import read_source

ORIGIN = "https://www.acme.example"
FORM = {"kind": "html_form", "origins": [ORIGIN]}
NOW = datetime(2026, 11, 4, tzinfo=UTC)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
BROWSER = "b" * 32
OTHER = "c" * 32
AD = f"{ORIGIN}/pricing?utm_source=google&utm_campaign=autumn&gclid=EAIaIQ-x_Z&token=secret"


def read(signal: dict[str, Any], **headers: str) -> Any:
    kept = {"user-agent": CHROME} | {n.replace("_", "-"): value for n, value in headers.items()}
    source = read_source({"slug": "site", **FORM})
    (found,) = parse(Posted(json.dumps(signal).encode(), NOW, "text/plain", kept), source)
    return found


@pytest.fixture
def web(site: Site) -> Site:
    """A site whose own pages tell."""
    site.configure("site", **FORM)
    return site


def tell(site: Site, *signals: dict[str, Any], **headers: str) -> TestResponse:
    """As the script does; each signal with an id of its own."""
    sent = {"Origin": ORIGIN, "User-Agent": CHROME, "Content-Type": "text/plain"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    body = [{"id": f"{n}{id(each)}{clock.now()}", **each} for n, each in enumerate(signals)]
    document = body[0] if len(body) == 1 else body
    return site.app.test_client().post("/t", data=json.dumps(document), headers=sent)


def page(path: str = "/pricing", visitor: str = BROWSER) -> dict[str, Any]:
    return {"type": "page", "url": f"{ORIGIN}{path}", "title": "A page", "visitor": visitor}


def form(email: str, visitor: str | None = BROWSER) -> dict[str, Any]:
    return {"type": "form", "name": "demo", "fields": {"email": [email]}, "visitor": visitor}


def history(site: Site) -> dict[str, list[str]]:
    """Each person's activities, by address."""
    with reading(site.database) as session:
        rows = session.execute(
            select(ProspectRow.email, ActivityRow.kind, ActivityRow.body)
            .join(ActivityRow, ActivityRow.prospect_id == ProspectRow.id)
            .order_by(ActivityRow.happened_at, ActivityRow.id)
        )
        found: dict[str, list[str]] = {}
        for email, kind, body in rows:
            found.setdefault(email or "", []).append(body.get("page") or kind)
        return found


def count(site: Site, row: Any) -> int:
    with reading(site.database) as session:
        return session.execute(select(func.count()).select_from(row)).scalar_one()


def test_a_page_keeps_its_path_and_what_led_to_it_byte_for_byte_and_no_other_query() -> None:
    cookies = {"_fbp": "fb.1.1.2", "session": "secret"}
    item = read(
        {**page(), "url": AD, "referrer": "https://www.google.com/search?q=x", "cookies": cookies}
    )
    assert item.kind is Kind.PAGE_VIEW
    assert item.body["page"] == "/pricing"
    assert item.body["came_from"] == "www.google.com"
    assert item.body["campaign"] == "autumn"
    assert item.body["touch"] == {
        "utm_source": "google",
        "utm_campaign": "autumn",
        "gclid": "EAIaIQ-x_Z",
        "_fbp": "fb.1.1.2",
    }
    assert "secret" not in json.dumps(item.body)


def test_a_page_of_our_own_is_not_where_somebody_came_from() -> None:
    assert "came_from" not in read({**page(), "referrer": f"{ORIGIN}/other"}).body


@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
def test_who_asks_not_to_be_followed_is_not_but_their_forms_count(header: str) -> None:
    asks = {header: "1"}
    assert isinstance(read(page(), **asks), Dead)
    sent = read({**form("mia@nordwind.example"), "pass": "x"}, **asks)
    assert isinstance(sent, Read)
    assert (sent.visitors, sent.landing) == ((), None)
    assert isinstance(read(page(), **{header: "0"}), Read)


def test_a_known_crawler_is_marked_and_a_reader_is_not() -> None:
    assert read(page(), user_agent="Googlebot/2.1").suspect_robot
    assert read(page(), sec_purpose="prefetch;prerender").suspect_robot
    assert not read(page()).suspect_robot


def test_what_fell_into_the_trap_is_quarantined() -> None:
    fields = {"email": ["mia@nordwind.example"], "website": ["x"]}
    assert isinstance(read({**form(""), "fields": fields}), Quarantined)


def test_an_act_of_our_own_has_its_name_and_properties() -> None:
    item = read(
        {"type": "custom", "name": "Video", "properties": {"percent": 80}, "visitor": BROWSER}
    )
    assert item.kind is Kind.CUSTOM
    assert item.body["event"] == "Video"
    assert item.body["percent"] == 80


SHAPES = (
    st.none() | st.integers(-9, 9) | st.text(max_size=9) | st.lists(st.integers(-9, 9), max_size=2)
)
SHAPES |= st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.lists(st.text()))


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(["page", "form", "custom", "hello"]),
    st.dictionaries(
        st.sampled_from(
            ["url", "title", "referrer", "fields", "properties", "pass", "cookies", "visitor"]
        ),
        SHAPES,
    ),
)
def test_whatever_shape_a_signal_has_it_is_read_or_explained(kind: str, rest: Any) -> None:
    found: Item = read({"type": kind, **rest})
    assert isinstance(found, Read | Dead | Quarantined)


@pytest.mark.parametrize("body", ["", "[]", "7", '{"type":"x"}', "[[]]", '[{"type":"page"}, 1]'])
def test_what_is_no_signal_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableError):
        parse(Posted(body.encode(), NOW), read_source({"slug": "site", **FORM}))


def test_only_our_own_pages_may_tell_and_nothing_is_answered_with_a_fault_of_ours(
    web: Site,
) -> None:
    for origin, status in [
        (ORIGIN, 204),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ]:
        assert tell(web, page(), Origin=origin).status_code == status, origin
    client = web.app.test_client()
    said = {"Origin": ORIGIN}
    assert client.post("/t", data=b"[" * 9999, headers=said).status_code == 400
    assert client.post("/t", data=b"x" * (65 << 10), headers=said).status_code == 413
    assert client.get("/t", headers=said).status_code == 405
    asked = client.options("/t", headers=said)
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    assert len(web.deliveries()) == 1
    web.lose_database()
    lost = tell(web, page())
    assert lost.status_code == 429
    assert lost.headers["Retry-After"]


def test_one_address_cannot_flood_us(site: Site) -> None:
    site.configure("site", **FORM, per_minute=1)
    assert [tell(site, page()).status_code for _ in range(11)] == [204] * 10 + [429]


def test_a_browser_that_asks_not_to_be_followed_leaves_no_byte(web: Site) -> None:
    assert tell(web, page(), Sec_GPC="1").status_code == 204
    assert tell(web, page(), DNT="1").status_code == 204
    assert web.deliveries() == []


def test_the_script_is_small_the_same_for_all_and_sets_no_cookie(web: Site) -> None:
    answer = web.app.test_client().get("/t.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert len(answer.data) <= 2000
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_what_a_stranger_did_waits_and_joins_when_they_say_who_they_are(web: Site) -> None:
    tell(web, {**page(), "url": AD})
    tell(web, page("/about"))
    web.read()
    assert web.people() == []
    assert web.states() == ["nameless", "nameless"]
    assert count(web, TraceRow) == 2
    tell(web, form("mia@nordwind.example"))
    web.read()
    tell(web, page("/after"))
    web.read()
    assert history(web) == {"mia@nordwind.example": ["/pricing", "/about", "/", "/after"]}
    assert count(web, TraceRow) == 0
    assert set(web.states()) == {"recorded"}
    sent = next(each for each in web.activities() if each.kind == Kind.FORM)
    assert sent.body["campaign"] == "autumn"
    assert sent.body["first_touch"]["gclid"] == "EAIaIQ-x_Z"
    assert sent.body["first_touch"]["page"] == "/pricing"
    assert sent.body["last_touch"] == sent.body["first_touch"]


def test_all_of_it_in_one_batch_comes_to_the_same(web: Site) -> None:
    tell(web, page("/one"), form("mia@nordwind.example"), page("/two"))
    web.read()
    assert sorted(history(web)["mia@nordwind.example"]) == ["/", "/one", "/two"]


def test_a_plain_form_with_the_browsers_id_joins_too(web: Site) -> None:
    tell(web, page("/one"))
    web.read()
    fields = {"email": "mia@nordwind.example", "_visitor": BROWSER}
    web.app.test_client().post("/webhooks/site", data=fields, headers={"Origin": ORIGIN})
    web.read()
    assert history(web) == {"mia@nordwind.example": ["/one", "form"]}


def test_two_people_at_one_browser_stay_two_and_share_no_history(web: Site) -> None:
    tell(web, {**page(), "url": AD})
    tell(web, form("mia@nordwind.example"))
    web.read()
    tell(web, page("/hers"))
    web.read()
    tell(web, form("leo@suedwind.example"))
    web.read()
    tell(web, page("/his"))
    web.read()
    assert history(web) == {
        "mia@nordwind.example": ["/pricing", "/", "/hers"],
        "leo@suedwind.example": ["/", "/his"],
    }
    his = web.activities()[-2]
    assert "first_touch" not in his.body
    assert "campaign" not in his.body


def test_two_browsers_of_one_person_are_one_history(web: Site) -> None:
    tell(web, page("/phone", OTHER), page("/desk"))
    tell(web, form("mia@nordwind.example"), form("mia@nordwind.example", OTHER))
    web.read()
    assert sorted(history(web)["mia@nordwind.example"]) == ["/", "/", "/desk", "/phone"]


def test_a_link_of_our_mail_tells_for_a_while_whose_visit_it_is(web: Site) -> None:
    tell(web, form("mia@nordwind.example", None))
    web.read()
    (mia,) = web.people()
    now = clock.now()
    for when, visitor in ((now, BROWSER), (now - timedelta(hours=1), OTHER)):
        token = landing.pass_of(SECRET_KEY, mia.id, when)  # type: ignore[arg-type]
        tell(web, page(f"/{visitor[0]}", visitor))
        tell(web, {"type": "hello", "visitor": visitor, "pass": token})
    tell(web, {"type": "hello", "visitor": "d" * 32, "pass": "made up"})
    web.read()
    assert history(web) == {"mia@nordwind.example": ["/", "/b", "identified"]}


def test_the_same_signal_twice_counts_once(web: Site) -> None:
    tell(web, form("mia@nordwind.example"))
    for _ in range(2):
        tell(web, {**page(), "id": "one"}, {**page("/two"), "id": "two"})
        tell(web, {**page(), "id": "one"})
    web.read()
    assert sorted(history(web)["mia@nordwind.example"]) == ["/", "/pricing", "/two"]


def test_of_somebody_forgotten_no_browser_is_known_any_more(web: Site) -> None:
    tell(web, page("/before"), form("mia@nordwind.example"))
    said = {"type": "custom", "name": "Chat", "properties": {"who": "Mia@Nordwind.example"}}
    tell(web, {**said, "visitor": OTHER})
    web.read()
    (mia,) = web.people()
    perform(web.database, lambda session: erase(session, [str(mia.id)], clock.now(), web.settings))
    tell(web, page("/after"))
    web.read()
    assert count(web, RecognitionRow) == 0
    assert count(web, TraceRow) == 1
    assert count(web, VisitorRow) == 2
    assert [each.body for each in web.deliveries()[:2]] == [None, None]


def test_after_a_hundred_days_what_waited_for_a_name_and_the_signals_themselves_go(
    web: Site,
) -> None:
    tell(web, page("/stranger", OTHER))
    tell(web, page("/one"), form("mia@nordwind.example"))
    web.read()
    now = clock.now()
    with reading(web.database) as session:
        assert not old_traces.due(session, now + timedelta(days=99))
    later = now + timedelta(days=101)
    assert not perform(web.database, lambda session: old_traces.forget(session, later))
    assert count(web, TraceRow) == 0
    assert count(web, VisitorRow) == 0
    assert count(web, RecognitionRow) == 1
    assert web.states() == ["recorded"]
    assert len(web.deliveries()) == 1
    assert len(web.activities()) == 2


def test_signals_neither_hide_nor_excuse_a_form_that_has_fallen_silent(web: Site) -> None:
    tell(web, form("mia@nordwind.example"))
    web.read()
    assert [each.source for each in web.deliveries()] == ["site/t"]
    assert [each.source for each in web.activities()] == ["site"]
    with reading(web.database) as session:
        doing = health.of(session, ["site"])["site"]
    assert doing.last_delivery_at is None


def test_whoever_says_who_they_are_while_their_view_is_being_read_misses_none(web: Site) -> None:
    for n in range(5):
        browser = f"{n}" * 32
        tell(web, page("/view", browser))
        tell(web, form(f"p{n}@nordwind.example", browser))
        waiting = [each.id for each in web.deliveries() if each.state == "received"]
        threads = [threading.Thread(target=read_one, args=(web, each)) for each in waiting]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert count(web, TraceRow) == 0
    assert [sorted(each) for each in history(web).values()] == [["/", "/view"]] * 5


def read_one(web: Site, delivery: Any) -> None:
    perform(web.database, lambda s: ingest(s, [delivery], clock.now(), secret=SECRET_KEY))
