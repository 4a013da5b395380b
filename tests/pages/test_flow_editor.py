"""The editor of flows: mistakes at their lines, a look ahead without effect, then a new version."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages.flow_preview import WEEK, preview
from app.what_if import newcomers
from app.workspace import in_browser, written
from app.workspace.nodes import plain
from nurture.advance import enter
from nurture.forecast import mails_until
from nurture.rows import EnrollmentRow, FlowVersionRow, SendRow
from nurture.wiring import read_flow
from prospects import configuration
from prospects.member import Role
from tests.nurture.flows_for_tests import CONSIDERED, activity, flow, person
from tests.nurture.world import World
from tests.pages.conftest import PASSWORD, Visitor

TEXT = """\
flow: hello   # a word of mine
enter: {activity: form}
steps:
  - {id: pause, wait: 2d}
  - {id: go, hand_off: {}}
"""
EDITOR = "/flow-editor"


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def field(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def typed(page: str) -> str:
    return unescape(page.split("<textarea")[1].split(">\n", 1)[1].split("</textarea>")[0])


def publish(mia: Visitor, text: str, start: str = EDITOR) -> str:
    """Look ahead, then publish; returns what was looked at."""
    since = field(mia.see(start), "since")
    ahead = mia.send(EDITOR, EDITOR, text=text, since=since, act="look")
    assert ahead.status_code == 200, ahead.text
    seen = field(ahead.text, "seen")
    done = mia.send(EDITOR, EDITOR, text=text, since=since, seen=seen, act="publish")
    assert done.status_code == 303, done.text
    return ahead.text


def versions(database: Database) -> list[tuple[str, int]]:
    with reading(database) as session:
        rows = session.execute(select(FlowVersionRow).order_by(FlowVersionRow.version)).scalars()
        return [(row.flow, row.version) for row in rows]


def test_a_mistake_is_told_at_its_line_and_nothing_typed_is_lost(mia: Visitor) -> None:
    wrong = TEXT.replace("wait: 2d", "wiat: 2d <b>")
    answer = mia.send(EDITOR, EDITOR, text=wrong, since="0", act="publish")
    assert answer.status_code == 422
    assert "Line 4, column" in answer.text
    assert "`wiat`" in answer.text
    assert typed(answer.text) == wrong
    for nonsense in ("", "[", "a: &b 1\nc: *b", "flow: x\nflow: y", "\u202e: 1", "- " * 200):
        answer = mia.send(EDITOR, EDITOR, text=nonsense, since="x", act="look")
        assert answer.status_code == 422
        assert typed(answer.text) == nonsense


def test_publishing_says_first_what_it_brings_and_looking_changes_nothing(
    mia: Visitor, database: Database
) -> None:
    answer = mia.send(EDITOR, EDITOR, text=TEXT, since="0", act="publish")
    assert answer.status_code == 200
    assert "It becomes version 1" in answer.text
    assert versions(database) == []
    publish(mia, TEXT)
    assert versions(database) == [("hello", 1)]
    assert "from the browser" in mia.see("/flows")
    assert typed(mia.see(f"{EDITOR}?flow=hello")) == TEXT
    publish(mia, TEXT.replace("2d", "3d"), f"{EDITOR}?flow=hello")
    assert versions(database) == [("hello", 1), ("hello", 2)]


def test_what_was_changed_after_looking_is_looked_at_again(
    mia: Visitor, database: Database
) -> None:
    seen = field(mia.send(EDITOR, EDITOR, text=TEXT, since="0", act="look").text, "seen")
    other = TEXT.replace("2d", "9d")
    answer = mia.send(EDITOR, EDITOR, text=other, since="0", seen=seen, act="publish")
    assert "It becomes version 1" in answer.text
    assert versions(database) == []


def test_of_two_who_edit_at_once_the_second_is_told_and_loses_no_word(
    mia: Visitor, database: Database
) -> None:
    publish(mia, TEXT)
    since = field(mia.see(f"{EDITOR}?flow=hello"), "since")
    publish(mia, TEXT.replace("2d", "3d"), f"{EDITOR}?flow=hello")
    mine = TEXT.replace("2d", "4d")
    answer = mia.send(EDITOR, EDITOR, text=mine, since=since, act="look")
    assert answer.status_code == 409
    assert typed(answer.text) == mine
    assert len(versions(database)) == 2


def test_a_flow_of_the_files_is_read_only_and_copied_as_a_draft(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: World(session, now).flow(CONSIDERED))
    perform(database, lambda session: mails(session, now))
    assert "Copy as draft" in mia.see("/flows/considered")
    assert mia.client.get(f"{EDITOR}?flow=considered").location == f"{EDITOR}?copy=considered"
    draft = typed(mia.see(f"{EDITOR}?copy=considered"))
    assert "flow: considered-copy" in draft
    theirs = mia.send(EDITOR, EDITOR, text=draft.replace("-copy", ""), since="0", act="look")
    assert theirs.status_code == 409
    assert "belongs to the workspace" in theirs.text
    publish(mia, draft)
    assert ("considered-copy", 1) in versions(database)
    mia.see(f"{EDITOR}?copy=nothing", 404)


def mails(session: Session, now: datetime) -> None:
    for slug in ("hello", "nudge", "deep"):
        mail = {"subject": "Hi", "html": "<p>Hi</p>"}
        configuration.write(session, "mail", slug, mail, now, by="test")


def test_an_expired_sign_in_loses_no_word(mia: Visitor) -> None:
    mia.see(EDITOR)
    token = mia.token(EDITOR)
    mia.client.delete_cookie("warmline")
    asked = mia.client.post(EDITOR, data={"csrf_token": token, "text": TEXT, "since": "0"})
    assert asked.status_code == 401
    kept = unescape(field(asked.text, "kept"))
    back = mia.send(
        "/login", "/login", email="mia@us.example", password=PASSWORD, next=EDITOR, kept=kept
    )
    assert back.status_code == 200
    assert typed(back.text).replace("\r\n", "\n") == TEXT


def test_a_mail_that_is_not_there_is_a_mistake_at_its_line(mia: Visitor) -> None:
    text = TEXT.replace("wait: 2d", "mail: {template: helo}")
    answer = mia.send(EDITOR, EDITOR, text=text, since="0", act="look")
    assert "there is no mail `helo`" in answer.text
    assert "Line 4" in answer.text


def test_every_mistake_is_told_at_once_whatever_kind_it_is_of(mia: Visitor) -> None:
    text = """\
