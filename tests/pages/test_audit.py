"""The audit page: acts in words, found by person, kind and time, turned by key, and taken to a spreadsheet."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy.orm import Session

from app import tokens
from app.database import Database
from app.door import perform
from app.pages import audit_words
from prospects import audit, team
from prospects.member import Role
from tests.pages.conftest import Visitor

LEAD = "01900000-0000-7000-8000-000000000001/01900000-0000-7000-8000-000000000002"


@pytest.fixture
def olu(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("olu@us.example", Role.ADMIN, name="Olu Adeyemi"))


@pytest.fixture
def busy(olu: Visitor, hire: Callable[..., str], database: Database, now: datetime) -> str:
    """A few days of acts by several; Rita's id."""
    hire("rita@us.example", Role.MANAGER, name="Rita Okoye")

    def work(session: Session) -> str:
        rita = team.by_email(session, "rita@us.example")
        assert rita
        day = timedelta(days=1)
        tokens.create(session, Role.REP, "=crm", None, now - 3 * day)
        audit.note(
            session, "publish flow", "considered", now - 2 * day, who=str(rita.id), version=3
        )
        audit.note(session, "deal recorded", LEAD[:36], now - day, who="rita@us.example")
        audit.note(session, "handoff: give", LEAD, now, who="Rita Okoye", to=str(rita.id))
        audit.note(session, "segment named", "=1+1", now, who="token =crm")
        audit.note(session, "planted a tree", "garden", now, who="apply", documents=["a", "b"])
        return str(rita.id)

    return perform(database, work)


def lines(page: str) -> list[str]:
    found = re.findall(r"<p><bdi class=\"strong\">(.*?)</p>", page)
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def test_a_quiet_house_says_what_will_stand_here(olu: Visitor) -> None:
    assert "Nothing was done yet" in olu.see("/audit")


def test_acts_are_sentences_newest_first(olu: Visitor, busy: str) -> None:
    page = olu.see("/audit")
    assert lines(page) == [
        "The command line did: planted a tree: garden",
        "The program =crm named a group of people: =1+1",
        "Rita Okoye gave a lead to somebody else: the lead",
        "Rita Okoye recorded a deal",
        "Rita Okoye published a flow: considered",
        "The command line made a token: =crm",
    ]
    assert f'href="/handoffs/{LEAD}"' in page
    assert 'href="/flows/considered"' in page
    assert "to: Rita Okoye" in page
    assert "documents: a, b" in page
    assert "version: 3" in page


def test_one_person_is_found_however_their_acts_name_them(olu: Visitor, busy: str) -> None:
    found = lines(olu.see(f"/audit?who={busy}"))
    assert len(found) == 3
    assert all(each.startswith("Rita Okoye") for each in found)
    assert len(lines(olu.see("/audit?who=programs"))) == 1
    assert len(lines(olu.see("/audit?who=commands"))) == 2
    assert "Nobody did anything like that" in olu.see(f"/audit?who={busy}&act=invite")


def test_kind_and_days_narrow_it_down(olu: Visitor, busy: str, now: datetime) -> None:
    assert lines(olu.see("/audit?act=deal+recorded")) == ["Rita Okoye recorded a deal"]
    yesterday = (now - timedelta(days=1)).date()
    found = lines(olu.see(f"/audit?since={yesterday}&until={yesterday}"))
    assert found == ["Rita Okoye recorded a deal"]
    assert len(lines(olu.see(f"/audit?since={yesterday}"))) == 4
    for nonsense in ("since=9999-99-99", "until=x", "who=%00", "since=0001-01-01"):
        assert len(lines(olu.see(f"/audit?{nonsense}"))) == 6, nonsense


def test_a_long_audit_is_turned_by_key_and_keeps_what_was_asked(
    olu: Visitor, database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        for n in range(51):
            at = now - timedelta(minutes=n)
            audit.note(session, "test lead", f"s{n}", at, who="command line")
            audit.note(session, "apply", "workspace", at, who="apply")

    perform(database, work)
    page = olu.see("/audit?act=test+lead")
    assert len(lines(page)) == 50
    more = re.search(r'href="(/audit\?[^"]*before=[^"]+)"', page)
    assert more
    rest = olu.see(more[1].replace("&amp;", "&"))
    assert len(lines(rest)) == 1
    assert 'href="/sources/s50"' in rest


def test_a_spreadsheet_gets_the_same_acts_and_no_formula(olu: Visitor, busy: str) -> None:
    answer = olu.client.get("/audit.csv?act=segment+named")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "audit-2026-03-03.csv" in answer.headers["Content-Disposition"]
    head, row = list(csv.reader(StringIO(answer.text)))
    assert head == ["at", "who", "act", "in words", "about", "detail"]
    assert row[0] == "2026-03-03T10:00:00Z"
    assert row[1] == "The program =crm"
    assert row[4] == "'=1+1"
    assert len(list(csv.reader(StringIO(olu.client.get("/audit.csv").text)))) == 7


def test_what_nobody_put_into_words_is_still_said() -> None:
    assert audit_words.act("planted a tree") == "did: planted a tree"
    assert audit_words.who("somebody", audit_words.Names()) == "somebody"
