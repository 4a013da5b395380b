"""Bringing a file in from the browser: sent, looked at, tried, brought in, its refused rows, taken back."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.importing import kept
from app.jobs.drain import drain
from prospects import configuration
from prospects.member import Role
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.topics import Queue, Topic
from tests.pages.conftest import Visitor

FILE = """E-Mail-Adresse;Vorname;Nachname;Firma;Größe
ana@nord.example;Ana;Çelik;Nord;12
=cmd@;Bo;;;
"""


@pytest.fixture
def mia(
    hire: Callable[..., str], visitor: Callable[[], Visitor], database: Database, now: datetime
) -> Visitor:
    body = {"kind": "generic_json", "token": "a-token-in-the-path"}
    perform(database, lambda s: configuration.write(s, "source", "site", body, now, by="t"))
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


@pytest.fixture
def work(database: Database, site: Flask) -> Callable[[], None]:
    def until_done() -> None:
        drain(database, site.extensions["settings"], Queue.INSIDE)

    return until_done


def sent(mia: Visitor, body: str | bytes, name: str = "leads.csv", **more: Any) -> Any:
    data = body.encode() if isinstance(body, str) else body
    fields = {"holds": "leads", "source": "site", "file": (io.BytesIO(data), name), **more}
    return mia.send("/imports", "/imports", **fields)


def columns(page: str) -> dict[str, str]:
    """The form of columns as the page offers it."""
    found = {}
    for select_ in re.findall(r'<select[^>]*name="(column-\d+)".*?</select>', page, re.DOTALL):
        part = page[page.index(f'name="{select_}"') :]
        chosen = re.search(r'<option value="([^"]+)" selected', part)
        assert chosen
        found[select_] = chosen[1]
    return found


def test_a_file_is_guessed_tried_brought_in_and_taken_back(
    mia: Visitor, work: Callable[[], None], database: Database
) -> None:
    page = sent(mia, FILE).location
    guess = columns(mia.see(page))
    assert list(guess.values()) == ["email", "name", "name", "company", "fields.Größe"]
    assert "separated by semicolons" in mia.see(page)

    mia.send(page, f"{page}/columns", act="try", **guess)
    work()
    assert "This is what would happen" in mia.see(page)
    assert "'=cmd@,Bo" in mia.see(f"{page}/refused.csv")
    assert people(database) == []
    mia.send(page, f"{page}/columns", act="bring", **guess)
    work()
    assert "All rows are in" in mia.see(page)
    assert people(database) == ["Ana Çelik"]
    refused = mia.see(f"{page}/refused.csv")
    assert refused.startswith("\ufeffline,reason,E-Mail-Adresse")
    assert "'=cmd@,Bo" in refused

    assert "1 person came by this file" in mia.see(page)
    for _ in range(2):
        assert mia.send(page, f"{page}/undo").status_code == 303
        work()
    assert "It was taken back" in mia.see(page)
    assert people(database) == [None]
    assert "taken back" in mia.see("/imports")


def test_bringing_in_while_it_is_tried_goes_on_with_the_one_promise_there_is(
    mia: Visitor, work: Callable[[], None], database: Database, now: datetime
) -> None:
    page = sent(mia, FILE).location
    guess = columns(mia.see(page))
    for act in ("try", "try", "bring"):
        mia.send(page, f"{page}/columns", act=act, **guess)
    with reading(database) as session:
        soon = MessageRow.due_at < now + timedelta(days=1)
        promised = select(MessageRow.id).where(MessageRow.topic == Topic.IMPORT, soon)
        assert len(session.execute(promised).all()) == 1
    work()
    assert people(database) == ["Ana Çelik"]


def people(database: Database) -> list[str | None]:
    with reading(database) as session:
        return list(session.execute(select(ProspectRow.name)).scalars())


def test_columns_that_cannot_be_are_said_and_nothing_begins(mia: Visitor) -> None:
    page = sent(mia, FILE).location
    answer = mia.send(page, f"{page}/columns", act="bring", **{"column-1": "name"})
    assert answer.status_code == 422
    assert "no column holds an e-mail address" in answer.text
    assert "not begun" in mia.see(page)


def test_another_encoding_is_chosen_by_how_a_line_reads(mia: Visitor) -> None:
    page = sent(mia, "email,name\na@x.example,Łukasz Żółć\n".encode("cp1250")).location
    asked = mia.see(page)
    assert "Which of these lines reads as it should?" in asked
    assert "a@x.example,Łukasz Żółć" in asked
    assert "Central European" in asked
    assert "somebody has to say how its letters read" in asked
    assert mia.send(page, f"{page}/encoding", encoding="no-such").status_code == 422
    mia.send(page, f"{page}/encoding", encoding="cp1250")
    assert "Łukasz Żółć" in mia.see(page)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"PK\x03\x04 a workbook", "is packed, or a workbook"),
        (b"\x1f\x8b\x08 a bomb", "is packed, or a workbook"),
        (b"", "has no first line"),
        (b"\n\n", "has no first line"),
    ],
)
def test_what_is_no_table_is_refused_and_not_kept(mia: Visitor, body: bytes, said: str) -> None:
    answer = sent(mia, body)
    assert answer.status_code == 422
    assert said in answer.text
    assert "None yet" in mia.see("/imports")


def test_only_who_may_import_may_send_more_than_a_form(
    mia: Visitor, visitor: Callable[[], Visitor], hire: Callable[..., str], monkeypatch: Any
) -> None:
    large = "email,name\n" + "a@x.example,Ada\n" * 100_000
    assert sent(mia, large).status_code == 303
    rita = visitor().sign_in(hire("rita@us.example", Role.REP))
    token = rita.token("/you")
    for who in (rita, visitor()):
        fields = {"csrf_token": token, "file": (io.BytesIO(large.encode()), "x.csv")}
        assert who.client.post("/imports", data=fields).status_code == 413
    monkeypatch.setattr(kept, "LARGEST", 1000)
    assert sent(mia, large).status_code == 413
