"""People over the API: found, looked at, written about, forgotten; and nobody sees whom they may not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs.topics import INSIDE
from app.settings import Settings
from prospects import beliefs, team
from prospects.ids import MemberId, ProspectId, new_id
from prospects.member import Role
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.topics import Topic
from routing.rows import HandoffRow
from scoring.assess import assess
from scoring.rules import built_in
from tests.api.conftest import Program

Known = Callable[..., str]


@pytest.fixture
def known(admin: Program) -> Known:
    """Make somebody known by one act; returns their id."""

    def make(email: str = "ada@acme.example", kind: str = "form", **body: object) -> str:
        told = admin.post("/activities", {"email": email, "kind": kind, "body": body})
        return str(told["prospect"])

    return make


def believe(database: Database, prospect: str, now: datetime) -> None:
    def work(session: Session) -> None:
        row = session.get(ProspectRow, UUID(prospect))
        assert row
        (seen,) = snapshots(session, [row], now)
        beliefs.record(session, [(seen, assess(seen, built_in(), now))], now)

    perform(database, work)


def give(database: Database, prospect: str, email: str, now: datetime, *, accepted: bool) -> None:
    """Hand somebody to a colleague."""

    def work(session: Session) -> None:
        rep = team.by_email(session, email)
        assert rep
        session.add(
            HandoffRow(
                prospect_id=UUID(prospect),
                id=new_id(now),
                lane="normal",
                state="accepted" if accepted else "offered",
                rep_id=rep.id,
                brief_template=1,
                requested_by="test",
                opened_at=now,
                accepted_at=now if accepted else None,
            )
        )

    perform(database, work)


def test_a_person_is_shown_with_what_we_believe_and_why(
    admin: Program, known: Known, database: Database, now: datetime
) -> None:
    ada = known(form="demo")
    believe(database, ada, now)
    seen = admin.get(f"/prospects/{ada}")
    assert seen["email"] == "ada@acme.example"
    assert seen["stage"]["claimed"] == "evaluation"
    assert 0 < seen["stage"]["confidence"] <= 1
    assert seen["stage"]["model"].startswith("points/")
    assert seen["stage"]["at"] == "2026-03-03T10:00:00Z"
    assert seen["stage"]["expires_at"].endswith("Z")
    (reason,) = seen["stage"]["reasons"]
    (activity,) = admin.get(f"/prospects/{ada}/timeline")["items"]
    assert reason["activities"] == [activity["id"]]
    assert seen["score"] is None
    assert seen["grade"][0] in "ABCD"
    assert seen["points"] == round(sum(each["value"] for each in seen["reasons"]), 1)
    assert {"fit", "engagement", "lifecycle", "owner", "confirmed_stage"} <= set(seen)
    assert (seen["consents"], seen["enrollments"], seen["handoff"]) == ([], [], None)


def test_nobody_knows_anything_of_somebody_new(admin: Program, known: Known) -> None:
    seen = admin.get(f"/prospects/{known()}")
    assert seen["stage"] == dict.fromkeys(
        ("claimed", "confidence", "model", "at", "expires_at"), None
    ) | {"reasons": [], "chances": {}}
    assert (seen["points"], seen["reasons"]) == (0.0, [])


def test_people_are_found(admin: Program, known: Known, database: Database, now: datetime) -> None:
    ada, bob = known("Ada@Acme.example", form="demo"), known("bob@gmail.com")
    believe(database, ada, now)

    def found(asked: str) -> list[str]:
        return [each["id"] for each in admin.get(f"/prospects?{asked}")["items"]]

    assert found("") == [bob, ada]
    assert found("email=ADA@acme.example") == [ada]
    assert found("email=nobody@acme.example") == found("email=nonsense") == []
    assert found("q=ACME") == [ada]
    assert found("q=%25") == []
    assert found("stage=evaluation") == [ada]
    assert found("stage=nonsense") == []
    assert found("lifecycle=inquiry&q=gmail") == [bob]
    admin.get("/prospects?lifecycle=cold", status=422)
    assert admin.get(f"/prospects/{ada}")["account"]
    assert admin.get(f"/prospects/{bob}")["account"] is None


def test_a_timeline_comes_in_pages_newest_first(
    admin: Program, known: Known, now: datetime
) -> None:
    ada = known()
    for day in (3, 1, 2):
        at = (now - timedelta(days=day)).isoformat()
        act = {"prospect": ada, "kind": "page_view", "happened_at": at, "body": {"page": f"/{day}"}}
        admin.post("/activities", act)
    first = admin.get(f"/prospects/{ada}/timeline?limit=2")
    rest = admin.get(f"/prospects/{ada}/timeline?limit=2&cursor={first['next']}")
    shown = [each["body"].get("page") for each in first["items"] + rest["items"]]
    assert shown == [None, "/1", "/2", "/3"]
    assert rest["next"] is None
    keys = {"id", "kind", "happened_at", "learned_at", "source", "body", "suspect_robot"}
    assert keys <= set(first["items"][0])


def test_beliefs_have_a_history(
    admin: Program, known: Known, database: Database, now: datetime
) -> None:
    ada = known(form="demo")
    believe(database, ada, now)
    (belief,) = admin.get(f"/prospects/{ada}/assessments")["items"]
    assert belief["stage"]["claimed"] == "evaluation"
    assert belief["warm"] is True


@pytest.mark.parametrize("role", [Role.REP, Role.ACCOUNT_MANAGER])
def test_a_rep_sees_their_own_people_and_nobody_else(
    program: Callable[..., Program], known: Known, database: Database, now: datetime, role: Role
) -> None:
    ada, bob = known(), known("bob@acme.example")
    rita = program(role, "rita@acme.example")
    give(database, ada, "rita@acme.example", now, accepted=True)
    assert [each["id"] for each in rita.get("/prospects")["items"]] == [ada]
    rita.get(f"/prospects/{ada}")
    for path in ("", "/timeline", "/assessments", "/notes", "/consents"):
        rita.get(f"/prospects/{bob}{path}", status=404)
    rita.post(f"/prospects/{bob}/notes", {"text": "x"}, status=404)
    rita.post(f"/prospects/{ada}/erasure", {}, status=403)
    rita.post("/activities", {"email": "x@acme.example", "kind": "form"}, status=403)
    rita.get("/activities", status=403)


def test_how_to_reach_a_person_is_shown_after_accepting(
    program: Callable[..., Program], known: Known, database: Database, now: datetime
) -> None:
    ada, bob = known(form="demo", email="ada@acme.example"), known("bob@acme.example")
    rita = program(Role.REP, "rita@acme.example")
    give(database, ada, "rita@acme.example", now, accepted=False)
    give(database, bob, "rita@acme.example", now, accepted=True)
    assert rita.get(f"/prospects/{ada}")["email"] is None
    assert rita.get(f"/prospects/{ada}/timeline")["items"][0]["body"] == {"form": "demo"}
    assert rita.get("/prospects?q=ada@acme")["items"] == []
    assert rita.get(f"/prospects/{bob}")["email"] == "bob@acme.example"


def test_an_owner_sees_their_people(
    program: Callable[..., Program], known: Known, database: Database
) -> None:
    ada, rita = known(), program(Role.REP, "rita@acme.example")

    def own(session: Session) -> None:
        member = team.by_email(session, "rita@acme.example")
        assert member
        session.execute(update(ProspectRow).values(owner_id=MemberId(member.id)))

    perform(database, own)
    assert rita.get(f"/prospects/{ada}")["email"] == "ada@acme.example"


def test_a_rep_s_token_for_nobody_sees_nobody(
    program: Callable[..., Program], known: Known
) -> None:
    nobody = program(Role.REP)
    nobody.get(f"/prospects/{known()}", status=404)
    nobody.get("/prospects", status=404)


def test_a_note_is_kept_with_who_wrote_it(admin: Program, known: Known) -> None:
    ada = known()
    written = admin.post(f"/prospects/{ada}/notes", {"text": "Call in May."})
    assert written["kind"] == "note"
    assert written["body"] == {"text": "Call in May.", "by": "token WARMLINE_API_TOKEN"}
    assert admin.get(f"/prospects/{ada}/notes")["items"] == [written]
    admin.post(f"/prospects/{ada}/notes", {"text": "  "}, status=422)


def test_agreeing_and_taking_back_are_both_kept(
    admin: Program, known: Known, now: datetime
) -> None:
    ada = known()
    before = (now - timedelta(hours=2)).isoformat()
    admin.post(
        f"/prospects/{ada}/consents",
        {"topic": "newsletter", "given": True, "text": "Yes, send me mail.", "at": before},
    )
    admin.post(f"/prospects/{ada}/consents", {"topic": "newsletter", "given": False})
    said = admin.get(f"/prospects/{ada}/consents")["items"]
    assert [each["given"] for each in said] == [False, True]
    assert len(admin.get(f"/prospects/{ada}")["consents"]) == 2
    kinds = [each["kind"] for each in admin.get(f"/prospects/{ada}/timeline")["items"]]
    assert kinds == ["unsubscribed", "form", "consent"]
    ahead = (now + timedelta(hours=1)).isoformat()
    body = {"topic": "newsletter", "given": True, "at": ahead}
    admin.post(f"/prospects/{ada}/consents", body, status=422)


def test_a_person_is_forgotten(
    admin: Program, known: Known, database: Database, now: datetime, tmp_path: Path
) -> None:
    ada = known(form="demo", email="ada@acme.example")
    asked = {"Idempotency-Key": "forget ada"}
    admin.post(f"/prospects/{ada}/erasure", {}, status=202, **asked)
    with reading(database) as session:
        query = select(MessageRow.ref).where(MessageRow.topic == Topic.ERASE)
        refs = list(session.execute(query).scalars())
    assert refs == [ada]
    settings = Settings(data=tmp_path, database_url="", secret_key="s" * 32)
    perform(database, lambda session: INSIDE[Topic.ERASE](session, refs, now, settings))
    admin.get(f"/prospects/{ada}", status=404)
    assert admin.get("/prospects")["items"] == []
    admin.post(f"/prospects/{ada}/erasure", {}, status=202, **asked)


def test_activities_of_everybody_are_listed(admin: Program, known: Known) -> None:
    ada, bob = known(), known("bob@acme.example", "page_view", page="/")
    assert [each["prospect"] for each in admin.get("/activities")["items"]] == [bob, ada]
    assert [each["prospect"] for each in admin.get("/activities?kind=form")["items"]] == [ada]
    assert len(admin.get(f"/activities?prospect={bob}")["items"]) == 1
    admin.get("/activities?kind=fom", status=422)


def test_an_activity_told_twice_is_recorded_once(admin: Program, known: Known) -> None:
    ada = known()
    act = {"prospect": ada, "kind": "meeting", "external_id": "cal-7"}
    first = admin.post("/activities", act)
    again = admin.post("/activities", act, status=200)
    assert first["id"] == again["id"]
    assert first["suspect_robot"] is False


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "fom"}, "kind"),
        ({"kind": "verdict"}, "kind"),
        ({"kind": "unsubscribed"}, "kind"),
        ({"email": None}, "prospect"),
        ({"email": "nonsense"}, "email"),
        ({"happened_at": "2026-03-03"}, "happened_at"),
        ({"happened_at": "2026-03-03T10:00:00"}, "happened_at"),
        ({"happened_at": 1772532000}, "happened_at"),
        ({"happened_at": "2026-03-04T10:00:00Z"}, "happened_at"),
        ({"happened_at": "0001-01-01T00:00:00+14:00"}, "happened_at"),
        ({"body": []}, "body"),
        ({"stage": "decision"}, "stage"),
    ],
)
def test_an_activity_that_cannot_be_is_refused(
    admin: Program, wrong: dict[str, object], field: str
) -> None:
    act = {"kind": "form", "email": "ada@acme.example", **wrong}
    problem = admin.post("/activities", act, status=422)
    assert [each["field"] for each in problem["errors"]] == [field]


def test_naughty_words_are_kept_as_they_were_told(admin: Program) -> None:
    naughty = {"form": "Ω≈ç√∫ '; DROP TABLE--\u202e{{7*7}}", "deep": [[[[{"n": 2**63}]]]]}
    act = {"kind": "form", "email": "ada@acme.example", "body": naughty}
    assert admin.post("/activities", act)["body"] == naughty
    for unstorable in ("a\0b", "\ud800"):
        refused = admin.post("/activities", {**act, "body": {"form": unstorable}}, status=422)
        assert [each["field"] for each in refused["errors"]] == ["body.form"]


def test_an_activity_of_nobody_is_absent(admin: Program) -> None:
    nobody = ProspectId(UUID(int=5))
    admin.post("/activities", {"kind": "form", "prospect": str(nobody)}, status=404)
