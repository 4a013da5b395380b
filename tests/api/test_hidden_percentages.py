"""While findings contradict a model's percentages no program and no command says one."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import pipeline
from app.cli import commands
from app.cli.frame import run
from app.database import Database
from app.door import perform, reading
from prospects import percentages
from prospects.ids import ProspectId
from prospects.percentages import Shown
from prospects.rows import ProspectRow
from tests.api.conftest import Program
from tests.app.test_pipeline import arrive
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.support.in_force import put_in_force

CARD = a_card(SENIOR, DID, SIZE)
FOUND = {"slope": 1.0, "move": -1.0, "words": ["Of 60 leads 12 were found; 18 were foreseen."]}


@pytest.fixture
def ann(database: Database, now: datetime) -> str:
    def work(session: Session) -> UUID:
        put_in_force(session, CARD, now)
        (who,) = arrive(session, now, "ann", form="demo")
        pipeline.react(session, [who], now)
        return who

    return str(perform(database, work))


def hide(database: Database, now: datetime) -> None:
    perform(database, lambda session: percentages.hide(session, CARD.id, FOUND, now))


def show(database: Database, now: datetime) -> None:
    def work(session: Session) -> None:
        (row,) = percentages.open_rows(session)
        percentages.show_again(session, row, Shown.AGREED, now)

    perform(database, work)


def told(admin: Program, ann: str) -> list[object]:
    """Every place in which a program could read a percentage."""
    person = admin.get(f"/prospects/{ann}")
    (belief,) = admin.get(f"/prospects/{ann}/assessments")["items"]
    tried = admin.get(f"/prospects/{ann}/override-preview?value=0.8")
    return [person["score"], belief["score"], tried["before"]["score"], tried["after"]["score"]]


def test_no_program_is_told_one(
    admin: Program, database: Database, ann: str, now: datetime
) -> None:
    assert None not in told(admin, ann)
    hide(database, now)
    assert told(admin, ann) == [None] * 4
    model = admin.get(f"/models/{CARD.id}")
    assert model["percentage"] is False
    assert model["percentage_hidden"]["words"] == FOUND["words"]
    (handed,) = admin.get(f"/handoffs?prospect={ann}")["items"]
    assert handed["brief"]["standing"]["score"] is None
    show(database, now)
    assert None not in told(admin, ann)
    assert admin.get(f"/models/{CARD.id}")["percentage_hidden"] is None
    with reading(database) as session:
        assert session.get_one(ProspectRow, ProspectId(UUID(ann))).score is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("site")
def test_commands_say_since_when_and_why(
    database: Database,
    database_url: str,
    tmp_path: Path,
    ann: str,
    now: datetime,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide(database, now)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def said(*arguments: str) -> str:
        capsys.readouterr()
        assert run(commands, [*arguments, "--data", str(tmp_path)]) == 0
        return capsys.readouterr().out

    explained = said("explain", ann)
    assert "The percentage is hidden since 2026-03-03. Of 60 leads" in explained
    assert "score " not in explained.splitlines()[0]
    assert json.loads(said("explain", ann, "--json"))["score"] is None
    assert "The percentage is hidden since 3 Mar 2026. Of 60 leads" in said("evaluate")
