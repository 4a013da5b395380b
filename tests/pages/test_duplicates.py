"""Marketers and the desk see who may be one, look at what would follow, decide, and undo it."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from app.database import Database
from app.door import perform
from prospects import people
from prospects.identity import Identity, Lead
from prospects.member import Role
from prospects.values import Person
from tests.pages.conftest import Visitor

HINT = Identity("namesake", "acme.example <b>ada</b> byron")


@pytest.fixture
def two(database: Database, now: datetime) -> tuple[str, str]:
    known = [
        Lead(
            ref=email,
            identities=(Identity("email", email),),
            hints=(HINT,),
            person=Person(email=email, name="<b>Ada</b> Byron", title=title),
            happened_at=now,
        )
        for email, title in (("ada@acme.example", None), ("a.b@acme.example", "CTO"))
    ]
    found = perform(database, lambda s: people.resolve(s, known, now, secret="x"))
    one, other = (str(each.prospect_id) for each in found)
    return one, other


@pytest.mark.parametrize("role", [Role.MARKETER, Role.DESK])
def test_a_pair_is_made_one_and_parted_again(
    role: Role, two: tuple[str, str], visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    mia, (one, other) = visitor().sign_in(hire("mia@us.example", role)), two
    listed = mia.see("/duplicates")
    assert "the same name at the same company" in listed
    assert "<b>" not in listed
    link = re.search(r'href="(/people/[^"]+/merge\?with=[^"]+)"', listed)
    assert link is not None
    told = mia.see(link[1])
    assert "taken over: the title" in told

    made = mia.send(link[1], f"/people/{one}/merge", other=other, why="one desk")
    assert made.headers["Location"] == f"/people/{one}"
    page = mia.see(f"/people/{one}")
    assert "Also known as" in page
    assert "one desk" in page
    assert mia.client.get(f"/people/{other}").headers["Location"] == f"/people/{one}"
    undo = re.search(r'action="(/merges/[^"]+)"', page)
    assert undo is not None

    mia.send(f"/people/{one}", undo[1])
    assert "Also known as" not in mia.see(f"/people/{one}")
    assert "Nobody seems to be here twice" in mia.see("/duplicates"), "a person has parted them"


def test_whom_else_they_are_is_said_by_address_or_page(
    two: tuple[str, str], visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    mia, (one, other) = visitor().sign_in(hire("mia@us.example", Role.MARKETER)), two
    page = f"/people/{one}/merge"
    assert "Who else are they?" in mia.see(page)
    for written in ("a.b@acme.example", f"https://crm.example/people/{other}"):
        assert "What follows" in mia.see(f"{page}?with={written}")
    assert "Nobody is known by this" in mia.see(f"{page}?with=nobody@acme.example")
    assert "one person already" in mia.see(f"{page}?with={one}")


def test_a_pair_of_two_leaves_the_list(
    two: tuple[str, str], visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    apart = re.search(r'action="(/duplicates/[^"]+)"', mia.see("/duplicates"))
    assert apart is not None
    assert mia.send("/duplicates", apart[1]).headers["Location"] == "/duplicates"
    assert "Nobody seems to be here twice" in mia.see("/duplicates")


def test_which_company_somebody_meant_is_said_on_the_page(
    database: Database, now: datetime, visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    known = [
        Lead(
            ref=email,
            identities=(Identity("email", email),),
            person=Person(email=email, company=company),
            happened_at=now,
            domain=domain,
            account_name=company,
        )
        for email, company, domain in (
            ("ada@acme.example", "Acme Cooling GmbH", "acme.example"),
            ("bob@gmail.com", "Acme Koeling BV", None),
        )
    ]
    found = perform(database, lambda s: people.resolve(s, known[:1], now, secret="x"))
    found += perform(database, lambda s: people.resolve(s, known[1:], now, secret="x"))
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    page = mia.see("/duplicates")
    assert "Acme Koeling BV" in page
    button = re.search(r'name="company" value="([^"]+)"', page)
    assert button is not None
    path = f"/people/{found[1].prospect_id}/company"
    assert mia.send("/duplicates", path, company=button[1]).status_code == 303
    assert "Nobody seems to be here twice" in mia.see("/duplicates")
    assert "/companies/" in mia.see(f"/people/{found[1].prospect_id}")
