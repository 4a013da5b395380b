"""Who outside is told: an administrator has a program told, a marketer sees what platforms took."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import configuration
from prospects.announcing import DESTINATION
from prospects.audit import AuditRow
from prospects.ids import ProspectId, new_id
from prospects.member import Role
from prospects.rows import ProspectRow
from prospects.sealing import seal
from tests.pages.conftest import Visitor
from webhooks import endpoints, hooks
from webhooks.call_rows import CallRow, CallState
from webhooks.conversion_rows import ConversionRow
from webhooks.endpoints import FAILURES_ALLOWED

CHAT = {"kind": "slack", "url": "https://192.0.9.9/secret", "events": ["handoff.won"]}
FORM = {"slug": "crm", "url": "https://192.0.9.9/told", "events": ["handoff.won", "promise.missed"]}


@pytest.fixture
def ada(database: Database, now: datetime) -> ProspectId:
    who = ProspectId(new_id(now))

    def work(session: Session) -> None:
        row = ProspectRow(id=who, email="ada@acme.example", fields={})
        row.created_at = row.changed_at = now
        session.add(row)

    perform(database, work)
    return who


def sent(boss: Visitor, path: str, fields: Mapping[str, Any], status: int) -> str:
    """What a form is answered with."""
    answer = boss.send("/out", path, **fields)
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


def a_call(database: Database, who: ProspectId, now: datetime, state: CallState) -> UUID:
    """A call there is; returns the newest."""
    row = CallRow(
        prospect_id=who, id=new_id(now), activity_id=new_id(now), hook="crm", event="handoff.won",
        body={"type": "handoff.won"}, state=state, reason="status 503", attempts=10, made_at=now,
    )  # fmt: skip
    perform(database, lambda session: session.add(row))
    with reading(database) as session:
        query = select(CallRow.id).order_by(CallRow.id.desc()).limit(1)
        found: UUID = session.execute(query).scalar_one()
        return found


def test_a_program_is_made_its_secret_shown_once_and_rotated(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database
) -> None:
    boss = visitor().sign_in(hire("boss@acme.example", Role.ADMIN))
    assert "No program yet" in boss.see("/out")
    wrong = sent(boss, "/out/programs", {**FORM, "url": "http://127.0.0.1/", "events": []}, 422)
    assert "127.0.0.1 is inside" in wrong
    assert "Nothing is chosen." in wrong
    made = sent(boss, "/out/programs", FORM, 200)
    assert "whsec_" in made
    page = boss.see("/out/programs/crm")
    assert "whsec_" not in page
    assert "a lead was won" in page
    assert "There is a program of this name." in sent(boss, "/out/programs", FORM, 422)
    turned = sent(boss, "/out/programs/crm/rotation", {}, 200)
    assert "whsec_" in turned
    assert "its former secret signs as well" in turned
    with reading(database) as session:
        assert hooks.all_hooks(session)["crm"].former is not None


def test_what_was_given_up_is_told_again_by_one_button(
    visitor: Callable[[], Visitor],
    hire: Callable[..., str],
    database: Database,
    ada: ProspectId,
    now: datetime,
) -> None:
    boss = visitor().sign_in(hire("boss@acme.example", Role.ADMIN))
    sent(boss, "/out/programs", FORM, 200)
    call = a_call(database, ada, now, CallState.DEAD)
    late = now + timedelta(hours=1)

    def fail(session: Session) -> None:
        for _ in range(FAILURES_ALLOWED):
            endpoints.failed(session, "crm", "status 503", late, wish=None)

    perform(database, fail)
    assert "left alone" in boss.see("/out")
    assert "1</span> call was given up" in boss.see("/out/programs/crm")
    assert "handoff.won" in boss.see(f"/out/calls/{call}")
    sent(boss, "/out/programs/crm/redrive", {}, 303)
    with reading(database) as session:
        assert session.execute(select(CallRow.state)).scalar_one() == CallState.WAITING
    perform(database, lambda s: s.execute(update(CallRow).values(state=CallState.DEAD)))
    sent(boss, f"/out/calls/{call}/replay", {}, 303)
    sent(boss, "/out/programs/crm/activation", {}, 303)
    with reading(database) as session:
        assert session.execute(select(CallRow.state)).scalar_one() == CallState.WAITING
        assert endpoints.of_all(session) == {}
    boss.see("/out/programs/none", 404)


def test_a_program_is_changed_switched_off_and_taken_away_in_the_browser(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database
) -> None:
    boss = visitor().sign_in(hire("boss@acme.example", Role.ADMIN))
    sent(boss, "/out/programs", FORM, 200)
    wrong = sent(boss, "/out/programs/crm", {"url": "https://[::ffff:10.0.0.1]/"}, 422)
    assert "10.0.0.1 is inside" in wrong.replace("::ffff:a00:1", "10.0.0.1")
    assert "Nothing is chosen." in wrong
    told = {"url": "https://192.0.9.9/there", "events": ["send.bounced"]}
    with reading(database) as session:
        secret = hooks.all_hooks(session)["crm"].secret
    sent(boss, "/out/programs/crm", told, 303)
    page = boss.see("/out/programs/crm")
    assert 'value="https://192.0.9.9/there"' in page
    assert 'value="send.bounced" checked' in page
    assert 'value="handoff.won" checked' not in page
    sent(boss, "/out/programs/crm/deactivation", {}, 303)
    assert "switched off" in boss.see("/out")
    assert "Switch it on" in boss.see("/out/programs/crm")
    with reading(database) as session:
        hook = hooks.all_hooks(session)["crm"]
        assert (hook.active, hook.secret) == (False, secret)
    sent(boss, "/out/programs/crm/activation", {}, 303)
    assert "switched off" not in boss.see("/out")
    sent(boss, "/out/programs/crm/removal", {}, 303)
    assert "No program yet" in boss.see("/out")
    sent(boss, "/out/programs/crm", told, 404)


def test_of_many_that_were_given_up_those_are_told_again_that_were_ticked(
    visitor: Callable[[], Visitor],
    hire: Callable[..., str],
    database: Database,
    ada: ProspectId,
    now: datetime,
) -> None:
    boss = visitor().sign_in(hire("boss@acme.example", Role.ADMIN))
    sent(boss, "/out/programs", FORM, 200)
    states = [CallState.DEAD, CallState.DEAD, CallState.DEAD, CallState.DELIVERED]
    calls = [a_call(database, ada, now + timedelta(seconds=n), s) for n, s in enumerate(states)]
    page = boss.see("/out/programs/crm?state=dead")
    assert [f'value="{call}"' in page for call in calls] == [True, True, True, False]
    ticked = {"which": "ticked", "call": [str(calls[0]), str(calls[2]), str(calls[3]), "x"]}
    sent(boss, "/out/programs/crm/redrive", ticked, 303)
    with reading(database) as session:
        query = select(CallRow.state).order_by(CallRow.id)
        found = session.execute(query).scalars().all()
    assert found == ["waiting", "dead", "waiting", "delivered"]
    assert "2 things are told once more" in boss.see("/out/programs/crm")
    sent(boss, "/out/programs/crm/redrive", {"which": "ticked"}, 303)
    with reading(database) as session:
        assert session.execute(query).scalars().all() == found


def withheld(site: Flask, database: Database, who: ProspectId, now: datetime) -> None:
    """A platform that was not told of a deal, and a chat."""
    token = seal(site.extensions["settings"].secret_key, "t")
    body = {"kind": "meta_conversions", "account": "1", "consent": "ads", "access_token": token}
    row = ConversionRow(
        prospect_id=who, id=new_id(now), destination="meta", milestone="won", key="won:h", at=now,
        state="withheld", reason="there is no consent to ads", made_at=now,
    )  # fmt: skip

    def work(session: Session) -> None:
        events = {"events": {"won": "Closed"}}
        configuration.write(session, DESTINATION, "meta", body | events, now, by="test")
        configuration.write(session, DESTINATION, "sales", CHAT, now, by="test")
        session.add(row)

    perform(database, work)


def test_a_marketer_sees_what_a_platform_took_and_why_not_and_changes_nothing(
    site: Flask,
    visitor: Callable[[], Visitor],
    hire: Callable[..., str],
    database: Database,
    ada: ProspectId,
    now: datetime,
) -> None:
    withheld(site, database, ada, now)
    mia = visitor().sign_in(hire("mia@acme.example", Role.MARKETER))
    listed = mia.see("/out")
    assert "Meta" in listed
    assert "Slack" in listed
    assert "Have a program told" not in listed
    page = mia.see("/out/to/meta")
    assert "there is no consent to ads" in page
    assert "Try again" not in page
    assert "secret" not in mia.see("/out/to/sales")
    boss = visitor().sign_in(hire("boss@acme.example", Role.ADMIN))
    sent(boss, "/out/to/meta/redrive", {}, 303)
    sent(boss, "/out/to/sales/redrive", {}, 303)
    with reading(database) as session:
        assert session.execute(select(ConversionRow.state)).scalar_one() == "waiting"
        acts = session.execute(select(AuditRow.act).order_by(AuditRow.id)).scalars().all()
    assert acts[-2:] == ["conversions replayed", "calls replayed"]
