"""A file brought in by the page's own job, and taken back as a whole."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app import clock
from app.cli import commands
from app.cli.frame import run
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform, reading
from app.importing import kept, undoing
from app.importing.rows import ChangeRow, Holds, ImportRow, PieceRow, State
from prospects import outbox
from prospects.rows import ActivityRow
from prospects.topics import Topic
from tests.support.house import House

FILE = """email,name,Budget,at,activity
ana@nord.example,Ana Wrong,10 k,2025-01-10,
bo@nord.example,Bo,,2025-01-10,
bo@nord.example,,,2025-02-01T10:00:00Z,page_view
nobody,,,,
"""


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path) -> House:
    built = House(database, database_url, tmp_path / "data")
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        built.furnish(linkedin)
    return built


@pytest.fixture
def bring(house: House) -> Callable[..., UUID]:
    def keep_and_run(
        text: str | bytes, state: State = State.RUNNING, holds: Holds = Holds.LEADS
    ) -> UUID:
        row = kept.begun("site", "leads.csv", holds, clock.now(), by="mia")
        body = text.encode() if isinstance(text, str) else text
        import_id = kept.keep(house.database, io.BytesIO(body), row)
        go(house, import_id, state)
        return import_id

    return keep_and_run


def go(house: House, import_id: UUID, state: State) -> None:
    def set_off(session: Any) -> None:
        row = session.get_one(ImportRow, import_id)
        kept.rewind(session, row)
        row.state = state
        outbox.post(session, Topic.IMPORT, [import_id], clock.now())

    perform(house.database, set_off)
    house.work()


def undo(house: House, import_id: UUID) -> None:
    begin = partial(undoing.begin, import_id=import_id, now=clock.now(), by="mia")
    assert perform(house.database, begin)
    house.work()


def standing(house: House, import_id: UUID) -> ImportRow:
    with reading(house.database) as session:
        return session.get_one(ImportRow, import_id)


def emails(house: House) -> set[str]:
    return {each["email"] for each in house.admin.get("/prospects")["items"]}


def test_a_trial_counts_and_keeps_nothing_and_the_import_does_what_it_said(
    house: House, bring: Callable[..., UUID]
) -> None:
    tried = bring(FILE, State.TRYING)
    told = standing(house, tried)
    assert told.state == State.TRIED
    assert (told.rows, told.leads, told.activities, told.refused, told.people) == (4, 2, 1, 1, 2)
    assert emails(house) == set()

    go(house, tried, State.RUNNING)
    done = standing(house, tried)
    assert done.state == State.DONE
    assert (done.rows, done.leads, done.activities, done.refused, done.people) == (4, 2, 1, 1, 2)
    assert emails(house) == {"ana@nord.example", "bo@nord.example"}
    with reading(house.database) as session:
        assert session.execute(select(func.count()).select_from(PieceRow)).scalar_one() == 0


def test_who_came_only_by_the_file_goes_and_others_keep_what_they_had(
    house: House, bring: Callable[..., UUID]
) -> None:
    house.tell({"email": "ana@nord.example", "name": "Ana Right", "fields": {"Team": "9"}})
    ana = house.person("ana@nord.example")["id"]
    brought = bring(FILE)
    assert house.person("ana@nord.example")["name"] == "Ana Wrong"

    for _ in range(2):
        undo(house, brought)

    assert emails(house) == {"ana@nord.example"}
    assert house.person("ana@nord.example")["name"] == "Ana Right"
    history = house.admin.get(f"/prospects/{ana}/timeline")["items"]
    assert [each["kind"] for each in history if each["source"] == "site"] == ["form"]
    told = house.admin.get("/audit?limit=200")["items"]
    assert sum(each["act"] == "import undone" for each in told) == 1
    with reading(house.database) as session:
        assert session.execute(select(func.count()).select_from(ChangeRow)).scalar_one() == 0
    assert "bo@nord" not in str(house.everything())


def test_a_corrected_file_comes_in_after_the_wrong_one_was_taken_back(
    house: House, bring: Callable[..., UUID]
) -> None:
    undo(house, bring(FILE))
    again = standing(house, bring(FILE))
    assert (again.leads, again.activities, again.came_before) == (2, 1, 0)
    assert emails(house) == {"ana@nord.example", "bo@nord.example"}


def test_who_did_something_since_stays_with_what_they_did(
    house: House, bring: Callable[..., UUID]
) -> None:
    brought = bring(FILE)
    house.tell({"email": "bo@nord.example", "form": "demo", "title": "Head"})
    undo(house, brought)
    assert emails(house) == {"bo@nord.example"}
    bo = house.person("bo@nord.example")
    assert (bo["name"], bo["title"]) == (None, "Head")
    with reading(house.database) as session:
        theirs = select(func.count()).where(ActivityRow.source == "site")
        assert session.execute(theirs).scalar_one() == 1


def test_refusals_come_first_and_outlive_every_import(
    house: House, bring: Callable[..., UUID]
) -> None:
    listed = bring("mail\nana@nord.example\nnot an address\n", State.READY, Holds.REFUSALS)
    perform(house.database, lambda s: _say(s, listed, {"mail": "email"}))
    go(house, listed, State.RUNNING)
    told = standing(house, listed)
    assert (told.unwanted, told.refused) == (1, 1)
    undo_it = partial(undoing.begin, import_id=listed, now=clock.now(), by="mia")
    assert perform(house.database, undo_it) is None

    undo(house, bring("email,consent.*\nana@nord.example,yes\ncy@nord.example,no\n"))
    bring("email,consent.*\nana@nord.example,yes\ncy@nord.example,yes\n")
    table = house.everything()["suppression"]
    assert "listed" in table
    assert "unsubscribed" in table


def _say(session: Any, import_id: UUID, said: dict[str, str]) -> None:
    session.get_one(ImportRow, import_id).said = said


def test_who_is_forgotten_is_in_no_refused_row_and_in_no_file_that_waits(
    house: House, bring: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shorter than an address: each is cut at the end of a piece.
    monkeypatch.setattr("app.importing.pieces.SIZE", 15)
    house.tell({"email": "ana@nord.example"})
    ana = house.person("ana@nord.example")["id"]
    odd = [
        FILE.encode("utf-16"),
        FILE.encode("utf-16-be"),
        FILE.replace("Ana", "Anä").encode("cp1252"),
    ]
    waits = [bring(each, State.READY) for each in (FILE, *odd)]
    others = bring(FILE.replace("ana@", "anna@"), State.READY)
    bring("email,at\nana@nord.example,next week\nBo@nord.example,\n")
    house.admin.post(f"/prospects/{ana}/erasure", {}, 202)
    house.work()
    told = house.everything()
    assert "ana@nord" not in told["import_batch"] + told["import_piece"]
    assert {standing(house, each).state for each in waits} == {State.DISCARDED}
    assert standing(house, others).state == State.READY


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_it_is_read_on_from_any_row_in_any_encoding(
    house: House, bring: Callable[..., UUID], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.importing.steps.BATCH", 3)
    monkeypatch.setattr("app.importing.pieces.SIZE", 50)
    lines = [f'p{n}@nord.example;"Ünï\n{n}"\r\n' for n in range(10)]
    text = "sep=;\r\nemail;name\r\n" + "\r\n".join(lines)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    done = standing(house, bring((mark + text).encode(encoding)))
    assert (done.leads, done.refused, done.state) == (10, 0, State.DONE)
    assert house.person("p7@nord.example")["name"] == "Ünï\n7"


def test_the_command_takes_its_own_import_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WARMLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WARMLINE_SECRET_KEY", house.settings.secret_key)
    (tmp_path / "leads.csv").write_text(FILE)
    assert run(commands, ["import", str(tmp_path / "leads.csv"), "--source", "site"]) == 0
    made = capsys.readouterr().out.rpartition("--undo ")[2].strip()
    assert run(commands, ["import", "--undo", made]) == 0
    assert run(commands, ["import", "--undo", made]) == 0
    assert run(commands, ["import", "--undo", "nothing"]) == 1
    assert emails(house) == set()
