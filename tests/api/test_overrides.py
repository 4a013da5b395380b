"""A program adds to a score for a while, sees before what that changes, and says who is not to be profiled."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform
from prospects.ids import ProspectId, parse_id
from tests.api.conftest import Program

FAIR = {"value": 0.8, "days": 30, "reason": "met at the fair"}


@pytest.fixture
def ada(admin: Program) -> str:
    told = admin.post(
        "/activities",
        {"email": "ada@acme.example", "kind": "form", "body": {"form": "guide"}},
    )
    return str(told["prospect"])


def react(database: Database, who: str, now: datetime) -> None:
    def work(session: Session) -> None:
        pipeline.react(session, [ProspectId(parse_id(who))], now)  # type: ignore[arg-type]

    perform(database, work)


def test_an_override_is_foretold_set_shown_and_ended(
    admin: Program, ada: str, database: Database, now: datetime
) -> None:
    told = admin.get(f"/prospects/{ada}/override-preview?value=0.8")
    assert told["after"]["points"] == told["before"]["points"] + 8
    made = admin.post(f"/prospects/{ada}/overrides", FAIR)
    assert (made["value"], made["reason"], made["ended_at"]) == (0.8, "met at the fair", None)
    react(database, ada, now)

    seen = admin.get(f"/prospects/{ada}")
    assert seen["points"] == told["after"]["points"]
    (line,) = [each for each in seen["reasons"] if each["term"].startswith("override.")]
    assert (line["value"], seen["scored_by"]) == (8.0, "points/0")

    assert admin.post(f"/overrides/{made['id']}/end", {}, 200)["ended_at"]
    assert admin.get(f"/prospects/{ada}/overrides")["items"][0]["ended_by"]


def test_one_for_a_company_reaches_its_people(
    admin: Program, ada: str, database: Database, now: datetime
) -> None:
    firm = admin.get(f"/prospects/{ada}")["account"]
    react(database, ada, now)
    before = admin.get(f"/prospects/{ada}")["points"]
    made = admin.post(f"/accounts/{firm}/overrides", {**FAIR, "value": -0.5})
    react(database, ada, now)
    assert admin.get(f"/prospects/{ada}")["points"] == before - 5
    assert admin.get(f"/accounts/{firm}/overrides")["items"] == [made]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": 0}, "value"),
        ({"value": 7}, "value"),
        ({"days": None}, "days"),
        ({"until": "2020-01-01T00:00:00Z", "days": None}, "until"),
        ({"reason": " "}, "reason"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_is_named_by_its_field(
    admin: Program, ada: str, wrong: dict[str, object], field: str
) -> None:
    refused = admin.post(f"/prospects/{ada}/overrides", {**FAIR, **wrong}, 422)
    assert [each["field"] for each in refused["errors"]] == [field]


def test_who_objects_is_not_unsubscribed_and_has_no_figures(
    admin: Program, ada: str, database: Database, now: datetime
) -> None:
    react(database, ada, now)
    admin.post(f"/prospects/{ada}/consents", {"topic": "profiling", "given": False})
    react(database, ada, now)
    seen = admin.get(f"/prospects/{ada}")
    assert (seen["profiled"], seen["grade"], seen["score"]) == (False, None, None)
    assert seen["stage"]["claimed"] is None
    kinds = [each["kind"] for each in admin.get(f"/prospects/{ada}/timeline")["items"]]
    assert "unsubscribed" not in kinds
    everything = admin.get(f"/prospects/{ada}/export")
    assert {"assessment", "decision", "override", "consent"} <= set(everything["tables"])
