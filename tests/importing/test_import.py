"""`warmline import`: through the one door, once however often, and never against who said no."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import commands, import_file
from app.cli.frame import run
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import reading
from app.endings import FailedError
from app.importing import run as bringing
from app.importing.run import Report
from prospects.rows import ProspectRow
from tests.support.house import House
from tests.support.suites import suite

PAST = """email;name;company;at;activity;body.page;consent.news;Budget
ana@nord.example;Ana Çelik;Nord;2025-01-10;;;yes;10 k
ana@nord.example;;;2025-02-01T10:00:00Z;page_view;/pricing;;
bo@;Bo;Nord;2025-01-10;;;;
cy@nord.example;Cy;;next week;;;;
dee@nord.example;Dee;;;call me;;;
"""

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    built = House(database, database_url, tmp_path / "data")
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        built.furnish(linkedin)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WARMLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WARMLINE_SECRET_KEY", built.settings.secret_key)
    return built


@pytest.fixture
def bring(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Import a text as a file; the report, as programs are told it."""

    def run_it(text: str, *options: str, source: str = "site") -> Any:
        file = written(tmp_path, text)
        capsys.readouterr()
        words = ["import", file, "--source", source, "--json", *options]
        assert run(commands, words) == 0, capsys.readouterr().err
        house.work()
        return json.loads(capsys.readouterr().out)

    return run_it


def written(folder: Path, text: str) -> str:
    file = folder / "leads.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return str(file)


def everybody(house: House) -> list[ProspectRow]:
    with reading(house.database) as session:
        return list(session.execute(select(ProspectRow)).scalars())


