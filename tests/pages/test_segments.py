"""Segments in the browser: named from the list of people, edited, taken away, and never past who owns them."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages.segment_sent import slug_of
from app.workspace.export import export
from app.workspace.standing import stand
from nurture import flows
from prospects import configuration
from prospects.audit import AuditRow
from prospects.member import Role
from prospects.segments import SEGMENT
from tests.pages.conftest import PASSWORD, Visitor
from tests.pages.test_flow_editor import field
from tests.pages.test_people_search import arrivals, names

EDITOR = "/segment-editor"
GERMANS = {"name": "People in Germany", "f1": "country", "o1": "eq", "v1": "DE"}


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def segment(database: Database, slug: str) -> configuration.Document | None:
    with reading(database) as session:
        return configuration.read(session, SEGMENT).get(slug)


def filled(page: str) -> dict[str, str]:
    """The lines of a condition as a browser would send them."""
    found = {}
    for name, inside in re.findall(
        r'<select[^>]* name="([fo][0-9])"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inside) or re.search(
            r'value="([^"]*)"', inside
        )
        found[name] = chosen[1] if chosen else ""
    return found | dict(re.findall(r' name="(v[0-9])" value="([^"]*)"', page))


def entered(session: Session, now: datetime, slug: str) -> None:
    document = {"flow": "greet", "enter": {"segment": slug}, "steps": [{"id": "a", "wait": "1d"}]}
    configuration.write(session, "flow", "greet", document, now, by="test")
    flows.publish(session, "greet", document, now)


def test_what_the_list_was_asked_for_is_named_and_found_again(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: arrivals(session, now, 4))
    asked = "warm=yes&lifecycle=inquiry&q=person&f1=email&o1=in&v1=p2@firm.example,+p3@firm.example"
    assert names(mia.see(f"/people?{asked}"), 4) == [2]
    page = mia.see(f"{EDITOR}?{asked}")
    assert "Left out, because no condition can ask for it: the words." in page
    sent = {**filled(page), "name": "Wärme zuerst!", "act": "keep"}
    answer = mia.send(EDITOR, EDITOR, **sent)
    assert answer.location == "/segments/warme-zuerst"
    assert "2 people" not in mia.see("/segments/warme-zuerst")
    assert "1 person" in mia.see("/segments/warme-zuerst")
    assert names(mia.see("/people?segment=warme-zuerst"), 4) == [2]
    kept = segment(database, "warme-zuerst")
    assert kept
    assert kept.body["if"]["all"][:2] == [
        {"field": "lifecycle", "op": "eq", "value": "inquiry"},
        {"field": "warm", "op": "eq", "value": True},
    ]


def test_looking_counts_and_keeps_nothing(mia: Visitor, database: Database, now: datetime) -> None:
    perform(database, lambda session: arrivals(session, now, 3))
    page = mia.send(EDITOR, EDITOR, name="All", **{"if": "{field: email, op: is_set}"}, act="look")
    assert page.status_code == 200
    assert "3 people" in page.text
    assert "Person 2x" in page.text
    assert segment(database, "all") is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({**GERMANS, "name": " "}, "Its name is missing"),
        ({**GERMANS, "name": "مشترون"}, "This cannot be its short name"),
        ({**GERMANS, "slug": "Not So"}, "This cannot be its short name"),
        ({"name": "Nobody"}, "Who is in it is missing"),
        ({**GERMANS, "f1": "contry"}, "Did you mean “country”?"),
        ({"name": "X", "if": "all: []"}, "Line 1, column 6"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_nothing_typed_is_lost(
    mia: Visitor, database: Database, sent: dict[str, str], said: str
) -> None:
    answer = mia.send(EDITOR, EDITOR, **sent, act="keep")
    page = unescape(answer.text)
    assert (answer.status_code, said in page) == (422, True)
    assert all(value.strip() in page for value in sent.values())
    with reading(database) as session:
        assert configuration.read(session, SEGMENT) == {}


def test_a_segment_is_edited_taken_away_audited_and_exported(
    mia: Visitor, database: Database
) -> None:
    assert mia.send(EDITOR, EDITOR, **GERMANS, act="keep").status_code == 303
    page = mia.see(f"{EDITOR}?of=people-in-germany")
    assert 'value="DE"' in page
    since = field(page, "since")
    changed = {**GERMANS, "slug": "people-in-germany", "since": since, "v1": "AT"}
    assert mia.send(EDITOR, EDITOR, **changed, act="keep").status_code == 303
    second = mia.send(EDITOR, EDITOR, **changed, act="keep")
    assert (second.status_code, "changed by somebody else" in second.text) == (409, True)
    with reading(database) as session:
        files = export(stand(session), {}).files
    assert "value: AT" in files["segments.yaml"]
    assert "country is “AT”" in mia.see("/segments")

    page = mia.see("/segments/people-in-germany")
    stale = mia.send("/segments", "/segments/people-in-germany/removal", since=since)
    assert stale.status_code == 409
    gone = mia.send("/segments", "/segments/people-in-germany/removal", since=field(page, "since"))
    assert gone.status_code == 303
    mia.see("/segments/people-in-germany", 404)
    with reading(database) as session:
        acts = session.execute(select(AuditRow.act).order_by(AuditRow.id)).scalars().all()
    assert acts == ["segment named", "segment changed", "segment removed"]


def test_what_a_flow_enters_by_is_looked_at_before_a_change_and_not_taken_away(
    mia: Visitor, database: Database, now: datetime
) -> None:
    mia.send(EDITOR, EDITOR, **GERMANS, act="keep")
    perform(database, lambda session: entered(session, now, "people-in-germany"))
    page = mia.see("/segments/people-in-germany")
    assert "greet" in page
    removal = "/segments/people-in-germany/removal"
    refused = mia.send("/segments", removal, since=field(page, "since"))
    assert refused.status_code == 409
    assert "A flow lets people in by people-in-germany: greet." in unescape(refused.text)

    since = field(mia.see(f"{EDITOR}?of=people-in-germany"), "since")
    sent = {**GERMANS, "slug": "people-in-germany", "since": since, "v1": "AT"}
    looked = mia.send(EDITOR, EDITOR, **sent, act="keep")
    assert (looked.status_code, "This flow lets people in by it" in looked.text) == (200, True)
    kept = mia.send(EDITOR, EDITOR, **sent, act="keep", seen=field(looked.text, "seen"))
    assert kept.status_code == 303
    body = segment(database, "people-in-germany")
    assert body
    assert body.body["if"]["value"] == "AT"


def test_what_the_files_own_is_copied_and_not_changed(
    mia: Visitor, database: Database, now: datetime
) -> None:
    body = {"slug": "dach", "name": "Dach", "if": {"not": {"field": "country", "op": "eq", "value": "FR"}}}  # fmt: skip
    perform(database, lambda to: configuration.write(to, SEGMENT, "dach", body, now, by="test"))
    assert mia.client.get(f"{EDITOR}?of=dach").location == f"{EDITOR}?copy=dach"
    assert "from the files" in mia.see("/segments")
    for sent in ({"since": "0"}, {"since": str(segment(database, "dach").version)}):  # type: ignore[union-attr]
        answer = mia.send(EDITOR, EDITOR, **GERMANS, **sent, slug="dach", act="keep")
        assert (answer.status_code, "belongs to the workspace" in answer.text) == (409, True)
        assert mia.send("/segments", "/segments/dach/removal", **sent).status_code == 409
    assert segment(database, "dach").body == body  # type: ignore[union-attr]
    page = mia.see(f"{EDITOR}?copy=dach")
    text = unescape(page.split('id="if"')[1].split(">\n", 1)[1].split("</textarea>")[0])
    copied = mia.send(
        EDITOR, EDITOR, name="Not France", slug="dach-copy", **{"if": text}, act="keep"
    )
    assert copied.status_code == 303
    assert segment(database, "dach-copy").body["if"] == body["if"]  # type: ignore[union-attr]


def test_an_expired_sign_in_loses_no_word(mia: Visitor) -> None:
    token = mia.token(EDITOR)
    mia.client.delete_cookie("warmline")
    asked = mia.client.post(EDITOR, data={"csrf_token": token, **GERMANS})
    kept = unescape(field(asked.text, "kept"))
    back = mia.send("/login", "/login", email="mia@us.example", password=PASSWORD, next=EDITOR, kept=kept)  # fmt: skip
    assert back.status_code == 200
    assert "People in Germany" in back.text
    assert 'value="DE"' in back.text


def test_short_names_are_made_of_names() -> None:
    assert slug_of("Besucher der Kühlmesse 2026!") == "besucher-der-kuhlmesse-2026"
    assert slug_of("---") == slug_of("مشترون") == ""
    assert len(slug_of("a b " * 60)) <= 60
