"""Each role at each address of the pages, with records of their own and of others: the table decides."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.permissions import Act, may, may_at_all
from prospects import team
from prospects.member import Role
from routing.rows import HandoffRow
from tests.pages.conftest import Visitor
from tests.routing.office import offered, three_reps

HANDOFF = "/handoffs/<uuid:prospect_id>/<uuid:handoff_id>"
TRANSFER = "/transfers/<uuid:prospect_id>/<uuid:transfer_id>"
WRITE_UP = "/desk/<uuid:prospect_id>/<uuid:write_up_id>"
# What stands under a handoff or a person is asked of their own and of a foreign one.
OWNED = {
    f"GET {HANDOFF}": Act.SEE_HANDOFF,
    f"POST {HANDOFF}/acceptance": Act.ANSWER_OFFER,
    f"GET {HANDOFF}/decline": Act.ANSWER_OFFER,
    f"POST {HANDOFF}/decline": Act.ANSWER_OFFER,
    f"POST {HANDOFF}/snooze": Act.ANSWER_OFFER,
    f"GET {HANDOFF}/note": Act.NOTE,
    f"POST {HANDOFF}/note": Act.NOTE,
    f"POST {HANDOFF}/write-up": Act.ASK_DESK,
    f"POST {HANDOFF}/call-back": Act.CONFIRM,
    f"POST {HANDOFF}/call-back/end": Act.CONFIRM,
    f"GET {HANDOFF}/confirmation": Act.CONFIRM,
    f"POST {HANDOFF}/confirmation": Act.CONFIRM,
    f"POST {HANDOFF}/confirmation/draft": Act.CONFIRM,
    f"POST {HANDOFF}/not-reached": Act.CONFIRM,
    f"GET {HANDOFF}/outcome": Act.CONFIRM,
    f"POST {HANDOFF}/outcome": Act.CONFIRM,
    "GET /people/<uuid:prospect_id>": Act.SEE_PERSON,
    "GET /people/<uuid:prospect_id>/override": Act.OVERRIDE,
    "POST /people/<uuid:prospect_id>/override": Act.OVERRIDE,
    "POST /people/<uuid:prospect_id>/profiling": Act.OBJECT,
}
ANYBODY_S = {
    "GET /today": Act.SEE_TODAY,
    "GET /stuck": Act.SEE_STUCK,
    "GET /stuck/act": Act.REASSIGN,
    "POST /stuck/act": Act.REASSIGN,
    "POST /stuck/undo": Act.REASSIGN,
    "GET /decisions": Act.SEE_HANDOFF,
    # Whose decision it is: test_decisions.py.
    "GET /decisions/<uuid:prospect_id>/<uuid:decision_id>": Act.SEE_HANDOFF,
    # Whose company and whose person it is: test_companies.py.
    "GET /companies/<uuid:account_id>": Act.SEE_PERSON,
    "POST /companies/<uuid:account_id>/people/<uuid:prospect_id>": Act.NOTE,
    "GET /transfers": Act.SEE_TRANSFERS,
    # Whose customer it is: test_transfers.py.
    f"GET {TRANSFER}": Act.SEE_TRANSFER,
    f"POST {TRANSFER}/acceptance": Act.TAKE_TRANSFER,
    f"POST {TRANSFER}/question": Act.TAKE_TRANSFER,
    f"POST {TRANSFER}/answer": Act.ANSWER_TRANSFER,
    f"POST {TRANSFER}/promises/<uuid:promise_id>": Act.TAKE_TRANSFER,
    f"GET {TRANSFER}/giving": Act.REASSIGN,
    f"POST {TRANSFER}/giving": Act.REASSIGN,
    "GET /absences": Act.PLAN_ABSENCE,
    # Whose absence it is: test_away.py.
    "POST /absences": Act.PLAN_ABSENCE,
    "POST /absences/end": Act.PLAN_ABSENCE,
    "GET /promises": Act.SEE_TODAY,
    # Whose promise it is: test_promises.py.
    "POST /promises/<uuid:prospect_id>/<uuid:promise_id>/kept": Act.CONFIRM,
    "GET /promises/<uuid:prospect_id>/<uuid:promise_id>/<any(move,trouble):act>": Act.CONFIRM,
    "POST /promises/<uuid:prospect_id>/<uuid:promise_id>/<any(move,trouble):act>": Act.CONFIRM,
    "GET /promises/<uuid:prospect_id>/<uuid:promise_id>/give": Act.REASSIGN,
    "POST /promises/<uuid:prospect_id>/<uuid:promise_id>/give": Act.REASSIGN,
    "GET /desk": Act.SEE_DESK,
    f"GET {WRITE_UP}": Act.SEE_DESK,
    f"POST {WRITE_UP}": Act.WRITE_UP,
    f"POST {WRITE_UP}/taking": Act.WRITE_UP,
    f"POST {WRITE_UP}/giving-back": Act.WRITE_UP,
    f"POST {WRITE_UP}/putting-back": Act.SEE_DESK,
    "GET /people": Act.SEE_PEOPLE,
    "GET /duplicates": Act.MERGE,
    "POST /duplicates/<uuid:one>/<uuid:other>/parting": Act.MERGE,
    "GET /people/<uuid:prospect_id>/merge": Act.MERGE,
    "POST /people/<uuid:prospect_id>/merge": Act.MERGE,
    "POST /merges/<uuid:merge_id>/undoing": Act.MERGE,
    "POST /people/<uuid:prospect_id>/company": Act.MERGE,
    "POST /people/<uuid:prospect_id>/overrides/<uuid:override_id>/end": Act.OVERRIDE,
    "GET /flows": Act.SEE_FLOWS,
    "GET /flows/<slug>": Act.SEE_FLOWS,
    "GET /flows/<slug>/steps/<step>": Act.SEE_FLOWS,
    "GET /segments": Act.SEE_PEOPLE,
    "GET /segments/<slug>": Act.SEE_PEOPLE,
    "POST /segments/<slug>/removal": Act.SEGMENT,
    "GET /scoring": Act.SEE_PEOPLE,
    "POST /scoring": Act.EDIT_SCORING,
    "GET /scoring/changes": Act.SEE_PEOPLE,
    "POST /scoring/changes/<version>/release": Act.EDIT_SCORING,
    "POST /scoring/changes/<version>/keep": Act.EDIT_SCORING,
    "POST /scoring/changes/<version>/stop": Act.EDIT_SCORING,
    "GET /segment-editor": Act.SEGMENT,
    "POST /segment-editor": Act.SEGMENT,
    "GET /flow-editor": Act.EDIT_FLOWS,
    "POST /flow-editor": Act.EDIT_FLOWS,
    "GET /sources": Act.SEE_SOURCES,
    "GET /sources/<slug>": Act.SEE_SOURCES,
    "POST /sources/<slug>/test": Act.SEND_TEST,
    "POST /sources/<slug>/fields": Act.MAP_FIELDS,
    "POST /outbox/<uuid:prospect_id>/<uuid:send_id>/release": Act.RELEASE_MAIL,
    "GET /mails/templates": Act.SEE_MAILS,
    "GET /mails/templates/<slug>": Act.SEE_MAILS,
    "GET /mails/templates/<slug>/picture": Act.SEE_MAILS,
    "POST /mails/templates/<slug>/release": Act.RELEASE_MAIL,
    "GET /received": Act.SEE_RECEIVED,
    "GET /received/<uuid:delivery_id>": Act.SEE_RECEIVED,
    "POST /received/<uuid:delivery_id>/replay": Act.REPLAY,
    "POST /received/replay": Act.REPLAY,
    "GET /imports": Act.IMPORT,
    "POST /imports": Act.IMPORT,
    "GET /imports/<uuid:import_id>": Act.IMPORT,
    "GET /imports/<uuid:import_id>/refused.csv": Act.IMPORT,
    "POST /imports/<uuid:import_id>/encoding": Act.IMPORT,
    "POST /imports/<uuid:import_id>/columns": Act.IMPORT,
    "POST /imports/<uuid:import_id>/undo": Act.IMPORT,
    "GET /conflicts": Act.SEE_CONFLICTS,
    "GET /out": Act.SEE_OUT,
    "POST /out/programs": Act.HOOKS,
    "GET /out/programs/<slug>": Act.SEE_OUT,
    "POST /out/programs/<slug>": Act.HOOKS,
    "POST /out/programs/<slug>/rotation": Act.HOOKS,
    "POST /out/programs/<slug>/deactivation": Act.HOOKS,
    "POST /out/programs/<slug>/removal": Act.HOOKS,
    "POST /out/programs/<slug>/activation": Act.HOOKS,
    "POST /out/programs/<slug>/redrive": Act.HOOKS,
    "GET /out/calls/<uuid:call_id>": Act.SEE_OUT,
    "POST /out/calls/<uuid:call_id>/replay": Act.HOOKS,
    "GET /out/to/<slug>": Act.SEE_OUT,
    "POST /out/to/<slug>/redrive": Act.TRY_AGAIN,
    "GET /outbox": Act.SEE_MAILS,
    "GET /outbox/<uuid:prospect_id>/<uuid:send_id>": Act.SEE_MAILS,
    "GET /outbox/<uuid:prospect_id>/<uuid:send_id>/picture": Act.SEE_MAILS,
    "GET /reports": Act.SEE_REPORTS,
    "GET /reports/sources": Act.SEE_REPORTS,
    # By rep, only who may see how colleagues answer: test_claims.py.
    "GET /reports/claims": Act.SEE_REPORTS,
    "GET /reports/claims.csv": Act.SEE_REPORTS,
    "GET /you/answers": Act.SEE_TODAY,
    "GET /reports/sources.csv": Act.SEE_REPORTS,
    "GET /reports/people": Act.SEE_REPORTS,
    "GET /scoring/models": Act.SEE_PEOPLE,
    "GET /scoring/models/<model_id>": Act.SEE_PEOPLE,
    "POST /scoring/models/<model_id>/<deed>": Act.STEER_MODELS,
    "POST /scoring/trainings": Act.STEER_MODELS,
    "POST /scoring/known-before": Act.STEER_MODELS,
    "POST /reports/costs": Act.SET_COSTS,
    "GET /team": Act.INVITE,
    "POST /team/invitation": Act.INVITE,
    "GET /team/<uuid:member_id>": Act.INVITE,
    "POST /team/<uuid:member_id>/invitation": Act.INVITE,
    "POST /team/<uuid:member_id>/roles": Act.STAFF,
    "GET /team/<uuid:member_id>/deactivation": Act.STAFF,
    "POST /team/<uuid:member_id>/deactivation": Act.STAFF,
    "POST /team/<uuid:member_id>/activation": Act.STAFF,
    "GET /tokens": Act.TOKENS,
    "POST /tokens": Act.TOKENS,
    "POST /tokens/<uuid:token_id>/revocation": Act.TOKENS,
    "GET /audit": Act.SEE_AUDIT,
    "GET /audit.csv": Act.SEE_AUDIT,
    "GET /ops": Act.SEE_OPS,
    "GET /ops/given-up": Act.SEE_OPS,
    "POST /ops/given-up/replay": Act.TRY_AGAIN,
    "GET /ops/mail-again": Act.GO_LIVE,
    "POST /ops/mail-again": Act.GO_LIVE,
    "GET /setup": Act.SEE_SETUP,
    "POST /setup/invitation": Act.INVITE,
    "POST /setup/colleagues/<uuid:member_id>/invitation": Act.INVITE,
    "POST /setup/colleagues/<uuid:member_id>/link": Act.INVITE,
    "POST /setup/checks/<kind>": Act.CHECK_SETUP,
    "GET /setup/sender": Act.SEE_SETUP,
    "POST /setup/sender": Act.CHECK_SETUP,
    # Whose test offer it is: test_trying.py.
    "GET /setup/offer": Act.SEE_SETUP,
    "POST /setup/offer/acceptance": Act.CHECK_SETUP,
    "GET /setup/mail/live": Act.GO_LIVE,
    "POST /setup/mail/live": Act.GO_LIVE,
    "GET /setup/mail/stop": Act.STOP_MAIL,
    "POST /setup/mail/stop": Act.STOP_MAIL,
    "GET /setup/mail/resume": Act.GO_LIVE,
    "POST /setup/mail/resume": Act.GO_LIVE,
}
EVERYBODY_S = {
    "GET /", "GET /you", "POST /you/password", "POST /logout/everywhere", "GET /login", "POST /login",
    "POST /logout", "GET /design", "GET /forgot", "POST /forgot", "GET /reset/<token>", "POST /reset/<token>",
    "GET /welcome/<token>", "POST /welcome/<token>",
    # A promise is kept by its rep: asked with the promise of a real answer in test_rep.py.
    f"POST {HANDOFF}/promises/<uuid:promise_id>",
}  # fmt: skip
# Absent outside a demo: tests/demo/test_banner.py.
IN_A_DEMO = {
    "GET /demo",
    "POST /demo/role",
    "POST /demo/clock",
    "POST /demo/lead",
    "POST /demo/click",
}
NOBODY = str(UUID(int=7))
REFUSED = (401, 403, 404, 419)


def test_every_page_is_in_a_list(site: Flask) -> None:
    outside = ("/api/", "/webhooks/", "/u/", "/c/", "/static/", "/healthz", "/readyz", "/metrics")
    outside += ("/o/", "/t.js")
    found = {
        f"{method} {rule.rule}"
        for rule in site.url_map.iter_rules()
        if not rule.rule.startswith(outside) and rule.rule != "/t"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {one.replace("mail/" + one.rpartition("/")[2], "mail/<name>") for one in ANYBODY_S}
    assert found == set(OWNED) | listed | EVERYBODY_S | IN_A_DEMO


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_in_where_the_table_says(
    role: Role, visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    inside = visitor().sign_in(hire("kim@us.example", role))
    token = inside.token("/you")
    for route, act in ANYBODY_S.items():
        allowed = may_at_all([role], act)
        status = _ask(inside, route, NOBODY, NOBODY, token)
        assert (status not in (401, 403, 419)) == allowed, (route, status)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("role", list(Role))
def test_what_is_foreign_is_absent_unless_the_table_reaches_it(
    *,
    role: Role,
    own: bool,
    database: Database,
    now: object,
    visitor: Callable[[], Visitor],
    hire: Callable[..., str],
) -> None:
    kim = hire("kim@us.example", role)
    prospect, handoff = perform(database, lambda session: _accepted(session, now, kim, own=own))
    inside = visitor().sign_in(kim)
    token = inside.token("/you")
    for route, act in OWNED.items():
        status = _ask(inside, route, prospect, handoff, token)
        assert (status not in REFUSED) == may([role], act, own=own), (route, status)
        if may_at_all([role], act) and not may([role], act, own=own):
            assert status == 404, route


def _accepted(session: Session, now: object, kim: str, *, own: bool) -> tuple[str, str]:
    """A lead that was taken by kim, or by ann."""
    three_reps(session, now)  # type: ignore[arg-type]
    row = offered(session, now)  # type: ignore[arg-type]
    member = team.by_email(session, kim)
    assert member
    values = {"state": "accepted", "accepted_at": now, **({"rep_id": member.id} if own else {})}
    session.execute(update(HandoffRow).values(values))
    return str(row.prospect_id), str(row.id)


def _ask(inside: Visitor, route: str, prospect: str, handoff: str, token: str) -> int:
    method, path = route.split()
    path = path.replace("<uuid:prospect_id>", prospect).replace("<uuid:handoff_id>", handoff)
    for name in (
        "<uuid:delivery_id>",
        "<uuid:decision_id>",
        "<uuid:transfer_id>",
        "<uuid:write_up_id>",
        "<uuid:promise_id>",
        "<uuid:account_id>",
        "<uuid:send_id>",
        "<uuid:token_id>",
        "<uuid:import_id>",
        "<uuid:merge_id>",
        "<uuid:override_id>",
        "<uuid:one>",
        "<uuid:other>",
        "<uuid:call_id>",
        "<slug>",
        "<version>",
        "<kind>",
        "<uuid:member_id>",
        "<step>",
    ):
        path = path.replace(name, NOBODY)
    path = path.replace("<any(move,trouble):act>", "move")
    data = {"csrf_token": token} if method == "POST" else None
    return inside.client.open(path, method=method, data=data).status_code
