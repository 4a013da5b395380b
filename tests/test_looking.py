"""Who only looks waits for no writer and writes nothing: every GET, while somebody holds the database."""

import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth import passwords
from app.database import Database, open_database
from app.door import perform, unit_of_work
from app.settings import read_settings
from app.web import create_app
from prospects import team
from prospects.member import Role
from routing.rows import HandoffRow
from tests.routing.office import offered, three_reps
from tests.support.stores import SqliteStores

TOKEN = "a" * 20
PASSWORD = "owls read the quiet map"
IN_NO_TIME = 5.0
"""Seconds; who waited for the writer would wait 15."""


@pytest.fixture
def held(sqlite_stores: SqliteStores) -> Database:
    return open_database(sqlite_stores.fresh())


def furnish(session: Session) -> None:
    now = clock.now()
    three_reps(session, now)
    offered(session, now)
    every = [str(role) for role in Role]
    team.save(session, [{"email": "kim@us.example", "name": "Kim", "roles": every}], now)
    member = team.by_email(session, "kim@us.example")
    assert member
    passwords.keep(session, member.id, PASSWORD, now)


def test_every_get_is_answered_while_a_writer_holds_the_database(
    held: Database, tmp_path: Path
) -> None:
    perform(held, furnish)
    environ = {"WARMLINE_API_TOKEN": TOKEN, "DATABASE_URL": str(held.engine.url)}
    app = create_app(read_settings(environ, data=tmp_path / "data"), database=held)
    browser = app.test_client()
    csrf = browser.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"email": "kim@us.example", "password": PASSWORD, "csrf_token": csrf}
    assert browser.post("/login", data=fields).status_code == 302
    with unit_of_work(held) as session:
        row = session.execute(select(HandoffRow)).scalar_one()
        ids = {"prospect_id": row.prospect_id, "handoff_id": row.id, "act": "move"}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert len(rules) > 40
    with unit_of_work(held):
        slow = {}
        for rule in rules:
            values = {name: ids.get(name, row.id) for name in rule.arguments}
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **values)
            started = time.monotonic()
            headers = {"Authorization": f"Bearer {TOKEN}"} if path.startswith("/api/") else {}
            status = browser.get(path, headers=headers).status_code
            # /readyz: no worker lives here. /webhooks: there is no such source.
            assert status < 500 or path == "/readyz", path
            if time.monotonic() - started > IN_NO_TIME:
                slow[path] = status
    assert slow == {}
    held.close()
