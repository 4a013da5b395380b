"""What API tests stand on: the real site on a real database, and programs with tokens."""

import json as plain
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import tokens
from app.database import Database
from app.door import perform
from app.settings import read_settings
from app.web import create_app
from prospects import team
from prospects.member import Role
from tests.api.documented import hold_to_the_document

ADMINISTRATOR = "the token that the settings hold"


@dataclass
class Program:
    """Somebody at the API with a token."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, status=status)

    def post(self, path: str, body: object = None, status: int = 201, **headers: str) -> Any:
        return self.ask("POST", path, body, status=status, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's document; fails unless its status is `status`."""
        data = body if isinstance(body, bytes) else plain.dumps(body) if body is not None else None
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            data=data,
            headers={**self.headers, "Content-Type": "application/json", **(headers or {})},
        )
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        hold_to_the_document(self.client.application, method, path, answer)
        if status >= 400:
            assert answer.content_type == "application/problem+json"
            assert answer.json["status"] == status
        return answer.json if answer.is_json else answer


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path, now: datetime) -> Flask:
    """The whole site on a fresh database; each request comes a second after the one before it."""
    seconds = count()
    start = now - timedelta(hours=1)
    environ = {"DATABASE_URL": database_url, "WARMLINE_API_TOKEN": ADMINISTRATOR}
    settings = read_settings(environ, data=tmp_path / "data")
    return create_app(
        settings, database=database, now=lambda: start + timedelta(seconds=next(seconds))
    )


@pytest.fixture
def with_token(site: Flask) -> Callable[[str], Program]:
    """A program that comes with this token."""
    return lambda token: Program(site.test_client(), {"Authorization": f"Bearer {token}"})


@pytest.fixture
def admin(with_token: Callable[[str], Program]) -> Program:
    """The program with the token of the settings."""
    return with_token(ADMINISTRATOR)


@pytest.fixture
def program(
    database: Database, now: datetime, with_token: Callable[[str], Program]
) -> Callable[..., Program]:
    """Make a token with a role, for a colleague (who is hired on the way) or for nobody."""

    def make(role: Role, person: str | None = None) -> Program:
        def work(session: Session) -> str:
            if person:
                team.save(session, [{"email": person, "name": person, "roles": [str(role)]}], now)
            return tokens.create(session, role, "test", person, now)

        return with_token(perform(database, work))

    return make
