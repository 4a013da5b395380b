"""The page of tokens: made and shown once, used, taken back, all of it the same as through the API."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.seen import write
from app.database import Database
from app.door import perform, reading
from app.rows import ApiTokenRow
from prospects.audit import AuditRow
from prospects.member import Role
from tests.pages.conftest import Visitor

MADE = re.compile(r'id="token-once"[^>]*value="(wl_[^"]+)"')


@pytest.fixture
def olu(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    hire("rita@us.example", Role.REP, name="Rita Okoye")
    return visitor().sign_in(hire("olu@us.example", Role.ADMIN, name="Olu Adeyemi"))


def make(olu: Visitor, **fields: str) -> str:
    """Make a token on the page; returns it."""
    answer = olu.send("/tokens", "/tokens", **{"name": "crm", "role": "manager", **fields})
    assert answer.status_code == 200, answer.text
    found = MADE.search(answer.text)
    assert found
    return found[1]


def call(site: Flask, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return site.test_client().get("/api/v1/handoffs", headers=headers).status_code


def only(database: Database) -> ApiTokenRow:
    with reading(database) as session:
        return session.execute(select(ApiTokenRow)).scalar_one()


def test_a_token_is_shown_once_with_the_form_that_made_it_and_lets_a_program_in(
    olu: Visitor, site: Flask, database: Database
) -> None:
    assert "No program has a way in yet" in olu.see("/tokens")
    token = make(olu, person="rita@us.example")
    assert call(site, token) == 200
    page = olu.see("/tokens")
    assert token not in page
    assert f"{token[:8]}…" in page
    assert "as manager" in page
    assert "for <bdi>Rita Okoye</bdi>" in page
    assert "by <bdi>Olu Adeyemi</bdi>" in page
    assert token not in str(only(database).__dict__)


def test_when_it_was_last_used_is_told_on_the_page_and_by_the_api(
    olu: Visitor, site: Flask, database: Database, now: datetime
) -> None:
    token = make(olu, role="admin")
    assert "never" in olu.see("/tokens")
    assert call(site, token) == 200
    site.extensions["seen"].flush()
    assert only(database).seen_at == now
    assert "never" not in olu.see("/tokens")
    headers = {"Authorization": f"Bearer {token}"}
    (told,) = site.test_client().get("/api/v1/tokens", headers=headers).json["items"]
    assert told["last_used_at"] == "2026-03-03T10:00:00Z"
    assert told["hint"] == token[:8]


def test_an_earlier_use_that_is_written_later_changes_nothing(
    olu: Visitor, database: Database, now: datetime
) -> None:
    make(olu)
    key: str | UUID = only(database).id
    perform(database, lambda s: write(s, {key: now}))
    perform(database, lambda s: write(s, {key: now.replace(hour=3)}))
    assert only(database).seen_at == now


def test_a_revoked_token_lets_nobody_in_and_the_audit_says_who_took_it(
    olu: Visitor, site: Flask, database: Database
) -> None:
    token = make(olu)
    where = f"/tokens/{only(database).id}/revocation"
    for _ in range(2):
        assert olu.send("/tokens", where).status_code == 303
    assert call(site, token) == 401
    assert "revoked" in olu.see("/tokens")
    with reading(database) as session:
        acts = list(session.execute(select(AuditRow.act).order_by(AuditRow.id)).scalars())
    assert acts == ["token created", "token revoked"]
    page = olu.see("/audit")
    assert "made a token" in page
    assert ">crm</bdi></a>" in page
    assert olu.send("/tokens", f"/tokens/{UUID(int=7)}/revocation").status_code == 404


def test_what_cannot_be_made_is_said_beside_its_field(olu: Visitor) -> None:
    for fields, says in (
        ({"name": ""}, "The name is missing."),
        ({"name": "x" * 101}, "This name cannot be used."),
        ({"name": "a\0b"}, "This name cannot be used."),
        ({"role": "king"}, "The role is missing."),
        ({"person": "nobody@us.example"}, "Nobody active has this e-mail."),
        ({"person": "\0"}, "Nobody has this e-mail."),
    ):
        answer = olu.send("/tokens", "/tokens", **{"name": "crm", "role": "rep", **fields})
        assert answer.status_code == 422
        assert says in answer.text
    assert "No program has a way in yet" in olu.see("/tokens")
