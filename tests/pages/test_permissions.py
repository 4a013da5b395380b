"""Every page asks who is looking: signed out, every role, and whose record it is."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from app.permissions import Act, may, may_at_all
from prospects.member import Role
from tests.pages.conftest import Visitor

SOMEBODY = UUID("019cb323-e500-7b10-9c06-4ad22f84066e")
OPEN = {
    *("sign_in", "forgotten", "health", "metrics", "webhooks", "unsubscribe", "clicks", "static"),
    "signals",
    "demo",  # absent where there is no demo
}

PAGES = {
    "/today": Act.SEE_TODAY,
    "/stuck": Act.SEE_STUCK,
    "/decisions": Act.SEE_HANDOFF,
    "/transfers": Act.SEE_TRANSFERS,
    "/desk": Act.SEE_DESK,
    "/people": Act.SEE_PEOPLE,
    "/flows": Act.SEE_FLOWS,
    "/flow-editor": Act.EDIT_FLOWS,
    "/sources": Act.SEE_SOURCES,
    "/mails/templates": Act.SEE_MAILS,
    "/received": Act.SEE_RECEIVED,
    "/reports/sources": Act.SEE_REPORTS,
    "/reports/sources.csv": Act.SEE_REPORTS,
    "/reports/people": Act.SEE_REPORTS,
    "/outbox": Act.SEE_MAILS,
    "/out": Act.SEE_OUT,
    "/team": Act.INVITE,
    "/tokens": Act.TOKENS,
    "/audit": Act.SEE_AUDIT,
    "/audit.csv": Act.SEE_AUDIT,
    "/ops": Act.SEE_OPS,
    "/setup": Act.SEE_SETUP,
    "/setup/mail/stop": Act.STOP_MAIL,
    "/setup/mail/live": Act.GO_LIVE,
}


def test_signed_out_nobody_gets_past_the_door(site: Flask) -> None:
    client = site.test_client()
    for rule in site.url_map.iter_rules():
        blueprint = rule.endpoint.split(".")[0]
        if blueprint in OPEN or rule.rule.startswith("/api/"):
            continue
        # Where an address has a choice of words, the first will do.
        values = {name: {"act": "move"}.get(name, SOMEBODY) for name in rule.arguments}
        with site.test_request_context():
            path = site.url_for(rule.endpoint, **values)
        if "GET" in (rule.methods or ()):
            assert client.get(path).headers["Location"].startswith("/login"), path
        if "POST" in (rule.methods or ()):
            assert client.post(path).status_code == 401, path


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_the_table_says(
    role: Role, visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    inside = visitor().sign_in(hire("kim@us.example", role))
    for path, act in PAGES.items():
        inside.see(path, 200 if may_at_all([role], act) else 403)


@pytest.mark.parametrize("role", list(Role))
def test_what_is_foreign_is_absent(
    role: Role, visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    inside = visitor().sign_in(hire("kim@us.example", role))
    inside.see(f"/people/{SOMEBODY}", 404)
    inside.see(f"/handoffs/{SOMEBODY}/{SOMEBODY}", 404)
    inside.see(f"/handoffs/{SOMEBODY}/{SOMEBODY}/confirmation", 404)
    inside.see(f"/decisions/{SOMEBODY}/{SOMEBODY}", 404)
    inside.see(f"/companies/{SOMEBODY}", 404)
    inside.see("/nothing/here", 404)


def test_owning_a_record_helps_only_who_may_act_on_their_own() -> None:
    assert may([Role.REP], Act.SEE_HANDOFF, own=True)
    assert not may([Role.REP], Act.SEE_HANDOFF, own=False)
    assert not may([Role.MARKETER], Act.CONFIRM, own=True)
    assert may([Role.REP, Role.MANAGER], Act.SEE_HANDOFF, own=False)


def test_every_page_keeps_to_itself(
    visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    inside = visitor().sign_in(hire("kim@us.example", Role.ADMIN))
    for path in ("/setup", "/people", "/nothing"):
        headers = inside.client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
