"""Signing in: who may, who is told what, and what ends it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.auth import links
from app.auth.passwords import weakness
from app.database import Database
from app.door import perform, reading
from prospects import team
from prospects.member import Role
from tests.pages.conftest import PASSWORD, Visitor

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]


@pytest.mark.parametrize(
    ("role", "landing"),
    [
        (Role.REP, "/today"),
        (Role.MANAGER, "/stuck"),
        (Role.MARKETER, "/people"),
        (Role.ACCOUNT_MANAGER, "/transfers"),
        (Role.DESK, "/desk"),
        (Role.ADMIN, "/setup"),
    ],
)
def test_each_role_lands_on_its_own_page(
    visitor: Visitors, hire: Hire, role: Role, landing: str
) -> None:
    guest = visitor()
    answer = guest.send("/login", "/login", email=hire("kim@acme.example", role), password=PASSWORD)
    assert answer.headers["Location"] == landing


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(
    visitor: Visitors, hire: Hire
) -> None:
    hire("kim@acme.example", Role.REP)
    wrong = visitor().send("/login", "/login", email="kim@acme.example", password="x" * 15)
    unknown = visitor().send("/login", "/login", email="who@acme.example", password="x" * 15)
    assert wrong.status_code == unknown.status_code == 401
    assert "do not belong together" in wrong.text
    assert "do not belong together" in unknown.text


def test_a_colleague_who_left_cannot_sign_in(
    visitor: Visitors, hire: Hire, database: Database, now: datetime
) -> None:
    email = hire("kim@acme.example", Role.REP)
    inside = visitor().sign_in(email)
    perform(database, lambda s: team.save(s, [{"email": email, "active": False}], now))
    assert inside.client.get("/you").status_code == 302
    assert visitor().send("/login", "/login", email=email, password=PASSWORD).status_code == 401


def test_guessing_is_slowed_down_but_the_known_device_still_gets_in(
    visitor: Visitors, hire: Hire
) -> None:
    email = hire("kim@acme.example", Role.REP)
    owner = visitor().sign_in(email)
    owner.send("/you", "/logout")
    guesser = visitor()
    codes = [
        guesser.send("/login", "/login", email=email, password=f"guess number {n:04}").status_code
        for n in range(12)
    ]
    assert codes[0] == 401
    assert codes[-1] == 429
    owner.sign_in(email)


def test_signing_in_starts_a_fresh_session(site: Flask, visitor: Visitors, hire: Hire) -> None:
    guest = visitor()
    guest.see("/login")
    with guest.client.session_transaction() as before:
        planted = dict(before)
    guest.sign_in(hire("kim@acme.example", Role.REP))
    with guest.client.session_transaction() as after:
        assert after["token"]
        assert after.get("csrf_token") != planted["csrf_token"]


def test_signing_out_everywhere_ends_the_other_phone_too(visitor: Visitors, hire: Hire) -> None:
    email = hire("kim@acme.example", Role.REP)
    here, there = visitor().sign_in(email), visitor().sign_in(email)
    here.send("/you", "/logout/everywhere")
    assert there.client.get("/you").headers["Location"].startswith("/login")


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    site: Flask, visitor: Visitors, hire: Hire
) -> None:
    inside = visitor().sign_in(hire("kim@acme.example", Role.REP))
    cookie = inside.client.get_cookie("warmline")
    assert cookie
    inside.send("/you", "/logout")
    thief = site.test_client()
    thief.set_cookie("warmline", cookie.value)
    assert thief.get("/you").status_code == 302


def test_a_new_password_ends_other_sign_ins_and_keeps_this_one(
    visitor: Visitors, hire: Hire
) -> None:
    email = hire("kim@acme.example", Role.REP)
    here, there = visitor().sign_in(email), visitor().sign_in(email)
    fresh = "seven slow trains at noon"
    refused = here.send("/you", "/you/password", current="not this one at all", password=fresh)
    assert refused.status_code == 422
    here.send("/you", "/you/password", current=PASSWORD, password=fresh)
    here.see("/you")
    assert there.client.get("/you").status_code == 302
    visitor().sign_in(email, fresh)


def test_a_form_without_its_token_is_refused_with_a_way_on(visitor: Visitors, hire: Hire) -> None:
    inside = visitor().sign_in(hire("kim@acme.example", Role.REP))
    answer = inside.client.post("/you/password", data={"current": "a", "password": "b"})
    assert answer.status_code == 419
    assert "open too long" in answer.text


def test_a_form_from_another_site_is_refused(visitor: Visitors, hire: Hire) -> None:
    inside = visitor().sign_in(hire("kim@acme.example", Role.REP))
    token = inside.token("/you")
    answer = inside.client.post(
        "/logout/everywhere",
        data={"csrf_token": token},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    inside.see("/you")


def test_a_sign_in_goes_on_only_to_our_own_pages(visitor: Visitors, hire: Hire) -> None:
    email = hire("kim@acme.example", Role.REP)
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"):
        answer = visitor().send("/login", "/login", email=email, password=PASSWORD, next=target)
        assert answer.headers["Location"] == "/today"


def test_the_first_administrators_link_works_once(
    visitor: Visitors, database: Database, now: datetime
) -> None:
    token = perform(database, lambda s: links.first_administrator(s, now))
    path = f"/welcome/{token}"
    guest = visitor()
    assert "you become the administrator" in guest.see(path)
    short = guest.send(path, path, name="Ada", email="ada@acme.example", password="too short")
    assert short.status_code == 422
    assert "at least 15 characters" in short.text
    assert 'value="ada@acme.example"' in short.text
    done = guest.send(path, path, name="Ada", email="ada@acme.example", password=PASSWORD)
    assert done.status_code == 303
    assert guest.client.get("/").headers["Location"] == "/setup"
    visitor().see(path, 410)
    assert perform(database, lambda s: links.first_administrator(s, now)) is None


def test_an_old_first_link_ends_with_a_newer_one(
    visitor: Visitors, database: Database, now: datetime
) -> None:
    old = perform(database, lambda s: links.first_administrator(s, now))
    perform(database, lambda s: links.first_administrator(s, now))
    visitor().see(f"/welcome/{old}", 410)


def test_an_invitation_sets_a_password_and_ends_after_a_week(
    visitor: Visitors, database: Database, now: datetime
) -> None:
    token = perform(
        database,
        lambda s: links.invite(s, email="Rita@acme.example", role=Role.REP, by="cli", now=now),
    )
    with reading(database) as session:
        links.look(session, token, now)
        with pytest.raises(links.SpentLinkError):
            links.look(session, token, now + timedelta(days=8))
    guest = visitor()
    # A name whose composed form has more characters than were typed.
    name = "\N{DEVANAGARI LETTER QA}ासिम"
    done = guest.send(f"/welcome/{token}", f"/welcome/{token}", name=name, password=PASSWORD)
    assert done.status_code == 303
    visitor().sign_in("rita@acme.example")


@pytest.mark.parametrize(
    "password",
    ["short", "passwordpassword", "aaaaaaaaaaaaaaaaaa", "123456789012345", "rita@acme.example"],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    assert weakness(password, email="rita@acme.example", name="Rita")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "8f3a9c1e7b2d4a6f",
        "密码也可以是一句很长的话没问题吧",
    ],
)
def test_long_passwords_of_ones_own_are_welcome(password: str) -> None:
    assert weakness(password, email="rita@acme.example", name="Rita") is None


def test_where_nothing_is_a_colleague_keeps_the_navigation_and_a_stranger_is_told_no_more(
    hire: Hire, visitor: Visitors
) -> None:
    max_ = visitor().sign_in(hire("max@us.example", Role.MANAGER))
    for path, status in (("/nowhere", 404), ("/setup", 403)):
        page = max_.see(path, status)
        assert 'aria-label="Main"' in page
        assert "To your start page" in page
    assert 'href="/people">Look for a person' in max_.see("/nowhere", 404)
    assert 'aria-label="Main"' not in visitor().see("/nowhere", 404)
