"""Links of a mail lead by way of us, once noticed as a click, and nobody else can make such a link."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import redirect
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from app import clock
from app.database import Database
from app.door import perform, reading
from app.jobs import mail
from app.web import create_app
from nurture.clicks import PATH, SALT, click_of, led_by_us, record
from nurture.sending import SendRef
from nurture.templates import read_mail
from prospects import configuration
from prospects.ids import ProspectId, SendId
from prospects.kinds import Kind
from prospects.landing import whose
from prospects.message import MessageRow
from prospects.robots import BURST, is_fetched, is_robot
from prospects.rows import ActivityRow
from prospects.topics import Topic
from tests.nurture.mail_server import MailServer
from tests.nurture.post import SECRET, Post

PRICES = "https://www.acme.example/pricing?a=1&b=ä"
PRICES_LED = "https://www.acme.example/pricing?a=1&b=%C3%A4"
LINKED = (
    "---\nsubject: Prices\nfrom: Acme <hi@acme.example>\n---\n"
    f'<p><a class="x" href="{PRICES.replace("&", "&amp;")}">Prices</a>'
    ' <a href="{{ unsubscribe_url }}">out</a> <a href="mailto:hi@acme.example">us</a></p>'
)


@pytest.fixture
def post(database: Database, folder: Path) -> Iterator[Post]:
    with MailServer() as (url, sink):
        yield Post(database, folder, url, sink)
        mail.transport.cache_clear()


def sent(post: Post) -> str:
    """The HTML of a mail with a link that was handed over."""
    perform(
        post.database,
        lambda s: configuration.write(
            s, "mail", "hello", read_mail(LINKED), clock.now(), by="test"
        ),
    )
    post.live()
    ref = post.planned()
    post.drain()
    return post.send(ref).html or ""


def token_in(html: str) -> str:
    return html.partition(f"https://warm.example{PATH}")[2].partition('"')[0]


TOKEN = re.compile(r"https://warm\.example/c/([^\"]+)")


def clicks(post: Post) -> list[ActivityRow]:
    with reading(post.database) as session:
        asked = select(ActivityRow).where(ActivityRow.kind == Kind.CLICK)
        asked = asked.order_by(ActivityRow.happened_at, ActivityRow.id)
        return list(session.execute(asked).scalars())


def test_a_link_is_led_by_us_and_the_way_out_and_mail_addresses_are_not(post: Post) -> None:
    html = sent(post)
    assert "www.acme.example" not in html
    assert html.count(PATH) == 2  # and the one that no reader sees
    assert 'href="https://warm.example/u/' in html
    assert 'href="mailto:hi@acme.example"' in html
    found = click_of(SECRET, token_in(html))
    assert found is not None
    assert found.url == PRICES


def test_following_it_is_a_click_once_a_day_and_a_look_ahead_is_none(post: Post) -> None:
    token = token_in(sent(post))
    later = clock.now() + timedelta(minutes=5)
    reader = create_app(post.settings, database=post.database, now=lambda: later).test_client()
    assert reader.head(f"{PATH}{token}").status_code == 302
    assert clicks(post) == []
    for _twice in range(2):
        answer = reader.get(f"{PATH}{token}")
        assert answer.status_code == 302
        assert answer.location.startswith("https://www.acme.example/pricing?a=1&b=")
    (click,) = clicks(post)
    assert click.body["url"] == PRICES
    assert click.body["template"] == "hello"
    assert not click.suspect_robot


def test_a_link_that_is_followed_the_moment_it_left_was_followed_by_a_machine(post: Post) -> None:
    token = token_in(sent(post))
    create_app(post.settings, database=post.database).test_client().get(f"{PATH}{token}")
    (click,) = clicks(post)
    assert click.suspect_robot


def test_nobody_else_can_make_a_link_that_leads_elsewhere(post: Post) -> None:
    html = sent(post)
    ref = click_of(SECRET, token_in(html))
    assert ref is not None
    made = led_by_us(
        '<a href="https://evil.example/">x</a>',
        ref.ref,
        secret="another secret of forty letters, not ours",
        base_url="https://warm.example",
    )
    reader = create_app(post.settings, database=post.database).test_client()
    for token in (token_in(made), "x", "", "%00"):
        assert reader.get(f"{PATH}{token}").status_code == 404
    assert clicks(post) == []


def test_a_scanner_s_look_does_not_swallow_the_person_s_click(post: Post) -> None:
    token = token_in(sent(post))
    create_app(post.settings, database=post.database).test_client().get(f"{PATH}{token}")
    later = clock.now() + timedelta(minutes=5)
    create_app(post.settings, database=post.database, now=lambda: later).test_client().get(
        f"{PATH}{token}"
    )
    assert sorted(each.suspect_robot for each in clicks(post)) == [False, True]


AHEAD = (
    {"Sec-Purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
    {"X-Purpose": "preview"}, {"X-Moz": "prefetch"}, {"Sec-Fetch-Mode": "no-cors"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"User-Agent": "facebookexternalhit/1.1"}, {"User-Agent": "WhatsApp/2.23"},
)  # fmt: skip
BY_HAND = (
    {}, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"User-Agent": "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/126 Mobile"},
    {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
)  # fmt: skip


def test_who_fetches_ahead_or_names_itself_a_robot_is_told_and_people_are_not() -> None:
    def told(headers: dict[str, str]) -> bool:
        asked = {name.lower(): value for name, value in headers.items()}
        return is_robot(asked) or is_fetched(asked)

    assert [each for each in AHEAD if not told(each)] == []
    assert [each for each in BY_HAND if told(each)] == []


def test_a_prefetch_at_any_time_is_a_robots_look_and_the_person_is_led_on(post: Post) -> None:
    token = token_in(sent(post))
    later = clock.now() + timedelta(hours=5)
    reader = create_app(post.settings, database=post.database, now=lambda: later).test_client()
    ahead = reader.get(f"{PATH}{token}", headers={"Sec-Purpose": "prefetch"})
    assert (ahead.status_code, ahead.headers["Cache-Control"]) == (302, "no-store")
    assert [each.suspect_robot for each in clicks(post)] == [True]
    reader.get(f"{PATH}{token}")
    assert sorted(each.suspect_robot for each in clicks(post)) == [False, True]


def test_who_follows_one_link_after_another_is_a_scanner_from_the_first_on(post: Post) -> None:
    first = click_of(SECRET, token_in(sent(post)))
    assert first is not None
    at = clock.now() + timedelta(minutes=5)
    for seconds, path in ((0, "/a"), (1, "/b"), (20, "/c"), (31, "/d")):
        click = replace(first, url=f"https://www.acme.example{path}")
        perform(
            post.database, lambda s, c=click, n=seconds: record(s, c, at + timedelta(seconds=n))
        )
    told = {each.body["url"][-1]: each.suspect_robot for each in clicks(post)}
    assert told == {"a": True, "b": True, "c": False, "d": False}


def test_the_persons_own_click_counts_on_a_link_a_scanner_was_taken_for_a_person_on(
    post: Post,
) -> None:
    first = click_of(SECRET, token_in(sent(post)))
    assert first is not None
    other = replace(first, url="https://www.acme.example/b")
    at = clock.now() + timedelta(minutes=5)
    for seconds, click in ((0, first), (1, other), (60, first)):
        perform(
            post.database, lambda s, c=click, n=seconds: record(s, c, at + timedelta(seconds=n))
        )
    assert [each.suspect_robot for each in clicks(post)] == [True, True, False]


def test_who_follows_the_link_that_no_reader_sees_was_a_robot_all_along(post: Post) -> None:
    html = sent(post)
    tokens = TOKEN.findall(html)
    assert 'style="display:none"' in html
    at = clock.now() + timedelta(minutes=5)
    moment = iter([at, at + timedelta(minutes=1), at + timedelta(minutes=30)])
    reader = create_app(post.settings, database=post.database, now=lambda: next(moment))
    for token, status in ((tokens[0], 302), (tokens[-1], 204), (tokens[0], 302)):
        assert reader.test_client().get(f"{PATH}{token}").status_code == status
    told = [(bool(each.body.get("trap")), each.suspect_robot) for each in clicks(post)]
    assert told == [(False, True), (True, True), (False, False)]


def test_a_click_is_acted_on_when_no_scanner_has_shown_itself(post: Post) -> None:
    click = click_of(SECRET, token_in(sent(post)))
    assert click is not None
    at = clock.now() + timedelta(minutes=5)
    perform(post.database, lambda s: record(s, click, at))
    with reading(post.database) as session:
        due = select(MessageRow.due_at).where(MessageRow.topic == Topic.REACT)
        assert max(session.execute(due).scalars()) == at + BURST


def test_a_link_to_a_page_of_ours_says_whose_visit_it_is_but_not_to_robots(post: Post) -> None:
    token = token_in(sent(post))
    ours = {"kind": "html_form", "origins": ["https://www.acme.example"]}
    perform(
        post.database,
        lambda s: configuration.write(s, "source", "site", ours, clock.now(), by="test"),
    )
    later = clock.now() + timedelta(minutes=5)
    reader = create_app(post.settings, database=post.database, now=lambda: later).test_client()
    assert reader.get(f"{PATH}{token}").location == PRICES_LED
    said = {"type": "page", "url": "https://www.acme.example/", "visitor": "v" * 32}
    told = reader.post("/t", json=said, headers={"Origin": "https://www.acme.example"})
    assert told.status_code == 204
    robot = reader.get(f"{PATH}{token}", headers={"Purpose": "prefetch"})
    assert "wl=" not in robot.location
    query = parse_qs(urlsplit(reader.get(f"{PATH}{token}").location).query)
    assert (query["a"], query["b"]) == (["1"], ["ä"])
    (person,) = {each.prospect_id for each in clicks(post)}
    assert whose(SECRET, query["wl"][0], later) == person
    assert whose(SECRET, query["wl"][0], later + timedelta(minutes=16)) is None


NOWHERE = (
    *("https://acme.example/?a=b\nSet-Cookie: x=1", "https://[bad/x", "https://x:99999999/"),
    *("https://a\u2100b.example/", "https://é..x/", "https:///x", "https://a\r\nb.example/"),
)


@pytest.mark.parametrize("url", NOWHERE)
def test_what_a_prospect_made_of_a_link_breaks_no_answer(url: str, post: Post) -> None:
    written = f'<a href="{escape(url)}">x</a>'
    ref = SendRef(ProspectId(uuid4()), SendId(uuid4()))
    assert led_by_us(written, ref, secret=SECRET, base_url="https://warm.example") == written
    token = URLSafeSerializer(SECRET, salt=SALT).dumps([ref.prospect_id.hex, ref.send_id.hex, url])
    reader = create_app(post.settings, database=post.database).test_client()
    assert reader.get(f"{PATH}{token}").status_code == 404


@given(st.from_regex(r"https?://[^\"]{1,40}", fullmatch=True))
def test_every_link_that_is_led_by_us_can_be_followed(url: str) -> None:
    ref = SendRef(ProspectId(uuid4()), SendId(uuid4()))
    made = led_by_us(f'<a href="{escape(url)}">x</a>', ref, secret=SECRET, base_url="https://us")
    found = click_of(SECRET, made.partition(PATH)[2].partition('"')[0])
    if found is not None:
        assert redirect(found.url).location