enter: {segment: friends, agian: 2d}
exits:
  - {if: {field: stage, op: eq, value: evaluatoin}, reason: bought}
steps:
  - {id: pause, wiat: 2d}
  - {id: hello, mail: {template: helo, topick: news}, next: pase}
  - {id: look, branch: {when: [{if: {field: contry, op: eq, value: DE}, then: gone}]}}
  - {id: sort, branch: {when: [{if: {field: warm, op: eq, value: true}, then: gone}]}}
  - {id: go, hand_off: {lane: fats}}
"""
    page = unescape(mia.send(EDITOR, EDITOR, text=text, since="0", act="look").text)
    for place, reason in (
        ("Line 1, column 1", "`flow` is missing"),
        ("Line 1, column 18", "there is no segment `friends`"),
        ("Line 1, column 27", "`agian` means nothing here"),
        ("Line 3, column 40", "there is no stage `evaluatoin`"),
        ("Line 5, column 17", "there is no `wiat`"),
        ("Line 6, column 34", "there is no mail `helo`"),
        ("Line 6, column 40", "`topick` means nothing here"),
        ("Line 6, column 61", "there is no step `pase`"),
        ("Line 7, column 45", "there is no field `contry`"),
        ("Line 8, column 79", "there is no step `gone`"),
        ("Line 9, column 31", "there is no lane `fats`"),
    ):
        assert f'{place}</a>: <span dir="auto">{reason}' in page, (place, reason)
    assert "11 things need a look" in page


def test_the_look_ahead_counts_people_and_mails_and_has_no_effect(
    database: Database, now: datetime
) -> None:
    def fill(session: Session) -> None:
        world = World(session, now - timedelta(days=1))
        world.flow(CONSIDERED)
        people = [world.somebody() for _ in range(3)]
        for who in people:
            world.happens(who, "form", form="guide")
        world.react(*people)

    perform(database, fill)
    with reading(database) as session:
        ahead = preview(session, "considered", read_flow(CONSIDERED), now)
        sends = session.execute(select(func.count()).select_from(SendRow)).scalar_one()
        steps = set(session.execute(select(EnrollmentRow.step)).scalars())
    # Hello went out yesterday; the nudge comes on the seventh day from then, six from now.
    assert (ahead.inside, ahead.mails_inside) == (3, 3)
    assert (ahead.came, ahead.mails_new) == (3, 6)
    assert ahead.unchanged
    assert (sends, steps) == (3, {"pause"})


ENTERS = {
    "activity": {"activity": "form", "where": {"field": "form", "op": "eq", "value": "guide"}},
    "segment": {"segment": "readers"},
    "verdict": {"verdict": "earlier"},
    "stage": {"stage": "awareness"},
}


@pytest.mark.parametrize(("by", "came"), [("activity", 2), ("segment", 3), ("verdict", 1), ("stage", 2)])  # fmt: skip
def test_a_new_flow_is_told_who_would_have_come_in_lately(
    database: Database, now: datetime, by: str, came: int
) -> None:
    perform(database, lambda session: a_week(session, now))
    new = read_flow({**CONSIDERED, "flow": "new", "enter": ENTERS[by]})
    with reading(database) as session:
        ahead = preview(session, "new", new, now)
        assert session.execute(select(func.count()).select_from(EnrollmentRow)).scalar_one() == 1
    assert (ahead.guessed, ahead.inside, ahead.came, ahead.version) == (True, 0, came, 1)
    # Of a stage: who asked for a demo is further. Hello at once, the nudge on the seventh day.
    assert ahead.mails_new == 2 * came


def test_a_flow_that_lets_others_in_counts_nobody_twice(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(database, lambda session: a_week(session, now))
    changed = read_flow({**CONSIDERED, "enter": {"activity": "form"}})
    with reading(database) as session:
        ahead = preview(session, "considered", changed, now)
        # One who sent a form is in it already; it was sent by three, and long ago by a fourth.
        assert (ahead.inside, ahead.came, ahead.enter_changed) == (1, 2, True)
        monkeypatch.setattr(newcomers, "MOST_ACTS", 3)
        some = newcomers.newcomers(session, changed, now, lately=WEEK, most=1)
    assert not some.whole
    assert some.count >= len(some.some)


def a_week(session: Session, now: datetime) -> None:
    """Four who sent a form, one of them long ago and one into another flow; a rep's verdict on one."""
    readers = {"slug": "readers", "name": "Readers", "if": {"field": "country", "op": "eq", "value": "DE"}}  # fmt: skip
    configuration.write(session, "segment", "readers", readers, now, by="test")
    for days, form in ((9, "guide"), (5, "guide"), (3, "guide"), (1, "demo")):
        world = World(session, now - timedelta(days=days))
        if days == 5:
            world.flow(CONSIDERED)
        who = world.somebody(country="DE", stage="awareness")
        world.happens(who, "form", form=form)
        if days == 5:
            world.react(who)
        if days == 3:
            world.happens(who, "verdict", verdict="earlier", stage_found="awareness")


def test_a_circle_of_waits_is_counted_up_to_the_last_day(now: datetime) -> None:
    daily = flow(
        [{"id": "mail", "mail": {"template": "t"}}, {"id": "pause", "wait": "1d", "next": "mail"}]
    )
    seen = person(now, activity("form", now))
    place = enter(seen, daily, now)
    assert mails_until(seen, daily, place, now=now, until=now + timedelta(days=7)) == 8
    assert mails_until(seen, daily, place, now=now, until=now) == 1


def test_a_flow_written_out_reads_back_as_the_same() -> None:
    tricky = {**CONSIDERED, "exits": [{"if": {"field": "country", "op": "in", "value": ["NO", "on", "012", "1e3", "~", "a: b", "# c", "ü\n"]}, "reason": "2026-01-01"}]}  # fmt: skip
    assert plain(written.read(in_browser.write_out(tricky))) == tricky
