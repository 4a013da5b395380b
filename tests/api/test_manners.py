"""How the API receives anybody: who they are, what it refuses and how it says so, lists, one act once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import tokens
from app.api.bodies import Body, read
from app.api.idempotency import Answer, carry_out
from app.database import Database
from app.door import perform, reading
from app.permissions import Act, as_markdown
from app.rows import AnswerRow, ApiTokenRow
from app.settings import read_settings
from app.web import create_app
from prospects import team
from prospects.audit import AuditRow
from prospects.member import Role
from tests.api.conftest import Program


@pytest.fixture
def noting(site: Flask) -> None:
    """A resource that writes one audit row for each act that is carried out."""
    from app.api.base import caller, now, resource
    from app.api.problems import ConflictError
    from prospects import audit

    class Note(Body):
        words: str
        refuse: bool = False

    blueprint = resource("notes")

    def noted() -> Any:
        note = read(Note)

        def work(session: Session) -> Answer:
            audit.note(session, "noted", note.words, now(), who=caller().who)
            if note.refuse:
                raise ConflictError("Not today.", code="not_today")
            return Answer(201, {"words": note.words})

        return carry_out(work)

    blueprint.post("/noted")(noted)
    site.extensions["csrf"].exempt(blueprint)
    site.register_blueprint(blueprint)


def notes(database: Database) -> int:
    with reading(database) as session:
        return session.execute(
            select(func.count()).select_from(AuditRow).where(AuditRow.act == "noted")
        ).scalar_one()


def test_nobody_comes_in_without_a_token(with_token: Callable[[str], Program], site: Flask) -> None:
    problem = Program(site.test_client()).get("/people", status=401)
    assert problem["code"] == "unauthorized"
    assert site.test_client().get("/api/v1/people").headers["WWW-Authenticate"].startswith("Bearer")
    with_token("wl_guessed").get("/people", status=401)
    with_token("ünïcode").get("/people", status=401)


def test_a_token_lets_in_until_it_is_taken_back(
    program: Callable[..., Program], database: Database, now: datetime
) -> None:
    rita = program(Role.REP, "rita@acme.example")
    assert [each["email"] for each in rita.get("/people")["items"]] == ["rita@acme.example"]
    with reading(database) as session:
        token_id = session.execute(select(ApiTokenRow.id)).scalar_one()
    perform(database, lambda session: tokens.revoke(session, token_id, now))
    rita.get("/people", status=401)


def test_a_token_is_kept_as_a_hash_only(database: Database, now: datetime) -> None:
    token = perform(database, lambda s: tokens.create(s, Role.ADMIN, "crm", None, now))
    with reading(database) as session:
        row = session.execute(select(ApiTokenRow)).scalar_one()
    assert token not in {row.digest, row.name}
    assert len(token) > 40


def test_the_token_of_somebody_who_left_is_worth_nothing(
    program: Callable[..., Program], database: Database, now: datetime
) -> None:
    rita = program(Role.REP, "rita@acme.example")
    gone = {"email": "rita@acme.example", "active": False}
    perform(database, lambda session: team.save(session, [gone], now))
    rita.get("/people", status=401)
    with pytest.raises(tokens.NobodyError):
        perform(database, lambda s: tokens.create(s, Role.REP, "x", "rita@acme.example", now))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_is_none_is_a_problem_too(admin: Program, method: str) -> None:
    admin.ask(method, "/nonsense", status=404)


def test_a_wrong_method_is_a_problem_too(admin: Program) -> None:
    admin.ask("PUT", "/people", status=405)


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b'{"words": NaN}', b"[" * 100_000, b'{"words": 1' + b"0" * 5000 + b"}"],
)
@pytest.mark.usefixtures("noting")
def test_a_body_that_is_no_json_is_told_so(admin: Program, body: bytes) -> None:
    assert admin.post("/noted", body, status=400)["detail"]


@pytest.mark.usefixtures("noting")
def test_every_mistake_in_a_body_is_named(admin: Program, database: Database) -> None:
    problem = admin.post("/noted", {"wrods": "x", "refuse": "maybe"}, status=422)
    assert {each["field"] for each in problem["errors"]} == {"words", "wrods", "refuse"}
    assert all(set(each) == {"field", "reason", "mend"} for each in problem["errors"])
    admin.post("/noted", [], status=422)
    admin.ask("POST", "/noted", b"a=b", status=415, headers={"Content-Type": "text/plain"})
    assert notes(database) == 0


@pytest.mark.usefixtures("noting")
def test_the_same_act_sent_twice_is_done_once(admin: Program, database: Database) -> None:
    first = admin.post("/noted", {"words": "once"}, **{"Idempotency-Key": "k1"})
    again = admin.post("/noted", {"words": "once"}, **{"Idempotency-Key": "k1"})
    assert first == again == {"words": "once"}
    assert notes(database) == 1
    admin.post("/noted", {"words": "once"}, **{"Idempotency-Key": "k2"})
    admin.post("/noted", {"words": "once"})
    assert notes(database) == 3


@pytest.mark.usefixtures("noting")
def test_one_key_for_two_acts_is_refused(admin: Program, database: Database) -> None:
    admin.post("/noted", {"words": "a"}, **{"Idempotency-Key": "k"})
    problem = admin.post("/noted", {"words": "b"}, status=409, **{"Idempotency-Key": "k"})
    assert problem["code"] == "idempotency_key_reused"
    assert notes(database) == 1


@pytest.mark.usefixtures("noting")
def test_a_key_belongs_to_the_program_that_used_it(
    admin: Program, program: Callable[..., Program], database: Database
) -> None:
    admin.post("/noted", {"words": "a"}, **{"Idempotency-Key": "k"})
    program(Role.MARKETER).post("/noted", {"words": "b"}, **{"Idempotency-Key": "k"})
    assert notes(database) == 2


@pytest.mark.usefixtures("noting")
def test_what_was_refused_may_be_sent_again(admin: Program, database: Database) -> None:
    key = {"Idempotency-Key": "k"}
    problem = admin.post("/noted", {"words": "a", "refuse": True}, status=409, **key)
    assert (problem["code"], problem["detail"]) == ("not_today", "Not today.")
    assert notes(database) == 0
    admin.post("/noted", {"words": "a"}, **key)
    assert notes(database) == 1


@pytest.mark.usefixtures("noting")
def test_an_answer_is_kept_for_thirty_days(
    admin: Program, database: Database, now: datetime
) -> None:
    def age(days: int) -> None:
        at = now - timedelta(days=days)
        perform(database, lambda session: session.execute(update(AnswerRow).values(at=at)))

    for days, done in ((29, 1), (31, 2)):
        admin.post("/noted", {"words": "a"}, **{"Idempotency-Key": "k"})
        age(days)
        admin.post("/noted", {"words": "a"}, **{"Idempotency-Key": "k"})
        assert notes(database) == done


def test_a_program_in_too_much_haste_is_told_when_to_come_back(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    environ = {"DATABASE_URL": database_url, "WARMLINE_API_TOKEN": "t", "WARMLINE_API_RATE": "2"}
    site = create_app(read_settings(environ, data=tmp_path / "data"), database=database)
    somebody = Program(site.test_client(), {"Authorization": "Bearer t"})
    stranger = Program(site.test_client(), {"Authorization": "Bearer u"})
    for _ in range(2):
        somebody.get("/people")
    assert somebody.get("/people", 429)["code"] == "too_many_requests"
    answer = somebody.client.get("/api/v1/people", headers=somebody.headers)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    for status in (401, 401, 429):
        stranger.get("/people", status)


def test_lists_come_in_pages(admin: Program, database: Database, now: datetime) -> None:
    people = [{"email": f"p{n}@acme.example"} for n in range(5)]
    perform(database, lambda session: team.save(session, people, now))
    seen, path = [], "/people?limit=2"
    for _ in range(3):
        page = admin.get(path)
        seen += [each["email"] for each in page["items"]]
        path = f"/people?limit=2&cursor={page['next']}"
    assert page["next"] is None
    assert sorted(seen) == [person["email"] for person in people]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyJ4Il0", "cursor"),
        ("cursor=NQ", "cursor"),
        ("cursor=W10", "cursor"),
        ("emial=x", "emial"),
        ("email=%00", "email"),
    ],
)
def test_a_list_asked_for_wrongly_says_how_to_ask(admin: Program, asked: str, field: str) -> None:
    problem = admin.get(f"/people?{asked}", status=422)
    assert [each["field"] for each in problem["errors"]] == [field]


def test_an_id_that_is_none_is_absent(admin: Program) -> None:
    admin.get("/people/nonsense", status=404)
    admin.get("/people/01900000-0000-7000-8000-000000000000", status=404)


def test_the_table_of_permissions_can_be_printed() -> None:
    lines = as_markdown().splitlines()
    assert len(lines) == len(Act) + 2
    assert lines[0] == f"|  | {' | '.join(Role)} |"


@pytest.mark.parametrize("day", ["0", 0, "1767225600", "2026-02-30", "2026-1-1", "tomorrow"])
def test_a_day_is_a_day_and_no_number_of_seconds(admin: Program, day: object) -> None:
    body = {"account": "01900000-0000-7000-8000-000000000000", "expected_on": day}
    problem = admin.post("/opportunities", body, status=422)
    assert [each["field"] for each in problem["errors"]] == ["expected_on"]
    assert problem["errors"][0]["mend"] == "write it like 2026-06-30"
