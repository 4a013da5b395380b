"""What page tests stand on: the real site on a real database, and people who are signed in to it."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.auth.rows import PasswordRow
from app.database import Database
from app.door import perform
from app.jobs.drain import drain
from app.settings import Settings, read_settings
from app.web import create_app
from prospects import team
from prospects.member import Role
from prospects.topics import Queue
from tests.routing import office

PASSWORD = "owls read the quiet map"


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path, now: datetime) -> Flask:
    """The whole site on a fresh database, at eleven on a Tuesday."""
    settings = read_settings({"DATABASE_URL": database_url}, data=tmp_path / "data")
    return create_app(settings, database=database, now=lambda: now)


@pytest.fixture
def hire(database: Database, now: datetime) -> Callable[..., str]:
    """Make a colleague who can sign in; returns their e-mail."""

    def make(email: str, *roles: Role, name: str = "", zone: str = "Europe/Berlin") -> str:
        def keep(session: Session) -> None:
            person = {"email": email, "name": name or email.split("@")[0].title(), "zone": zone}
            team.save(session, [{**person, "roles": [str(role) for role in roles]}], now)
            member = team.by_email(session, email)
            assert member
            session.merge(PasswordRow(member_id=member.id, hash=_hashed(), changed_at=now))

        perform(database, keep)
        return email

    return make


@pytest.fixture
def crew(
    hire: Callable[..., str], visitor: Callable[[], "Visitor"], database: Database, now: datetime
) -> Callable[..., "Signed"]:
    """Hire people by first name, as (name, role); Ann gets all leads, Max has what nobody takes."""

    def make(**names: tuple[str, Role]) -> Signed:
        rule = {"rules": [{"name": "all", "to": "person:ann@us.example"}]}
        perform(database, lambda s: office.rules(s, now, fallback="max@us.example", **rule))
        for who, (name, role) in names.items():
            hire(f"{who}@us.example", role, name=name)
        return Signed(visitor)

    return make


@cache
def _hashed() -> str:
    """Hashing is slow on purpose, and so is comparing; what is quick to compare is enough here."""
    return generate_password_hash(PASSWORD, "scrypt:256:8:1")


class Visitor:
    """Somebody at a browser: follows pages, sends the forms that stand on them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        answer = self.send("/login", "/login", email=email, password=password)
        assert answer.status_code == 302, answer.text
        return self

    def see(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.text

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        return found[1] if found else ""

    def send(self, page: str, path: str, **fields: object):  # type: ignore[no-untyped-def]
        """Send a form of `page` to `path`."""
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})


@pytest.fixture
def visitor(site: Flask) -> Callable[[], Visitor]:
    return lambda: Visitor(site.test_client())


class Office:
    """One installation with settings of its own, an administrator signed in, and its jobs."""

    def __init__(self, database: Database, settings: Settings, now: datetime, email: str) -> None:
        self.database, self.settings = database, settings
        self.app = create_app(settings, database=database, now=lambda: now)
        https = (settings.base_url or "").startswith("https")
        self.app.config["PREFERRED_URL_SCHEME"] = "https" if https else "http"
        self.ada = Visitor(self.app.test_client()).sign_in(email)

    def look(self, kind: str) -> str:
        """Ask for a look, have it taken, and see the set-up page."""
        assert self.ada.send("/setup", f"/setup/checks/{kind}").status_code == 303
        self.work()
        return self.ada.see("/setup")

    def work(self) -> None:
        drain(self.database, self.settings, Queue.OUTSIDE)


Installed = Callable[..., Office]


@pytest.fixture
def installed(
    database: Database, database_url: str, tmp_path: Path, now: datetime, hire: Callable[..., str]
) -> Callable[..., Office]:
    email = hire("ada@acme.example", Role.ADMIN)

    def make(**settings: object) -> Office:
        plain = {"data": tmp_path, "database_url": database_url, "secret_key": "k" * 40}
        return Office(database, Settings(**{**plain, **settings}), now, email)  # type: ignore[arg-type]

    return make


class Signed(dict[str, Visitor]):
    """Colleagues by name, each signed in when they are first asked for: a password takes its time."""

    def __init__(self, visitor: Callable[[], Visitor]) -> None:
        self._visitor = visitor

    def __missing__(self, name: str) -> Visitor:
        self[name] = self._visitor().sign_in(f"{name}@us.example")
        return self[name]
