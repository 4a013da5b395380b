"""`simulate`, `replay` and `explain`: what would be, and what was, in words; and nothing is changed by them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.cli import commands
from app.cli.frame import run
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.support.house import WORKSPACE, House
from tests.support.in_force import put_in_force

ADA = "ada@firm.example"

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    built = House(database, database_url, tmp_path / "data")
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        built.furnish(linkedin)
        for name, value in {"LI_URL": linkedin.url, "LI_SECRET": linkedin.secret}.items():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("LI_TOKEN", "a-token")
    monkeypatch.setenv("API_KEY", "api-key")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WARMLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WARMLINE_SECRET_KEY", built.settings.secret_key)
    monkeypatch.setenv("WARMLINE_EGRESS_ALLOW", "127.0.0.0/8")
    built.tell({"email": ADA, "form": "guide", "name": "Ada", "title": "Head of IT"})
    built.tell(*({"email": ADA, "form": "demo", "external_id": n} for n in range(3)))
    built.tell({"email": ADA, "activity": "page_view", "body": {"page": "/pricing"}})
    return built


@pytest.fixture
def say(house: House, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command that changes nothing; what it tells programs."""

    def run_it(*words: str) -> Any:
        before = house.everything()
        capsys.readouterr()
        assert run(commands, [*words, "--json"]) == 0, capsys.readouterr().err
        told = json.loads(capsys.readouterr().out)
        assert run(commands, [*words]) == 0
        assert house.everything() == before
        return told

    return run_it


@ONE_DATABASE
def test_a_flow_is_tried_on_somebody_made_up_and_on_somebody_we_know(
    say: Callable[..., Any],
) -> None:
    made_up = say("simulate", "flow", "welcome", "--days", "40")["lines"]
    assert [each["what"] for each in made_up] == ["mails", "waits", "goes on", "leaves"]
    # A rep has been asked to take her, so marketing waits.
    ada = say("simulate", "flow", "welcome", "--days", "40", "--person", ADA)["lines"]
    assert [each["what"] for each in ada][:3] == ["is held", "goes on", "mails"]


@ONE_DATABASE
def test_a_flow_that_is_only_a_file_is_tried_as_well(
    say: Callable[..., Any], tmp_path: Path
) -> None:
    text = (WORKSPACE / "flows" / "welcome.yaml").read_text()
    (tmp_path / "draft.yaml").write_text(text.replace("flow: welcome", "flow: draft"))
    told = say("simulate", "flow", str(tmp_path / "draft.yaml"), "--days", "1")
    assert [each["what"] for each in told["lines"]] == ["mails", "waits"]


@ONE_DATABASE
def test_routing_says_who_would_get_somebody_and_why_not_the_others(
    say: Callable[..., Any],
) -> None:
    told = say("simulate", "routing", ADA)
    assert told["chosen"] == "rita@vendor.example"
    assert told["rule"] == "everybody"
    assert [each["why"] for each in told["candidates"]] == ["would get it"]


def test_the_past_by_the_same_rules_is_the_same_and_by_others_differs(
    say: Callable[..., Any], tmp_path: Path
) -> None:
    same = say("replay", "routing")
    assert same == {
        "decisions": 1,
        "differ": [],
        "leads": {"was": {"rita@vendor.example": 1}, "would_be": {"rita@vendor.example": 1}},
    }
    shutil.copytree(WORKSPACE, tmp_path / "other")
    routing = tmp_path / "other" / "routing.yaml"
    routing.write_text(routing.read_text().replace("op: is_set", "op: not_set"))
    other = say("replay", "routing", "--workspace", str(tmp_path / "other"))
    (differs,) = other["differ"]
    assert (differs["was"]["rule"], differs["was"]["fallback"]) == ("everybody", False)
    assert (differs["would_be"]["rule"], differs["would_be"]["fallback"]) == (None, True)
    assert other["leads"]["would_be"] == {"manager@vendor.example": 1}
    assert say("replay", "routing", "--until", "2020-01-01")["decisions"] == 0


def test_a_person_is_explained_by_what_they_did(house: House, say: Callable[..., Any]) -> None:
    told = say("explain", ADA)
    known = house.admin.get(f"/prospects?email={ADA}")["items"][0]
    assert abs(told["points"] - known["points"]) < 1
    assert told["stage"]["claimed"] == known["stage"]["claimed"]
    assert any("demo" in each["text"] for each in told["reasons"])
    assert told["decision"]["candidates"][0]["chosen"]


@ONE_DATABASE
def test_under_a_card_every_term_is_told_and_the_points_stand_beside(
    house: House, say: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    by_points, card = say("explain", ADA), a_card(SENIOR, DID, SIZE)
    perform(house.database, lambda session: put_in_force(session, card, clock.now()))
    told = say("explain", ADA)
    assert told["scored_by"] == card.id
    assert sum(each["value"] for each in told["reasons"]) == pytest.approx(told["logit"], abs=1e-9)
    assert 0 < told["score"] < 1
    assert told["by_points"]["points"] == pytest.approx(by_points["points"], abs=0.2)
    assert run(commands, ["explain", ADA]) == 0
    assert "together, by card-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["simulate", "flow", "welcom"], "did you mean `welcome`"),
        (["simulate", "flow", "welcome", "--person", "no@body.example"], "there is nobody"),
        (["simulate", "routing", "no@body.example"], "there is nobody"),
        (["explain", "no@body.example"], "there is nobody"),
    ],
)
@pytest.mark.usefixtures("house")
@ONE_DATABASE
def test_what_is_not_there_is_said_in_a_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, words) == 1
    assert said in capsys.readouterr().err


@ONE_DATABASE
def test_mistakes_in_a_file_are_told_at_their_line(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (WORKSPACE / "flows" / "welcome.yaml").read_text()
    (tmp_path / "draft.yaml").write_text(text.replace("template: hello", "template: helo"))
    assert run(commands, ["simulate", "flow", str(tmp_path / "draft.yaml")]) == 1
    assert "draft.yaml:4:" in capsys.readouterr().err
