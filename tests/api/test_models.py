"""Models and trainings over the API: what stands, what may be done to it, and by one act back."""

from datetime import datetime

from app.api import paging
from app.database import Database
from app.door import perform
from scoring import models
from scoring.learning import trainings
from scoring.learning.trainings import State
from scoring.models import By, Origin
from tests.api.conftest import Program
from tests.scoring.card.test_adding_up import a_card

PASSED = {"gate": {"outcome": "promote", "checks": []}, "words": ["It held."]}


def two(database: Database, now: datetime) -> list[str]:
    cards = [a_card(), a_card().model_copy(update={"intercept": -1.0})]

    def keep(session: models.Session) -> None:
        for card in cards:
            models.keep(session, card, PASSED, now, origin=Origin.RECORD, by=By("mara"))

    perform(database, keep)
    return [card.id for card in cards]


def test_a_model_is_approved_scores_and_is_left_by_one_act_each(
    admin: Program, database: Database, now: datetime
) -> None:
    one, other = two(database, now)
    assert [each["id"] for each in admin.get("/models")["items"]][:2] == sorted([one, other])[::-1]
    first = admin.get("/models?limit=1")
    assert first["items"][0]["kind"] == "scorecard"
    _, last = admin.get(f"/models?limit=2&cursor={first['next']}")["items"]
    assert last["kind"] == "points"
    both = admin.get("/models?limit=2")
    assert [each["kind"] for each in admin.get(f"/models?cursor={both['next']}")["items"]] == [
        "points"
    ]
    for none in (("card-none",), ("card\0",), (one, other)):
        admin.get(f"/models?cursor={paging.cursor(none)}", 422)
    assert admin.post(f"/models/{one}/activation", {}, 409)["code"] == "not_so"
    shown = admin.post(f"/models/{one}/approval", {}, 200)
    assert (shown["state"], shown["gate"]) == ("approved", "promote")
    assert shown["shadow_until"] > shown["approved_at"]
    assert "say why" in admin.post(f"/models/{one}/activation", {}, 409)["detail"]
    early = {"reason": "We have waited for it"}
    assert admin.post(f"/models/{one}/activation", early, 200)["state"] == "active"
    *_, points = admin.get("/models")["items"]
    assert points["state"] == "standing_by"
    admin.post(f"/models/{other}/approval", {}, 200)
    changed = admin.get(f"/models/{other}")["changes"]
    assert changed == []
    admin.post(f"/models/{other}/activation", early, 200)
    # One act goes back.
    assert admin.post(f"/models/{one}/activation", {}, 200)["state"] == "active"
    assert admin.post(f"/models/{one}/retirement", {}, 200)["state"] == "retired"
    assert admin.get("/models")["items"][-1]["state"] == "active"
    admin.get("/models/card-none", 404)
    acts = [each["act"] for each in admin.get("/audit")["items"]]
    assert acts.count("model activated") == 3


def test_a_training_is_asked_for_once_and_held_ones_go_on_when_all_is_judged(
    admin: Program, database: Database, now: datetime
) -> None:
    asked = admin.post("/trainings", {})
    assert (asked["state"], asked["because"]) == ("open", "somebody asked")
    assert admin.post("/trainings", {}, 409)["code"] == "under_way"

    def hold(session: models.Session) -> None:
        (row,) = session.execute(trainings.every()).scalars()
        held = trainings.take(session, row.id, now)
        assert held is not None
        found = {"suspects": [{"name": "fields.a"}, {"name": "fields.b"}], "words": ["…"]}
        trainings.end(session, held, State.HELD, now, report=found, reason="look at a and b")

    perform(database, hold)
    assert admin.get(f"/trainings/{asked['id']}")["suspects"][0]["name"] == "fields.a"
    said = admin.post("/known-before", {"column": "fields.a", "known_before": True})
    assert (said["known_before"], said["by"] != "") == (True, True)
    assert [each["state"] for each in admin.get("/trainings")["items"]] == ["held"]
    (error,) = admin.post("/known-before", {"column": "field.a", "known_before": True}, 422)[
        "errors"
    ]
    assert (error["field"], error["mend"]) == ("column", "did you mean `fields.a`?")
    admin.post("/known-before", {"column": "fields.b", "known_before": False})
    assert [each["state"] for each in admin.get("/trainings")["items"]] == ["open", "held"]
    assert len(admin.get("/known-before")["items"]) == 2