def test_leads_and_past_activities_are_recorded_and_the_rest_is_told_by_its_line(
    house: House, bring: Callable[..., Any], tmp_path: Path
) -> None:
    told = bring(PAST, "--refused", str(tmp_path / "refused.csv"))

    assert (told["rows"], told["leads"], told["activities"], told["came_before"]) == (5, 1, 1, 0)
    assert [each["line"] for each in told["refused"]] == [4, 5, 6]
    ana = house.person("ana@nord.example")
    assert [(each.name, each.fields) for each in everybody(house)] == [
        ("Ana Çelik", {"Budget": "10 k"})
    ]
    history = house.admin.get(f"/prospects/{ana['id']}/timeline")["items"]
    assert [(each["kind"], each["happened_at"][:10]) for each in history] == [
        ("page_view", "2025-02-01"),
        ("form", "2025-01-10"),
    ]
    agreed = house.admin.get(f"/prospects/{ana['id']}/consents")["items"]
    assert [(each["topic"], each["given"], each["at"][:10]) for each in agreed] == [
        ("news", True, "2025-01-10")
    ]
    with (tmp_path / "refused.csv").open(newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["line", "4", "5", "6"]


def test_a_second_run_records_nothing_new(house: House, bring: Callable[..., Any]) -> None:
    bring(PAST)
    before = house.everything()
    again = bring(PAST)
    assert (again["leads"], again["activities"], again["came_before"]) == (0, 0, 2)
    assert len(again["refused"]) == 3
    after = house.everything()
    for table in ("prospect", "activity", "consent", "delivery"):
        assert len(after[table]) == len(before[table]), table
    longer = bring(PAST + "eve@nord.example;Eve;;;;;;\n")
    assert (longer["leads"], longer["came_before"]) == (1, 2)


def test_a_run_that_was_stopped_goes_on_as_the_same_import_and_is_undone_whole(
    house: House, bring: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = (f"p{n}@nord.example,P {n}" if n % 4 else f",nobody {n}" for n in range(9))
    text = "\n".join(["email,name", *every])
    monkeypatch.setattr(bringing, "BATCH", 2)

    def stop(report: Report) -> None:
        if report.rows == 4:
            raise FailedError("the machine went down")

    with monkeypatch.context() as machine:
        machine.setattr(import_file, "_tell", stop)
        assert run(commands, ["import", written(tmp_path, text), "--source", "site"]) == 1
    house.work()
    assert len(everybody(house)) == 3
    told = bring(text, "--refused", str(tmp_path / "refused.csv"))

    assert (told["before"], told["rows"], told["leads"], told["came_before"]) == (4, 9, 6, 0)
    assert [each["line"] for each in told["refused"]] == [2, 6, 10]
    assert len((tmp_path / "refused.csv").read_text().splitlines()) == 4
    assert len(everybody(house)) == 6
    assert run(commands, ["import", "--undo", told["import"]]) == 0
    assert house.admin.get("/prospects")["items"] == []


@ONE_DATABASE
def test_a_dry_run_says_the_same_and_keeps_nothing(house: House, bring: Callable[..., Any]) -> None:
    rehearsed = bring(PAST, "--dry-run")
    assert house.admin.get("/prospects")["items"] == []
    assert house.admin.get("/deliveries")["items"] == []
    real = bring(PAST)
    assert {**rehearsed, "dry_run": False, "import": real["import"]} == real


@ONE_DATABASE
def test_nobody_imported_enters_a_flow_now_or_later_unless_asked(
    house: House, bring: Callable[..., Any]
) -> None:
    bring("email,name\nana@nord.example,Ana\n")
    bring("email,name\nbo@nord.example,Bo\n", "--enrol")
    house.tell({"email": "ana@nord.example", "activity": "page_view", "body": {"page": "/"}})

    assert house.person("ana@nord.example")["enrollments"] == []
    assert len(house.person("bo@nord.example")["enrollments"]) == 1


def test_who_took_their_consent_back_is_not_given_it_again(
    house: House, bring: Callable[..., Any]
) -> None:
    house.tell({"email": "ana@nord.example", "form": "guide"})
    ana = house.person("ana@nord.example")["id"]
    house.admin.post(f"/prospects/{ana}/consents", {"topic": "news", "given": False})

    bring("email,consent.news,consent.*,consent.events\nana@nord.example,yes,yes,yes\n")

    agreed = house.admin.get(f"/prospects/{ana}/consents")["items"]
    assert {(each["topic"], each["given"]) for each in agreed} == {
        ("news", False),
        ("events", True),
    }


@ONE_DATABASE
def test_who_unsubscribed_in_the_past_is_unsubscribed(
    house: House, bring: Callable[..., Any]
) -> None:
    told = bring(
        "email,activity,at,consent.news\n"
        "ana@nord.example,unsubscribed,2025-01-01,\n"
        "ana@nord.example,,2025-02-01,yes\n"
    )
    assert (told["leads"], told["activities"]) == (1, 1)
    ana = house.person("ana@nord.example")["id"]
    agreed = house.admin.get(f"/prospects/{ana}/consents")["items"]
    assert [(each["topic"], each["given"]) for each in agreed] == [("*", False)]


@ONE_DATABASE
def test_the_erased_do_not_come_back(house: House, bring: Callable[..., Any]) -> None:
    bring(PAST)
    ana = house.person("ana@nord.example")["id"]
    house.admin.post(f"/prospects/{ana}/erasure", {}, 202)
    house.work()

    told = bring(PAST)

    assert told["leads"] == told["activities"] == 0
    assert house.admin.get("/prospects?email=ana@nord.example")["items"] == []
    assert "nord.example" not in house.everything()["delivery"]


@ONE_DATABASE
def test_any_kind_of_source_may_have_a_file(house: House, bring: Callable[..., Any]) -> None:
    told = bring(
        "Work mail,Who\nana@nord.example,Ana\n",
        *("--map", "Work mail=email", "--map", "Who=name"),
        source="linkedin",
    )
    assert told["leads"] == 1
    (delivery,) = house.admin.get("/deliveries?source=linkedin")["items"]
    assert delivery["state"] == "ingested"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--source", "siet"], 1, "did you mean `site`"),
        (["--source", "site", "--map", "x"], 2, "write --map as COLUMN=FIELD"),
        (["--source", "site", "--map", "nmae=name"], 1, "did you mean `name`"),
        (["--source", "site", "--encoding", "utf-99"], 1, "cannot be read"),
    ],
)
@pytest.mark.usefixtures("house")
@ONE_DATABASE
def test_what_cannot_be_done_is_said_in_a_line(
    words: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("email,name\nana@nord.example,Ana\n")
    assert run(commands, ["import", str(file), *words]) == code
    assert said in capsys.readouterr().err


@ONE_DATABASE
def test_naughty_strings_come_back_from_a_file_as_they_went_in(
    house: House, bring: Callable[..., Any], tmp_path: Path
) -> None:
    naughty = [each for each in suite("04-blns/blns.json") if each]
    table = tmp_path / "naughty.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "name", "company", "title", "form", "Note"])
        writer.writerows([f"p{n}@nord.example", *[each] * 5] for n, each in enumerate(naughty))
    told = bring(table.read_text(encoding="utf-8"))
    refused = {each["line"]: each["reason"] for each in told["refused"]}
    assert told["leads"] + len(refused) == len(naughty)
    assert all("name" in reason for reason in refused.values()), refused
    kept = {each.email: each for each in everybody(house)}
    assert len(kept) == told["leads"]
    wrong = [
        text
        for n, text in enumerate(naughty)
        if (person := kept.get(f"p{n}@nord.example"))
        and (person.name, person.company, person.title, person.fields["Note"]) != (text,) * 4
    ]
    assert wrong == []
