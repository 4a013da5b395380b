"""One click leaves a topic for good: by a button or a mail program, never by a scanner that looks."""

from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.database import Database
from app.door import perform, reading, unit_of_work
from app.settings import read_settings
from app.web import create_app
from nurture.unsubscribing import token_of, way_out
from prospects import configuration, consents, erasure
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow, ConsentRow, ProspectRow, SuppressionRow
from prospects.topics import Topic

EMAIL = "ada@buyer.example"
SECRET = "k" * 40
MULTIPART = b'--b1\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b1--\r\n'


class Reader:
    """Somebody with a mail, and the site its links lead to."""

    def __init__(self, database: Database, client: FlaskClient, who: ProspectId) -> None:
        self.database = database
        self.client = client
        self.who = who
        self.path = f"/u/{token_of(SECRET, who, EMAIL, 'news')}"

    def suppressed(self) -> list[tuple[str, str]]:
        with reading(self.database) as session:
            rows = session.execute(select(SuppressionRow.topic, SuppressionRow.reason))
            return [(row.topic, row.reason) for row in rows]

    def barred(self, topic: str) -> bool:
        with reading(self.database) as session:
            return bool(consents.barred(session, {self.who: EMAIL}, topic, secret=SECRET))

    def activities(self) -> int:
        asked = select(func.count()).where(ActivityRow.kind == Kind.UNSUBSCRIBED)
        with reading(self.database) as session:
            return session.execute(asked.select_from(ActivityRow)).scalar_one()


@pytest.fixture
def reader(database: Database, database_url: str, tmp_path: Path, now: datetime) -> Reader:
    given = {"DATABASE_URL": database_url, "WARMLINE_SECRET_KEY": SECRET}
    app = create_app(
        read_settings(given, data=tmp_path / "data"), database=database, now=lambda: now
    )
    who = ProspectId(new_id(now))
    with unit_of_work(database) as session:
        row = ProspectRow(id=who, email=EMAIL, fields={})
        row.created_at = row.changed_at = now
        session.add(row)
    return Reader(database, app.test_client(use_cookies=False), who)


def test_looking_changes_nothing_however_often(reader: Reader) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert reader.client.open(reader.path, method=method).status_code == 200
    assert reader.suppressed() == []
    assert reader.activities() == 0


def test_the_button_is_a_form_that_posts_to_the_same_address(reader: Reader) -> None:
    page = reader.client.get(reader.path).text
    assert f'action="{reader.path}"' in page
    assert 'method="post"' in page
    assert "news" in page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=b1"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
def test_a_mail_program_unsubscribes_without_cookie_token_or_redirect(
    reader: Reader, body: bytes, kind: str
) -> None:
    answer = reader.client.post(
        reader.path,
        data=body,
        content_type=kind,
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert reader.suppressed() == [("news", "unsubscribed")]
    assert reader.barred("news")
    assert not reader.barred("other")
    assert reader.activities() == 1


def test_leaving_twice_is_leaving_once(reader: Reader) -> None:
    for _ in range(3):
        assert reader.client.post(reader.path).status_code == 200
    assert reader.suppressed() == [("news", "unsubscribed")]
    assert reader.activities() == 1


def test_leaving_takes_back_what_was_agreed_to_and_is_told_outside_once(
    reader: Reader, now: datetime
) -> None:
    wants = {"events": ["consent.changed"]}
    perform(reader.database, lambda s: configuration.write(s, "hook", "crm", wants, now, by="test"))
    for _ in range(2):
        assert reader.client.post(reader.path).status_code == 200
    with reading(reader.database) as session:
        (said,) = session.execute(select(ConsentRow)).scalars()
        told = select(MessageRow.ref).where(MessageRow.topic == Topic.ANNOUNCE)
        refs = list(session.execute(told).scalars())
    assert (said.topic, said.given, said.source) == ("news", False, "unsubscribe")
    assert refs == [f"{reader.who}/{said.id}/said"]


def test_it_still_works_after_erasure_and_records_nothing_about_the_person(
    reader: Reader, now: datetime
) -> None:
    perform(reader.database, lambda s: erasure.erase(s, reader.who, now, secret=SECRET))
    assert reader.client.post(reader.path).status_code == 200
    assert reader.barred("news")
    assert reader.activities() == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_we_did_not_make_is_nothing(reader: Reader, method: str) -> None:
    forged = f"/u/{token_of('another secret', reader.who, EMAIL, 'news')}"
    # Not the last letter: some of its bits mean nothing.
    tampered = reader.path[:-9] + ("A" if reader.path[-9] != "A" else "B") + reader.path[-8:]
    for path in (forged, tampered, "/u/x", "/u/" + "x" * 5000, "/u/..%2F", "/u/\x00"):
        assert reader.client.open(path, method=method).status_code == 404
    assert reader.suppressed() == []


def test_a_token_is_for_one_address_and_topic(now: datetime) -> None:
    who = ProspectId(new_id(now))
    tokens = {
        token_of(SECRET, who, address, topic)
        for address in (EMAIL, "bob@buyer.example")
        for topic in ("news", "offers")
    }
    assert len(tokens) == 4
    assert EMAIL not in "".join(tokens)


@given(st.text(max_size=60))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert way_out(SECRET, text) is None
