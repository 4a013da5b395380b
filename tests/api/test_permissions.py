"""Each role at each address of the API: let in, refused (403), or told that it is not there (404)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.permissions import Act, as_markdown, may, may_at_all
from prospects.member import Role
from routing.rows import HandoffRow
from tests.api.conftest import Program
from tests.routing.office import offered, three_reps, who

ROUTES = {
    "GET /people": Act.SEE_TEAM,
    "GET /people/<member_id>": Act.SEE_TEAM,
    "GET /prospects": Act.SEE_PERSON,
    "GET /prospects/<prospect_id>": Act.SEE_PERSON,
    "GET /prospects/<prospect_id>/timeline": Act.SEE_PERSON,
    "GET /prospects/<prospect_id>/assessments": Act.SEE_PERSON,
    "GET /prospects/<prospect_id>/consents": Act.SEE_PERSON,
    "GET /prospects/<prospect_id>/notes": Act.NOTE,
    "POST /prospects/<prospect_id>/notes": Act.NOTE,
    "POST /prospects/<prospect_id>/consents": Act.RECORD,
    "GET /prospects/<prospect_id>/overrides": Act.SEE_PERSON,
    "POST /prospects/<prospect_id>/overrides": Act.OVERRIDE,
    "GET /prospects/<prospect_id>/override-preview": Act.OVERRIDE,
    "GET /accounts/<account_id>/overrides": Act.SEE_PERSON,
    "POST /accounts/<account_id>/overrides": Act.OVERRIDE,
    "POST /overrides/<override_id>/end": Act.OVERRIDE,
    "POST /prospects/<prospect_id>/erasure": Act.FORGET,
    "GET /duplicates": Act.MERGE,
    "POST /duplicates/<duplicate_id>/parting": Act.MERGE,
    "GET /merges": Act.MERGE,
    "POST /merges/<merge_id>/undoing": Act.MERGE,
    "GET /prospects/<prospect_id>/merge-preview": Act.MERGE,
    "POST /prospects/<prospect_id>/merges": Act.MERGE,
    "GET /activities": Act.SEE_PEOPLE,
    "POST /activities": Act.RECORD,
    "GET /sources": Act.SEE_RECEIVED,
    "GET /sources/<slug>": Act.SEE_RECEIVED,
    "GET /deliveries": Act.SEE_RECEIVED,
    "GET /deliveries/<delivery_id>": Act.SEE_RECEIVED,
    "GET /deliveries/<delivery_id>/raw": Act.SEE_RAW,
    "POST /deliveries/<delivery_id>/replay": Act.REPLAY,
    "GET /sends": Act.SEE_MAILS,
    "GET /sends/<send_id>": Act.SEE_MAILS,
    "GET /switches": Act.SEE_MAILS,
    "POST /switches/live": Act.GO_LIVE,
    "POST /switches/mail_stopped": Act.STOP_MAIL,
    "DELETE /switches/mail_stopped": Act.GO_LIVE,
    "GET /handoffs": Act.SEE_HANDOFF,
    "GET /handoffs/<handoff_id>": Act.SEE_HANDOFF,
    "POST /handoffs/<handoff_id>/acceptance": Act.ANSWER_OFFER,
    "POST /handoffs/<handoff_id>/decline": Act.ANSWER_OFFER,
    "POST /handoffs/<handoff_id>/snooze": Act.ANSWER_OFFER,
    "POST /handoffs/<handoff_id>/reassignment": Act.REASSIGN,
    "POST /handoffs/<handoff_id>/extension": Act.REASSIGN,
    "POST /handoffs/<handoff_id>/withdrawal": Act.REASSIGN,
    "POST /handoffs/<handoff_id>/call_back": Act.CONFIRM,
    "DELETE /handoffs/<handoff_id>/call_back": Act.CONFIRM,
    "POST /handoffs/<handoff_id>/desk": Act.REASSIGN,
    "POST /handoffs/<handoff_id>/write-ups": Act.ASK_DESK,
    "GET /transfers": Act.SEE_TRANSFER,
    "GET /transfers/<transfer_id>": Act.SEE_TRANSFER,
    "POST /transfers/<transfer_id>/acceptance": Act.TAKE_TRANSFER,
    "POST /transfers/<transfer_id>/question": Act.TAKE_TRANSFER,
    "POST /transfers/<transfer_id>/answer": Act.ANSWER_TRANSFER,
    "POST /transfers/<transfer_id>/reassignment": Act.REASSIGN,
    "GET /write-ups": Act.SEE_DESK,
    "GET /write-ups/<write_up_id>": Act.SEE_DESK,
    "POST /write-ups/<write_up_id>/taking": Act.WRITE_UP,
    "POST /write-ups/<write_up_id>/writing": Act.WRITE_UP,
    "POST /write-ups/<write_up_id>/return": Act.WRITE_UP,
    "POST /handoffs/<handoff_id>/confirmation": Act.CONFIRM,
    "POST /captured_mails": Act.RECORD,
    "POST /handoffs/<handoff_id>/outcome": Act.CONFIRM,
    "GET /prospects/<prospect_id>/export": Act.EXPORT,
    "GET /enrollments": Act.SEE_MAILS,
    "GET /enrollments/<enrollment_id>": Act.SEE_MAILS,
    "POST /enrollments": Act.ENROLL,
    "POST /enrollments/<enrollment_id>/pause": Act.ENROLL,
    "POST /enrollments/<enrollment_id>/resume": Act.ENROLL,
    "POST /enrollments/<enrollment_id>/exit": Act.ENROLL,
    "GET /segments": Act.SEE_PEOPLE,
    "GET /segments/<slug>": Act.SEE_PEOPLE,
    "GET /segments/<slug>/members": Act.SEE_PEOPLE,
    "POST /segments": Act.SEGMENT,
    "GET /hooks": Act.HOOKS,
    "POST /hooks": Act.HOOKS,
    "PUT /hooks/<slug>": Act.HOOKS,
    "POST /hooks/<slug>/activation": Act.HOOKS,
    "POST /hooks/<slug>/deactivation": Act.HOOKS,
    "POST /hooks/<slug>/rotation": Act.HOOKS,
    "POST /hooks/<slug>/redrive": Act.HOOKS,
    "DELETE /hooks/<slug>": Act.HOOKS,
    "GET /conflicts": Act.SEE_CONFLICTS,
    "GET /destinations": Act.SEE_OUT,
    "POST /destinations/<slug>/redrive": Act.TRY_AGAIN,
    "GET /conversions": Act.SEE_OUT,
    "GET /conversions/<conversion_id>": Act.SEE_OUT,
    "GET /calls": Act.HOOKS,
    "GET /calls/<call_id>": Act.HOOKS,
    "POST /calls/<call_id>/replay": Act.HOOKS,
    "GET /accounts": Act.SEE_PERSON,
    "GET /accounts/<account_id>": Act.SEE_PERSON,
    "GET /opportunities": Act.SEE_PERSON,
    "GET /opportunities/<opportunity_id>": Act.SEE_PERSON,
    "POST /opportunities": Act.DEAL,
    "PATCH /opportunities/<opportunity_id>": Act.DEAL,
    "GET /audit": Act.SEE_AUDIT,
    "GET /flows": Act.SEE_MAILS,
    "GET /flows/<slug>": Act.SEE_MAILS,
    "GET /rules-changes": Act.SEE_PEOPLE,
    "GET /rules-changes/<version>": Act.SEE_PEOPLE,
    "GET /rules-changes/<version>/crossings": Act.SEE_PEOPLE,
    "POST /rules-changes/<version>/release": Act.EDIT_SCORING,
    "POST /rules-changes/<version>/keep": Act.EDIT_SCORING,
    "POST /scoring-preview": Act.EDIT_SCORING,
    "POST /rules-changes/<version>/stop": Act.EDIT_SCORING,
    "GET /models": Act.SEE_PEOPLE,
    "GET /models/<model_id>": Act.SEE_PEOPLE,
    "POST /models/<model_id>/approval": Act.STEER_MODELS,
    "POST /models/<model_id>/activation": Act.STEER_MODELS,
    "POST /models/<model_id>/retirement": Act.STEER_MODELS,
    "GET /trainings": Act.SEE_PEOPLE,
    "GET /trainings/<training_id>": Act.SEE_PEOPLE,
    "POST /trainings": Act.STEER_MODELS,
    "GET /known-before": Act.SEE_PEOPLE,
    "POST /known-before": Act.STEER_MODELS,
    "GET /promises": Act.SEE_HANDOFF,
    "POST /promises/<promise_id>/keeping": Act.CONFIRM,
    "POST /promises/<promise_id>/postponement": Act.CONFIRM,
    "POST /promises/<promise_id>/trouble": Act.CONFIRM,
    "POST /promises/<promise_id>/giving": Act.REASSIGN,
    "GET /reports/sources": Act.SEE_REPORTS,
    "GET /reports/funnel": Act.SEE_REPORTS,
    "GET /reports/claims": Act.SEE_REPORTS,
    "GET /reports/accuracy": Act.SEE_REPORTS,
    "GET /reports/people": Act.SEE_REPORTS,
    "GET /tokens": Act.TOKENS,
    "POST /tokens": Act.TOKENS,
    "DELETE /tokens/<token_id>": Act.TOKENS,
    "GET /decisions": Act.SEE_HANDOFF,
    "GET /decisions/<decision_id>": Act.SEE_HANDOFF,
}
NAMED = (
    *("member", "delivery", "send", "handoff", "decision", "account", "opportunity", "promise"),
    *(
        "token",
        "enrollment",
        "hook",
        "call",
        "conversion",
        "transfer",
        "write_up",
        "merge",
        "duplicate",
        "model",
        "training",
        "override",
    ),
)
NOBODY_S = "01900000-0000-7000-8000-000000000000"
BODIES = {
    "POST /prospects/<prospect_id>/notes": {"text": "x"},
    "POST /prospects/<prospect_id>/consents": {"topic": "news", "given": True},
    "POST /prospects/<prospect_id>/overrides": {"value": 1, "reason": "at the fair", "days": 3},
    "POST /accounts/<account_id>/overrides": {"value": 1, "reason": "at the fair", "days": 3},
    "POST /activities": {"kind": "form", "email": "ada@acme.example"},
    "POST /tokens": {"role": "rep", "name": "x"},
    "POST /enrollments": {"prospect": NOBODY_S, "flow": "x"},
    "POST /hooks": {"slug": "x", "url": "https://192.0.9.9/", "events": ["handoff.offered"]},
    "PUT /hooks/<slug>": {"url": "https://192.0.9.9/", "events": ["handoff.offered"]},
    "POST /segments": {"slug": "x", "name": "x", "condition": {"activity": "form"}},
    "POST /opportunities": {"account": NOBODY_S},
    "POST /known-before": {"column": "fields.x", "known_before": True},
    "POST /handoffs/<handoff_id>/decline": {"reason": "no_time"},
    "POST /handoffs/<handoff_id>/snooze": {"until": "2026-03-04T10:00:00Z"},
    "POST /handoffs/<handoff_id>/call_back": {"at": "2026-03-04T10:00:00Z"},
    "POST /handoffs/<handoff_id>/confirmation": {"verdict": "not_reached", "channel": "call"},
    "POST /handoffs/<handoff_id>/outcome": {"result": "won"},
    "POST /handoffs/<handoff_id>/reassignment": {"to": "ann@acme.example", "reason": "x"},
    "POST /handoffs/<handoff_id>/extension": {"until": "2026-03-04T10:00:00Z", "reason": "x"},
    "POST /handoffs/<handoff_id>/withdrawal": {"reason": "x"},
    "POST /handoffs/<handoff_id>/desk": {"reason": "x"},
    "POST /handoffs/<handoff_id>/write-ups": {"what": "x"},
    "POST /transfers/<transfer_id>/question": {"question": "x"},
    "POST /transfers/<transfer_id>/answer": {"answer": "x"},
    "POST /transfers/<transfer_id>/reassignment": {"to": "ann@acme.example", "reason": "x"},
    "POST /write-ups/<write_up_id>/return": {"reason": "x"},
    "POST /promises/<promise_id>/postponement": {"due_at": "2026-03-04T10:00:00Z", "reason": "x"},
    "POST /promises/<promise_id>/trouble": {"reason": "x"},
    "POST /promises/<promise_id>/giving": {
        "to": "ann@acme.example",
        "due_at": "2026-03-04T10:00:00Z",
        "reason": "x",
    },
}


def test_every_route_of_the_api_is_in_the_list(site: Flask) -> None:
    found = {
        f"{method} {rule.rule.removeprefix('/api/v1')}"
        for rule in site.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(ROUTES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_in_where_the_table_says(
    admin: Program, program: Callable[..., Program], role: Role
) -> None:
    ada = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})["prospect"]
    somebody = program(role)
    for route, act in ROUTES.items():
        method, path = route.split()
        path = path.replace("<prospect_id>", ada).replace("<slug>", "none")
        path = path.replace("<version>", NOBODY_S)
        for name in NAMED:
            path = path.replace(f"<{name}_id>", NOBODY_S)
        answer = somebody.client.open(
            f"/api/v1{path}",
            method=method,
            json=BODIES.get(route, {}) if method in ("POST", "PATCH", "PUT") else None,
            headers=somebody.headers,
        )
        named = path + str(BODIES.get(route, ""))
        assert _outcome(answer.status_code) == _expected(role, act, named), (role, route)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("role", list(Role))
def test_what_is_foreign_is_absent_unless_the_table_reaches_it(
    *, role: Role, own: bool, database: Database, now: datetime, program: Callable[..., Program]
) -> None:
    kim = program(role, "kim@us.example")
    there = perform(database, lambda session: _accepted(session, now, own=own))
    for route, act in ROUTES.items():
        method, path = route.split()
        named = [name for name in there if f"<{name}>" in path]
        if not named:
            continue
        for name in named:
            path = path.replace(f"<{name}>", there[name])
        body = BODIES.get(route, {}) if method in ("POST", "PATCH") else None
        answer = kim.client.open(f"/api/v1{path}", method=method, json=body, headers=kim.headers)
        assert _outcome(answer.status_code) == _reached(role, act, own=own), (route, answer.text)


def _accepted(session: Session, now: datetime, *, own: bool) -> dict[str, str]:
    """A lead that was taken by kim, or by ann, and what stands under it."""
    start = now - timedelta(hours=1, seconds=1)
    three_reps(session, start)
    row = offered(session, start)
    rep = who(session, "kim" if own else "ann").id
    session.execute(
        update(HandoffRow).values(state="accepted", accepted_at=start, rep_id=rep, confirm_by=now)
    )
    return {
        "prospect_id": str(row.prospect_id),
        "handoff_id": str(row.id),
        "decision_id": str(row.decision_id),
        "account_id": str(row.account_id),
    }


def _reached(role: Role, act: Act, *, own: bool) -> str:
    if not may_at_all([role], act):
        return "refused"
    return "let in" if may([role], act, own=own) else "absent"


def test_the_table_in_the_docs_is_the_one_in_force() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    assert as_markdown() in docs, "put app.permissions.as_markdown() into docs/api.md"


def _outcome(status: int) -> str:
    words = {403: "refused", 404: "absent", 409: "let in", 422: "let in"}
    return words.get(status, "let in" if status < 400 else "broken")


def _expected(role: Role, act: Act, path: str) -> str:
    if not may_at_all([role], act):
        return "refused"
    if not may([role], act, own=False) or NOBODY_S in path or "/none" in path:
        return "absent"
    return "let in"
