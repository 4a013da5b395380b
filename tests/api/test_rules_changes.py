"""A change of rules over the API: whom it would take over the warm line, and the word that lets them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from scoring.changes.rows import CrossingRow, State
from tests.api.conftest import Program
from tests.app.test_releases import came, looked_at_all, ruled

HOUR = timedelta(hours=1)


def waits(database: Database, now: datetime) -> int:
    """Three people whom lower points would make warm."""
    then = now - HOUR
    perform(database, lambda session: ruled(session, then, 60))
    perform(database, lambda session: came(session, then, "ann", "bob", "cleo"))
    perform(database, lambda session: ruled(session, now, 30))
    return perform(database, lambda session: looked_at_all(session, now).version)


def cools(session: Session, who: UUID) -> None:
    """As if the change made this one of them warm no longer."""
    session.execute(update(CrossingRow).where(CrossingRow.prospect_id == who).values(up=False))


def test_who_waits_is_listed_in_pages_and_let_over_at_a_pace(
    admin: Program, database: Database, now: datetime
) -> None:
    version = waits(database, now)
    (change,) = [
        each for each in admin.get("/rules-changes")["items"] if each["state"] == "waiting"
    ]
    assert (change["version"], change["looked"], change["people"]) == (version, 3, 3)
    assert (change["up"], change["down"], change["released"]) == (3, 0, 0)
    path = f"/rules-changes/{version}"
    first = admin.get(f"{path}/crossings?limit=2")
    rest = admin.get(f"{path}/crossings?limit=2&cursor={first['next']}")
    found = [each["prospect_id"] for each in (*first["items"], *rest["items"])]
    assert (len(set(found)), rest["next"]) == (3, None)
    assert admin.get(f"{path}/crossings?way=down")["items"] == []
    who = UUID(min(found))
    perform(database, lambda session: cools(session, who))
    for size in (1, 2, 3):
        listed, cursor = [], ""
        while cursor is not None:
            page = admin.get(f"{path}/crossings?limit={size}{cursor}")
            listed += [(each["prospect_id"], each["up"]) for each in page["items"]]
            cursor = f"&cursor={page['next']}" if page["next"] else None
        assert (len(dict(listed)), listed[-1]) == (3, (str(who), False))
    assert len(admin.get(f"{path}/crossings?way=down")["items"]) == 1
    admin.get(f"{path}/crossings?way=sideways", 422)
    admin.get(f"{path}/crossings?cursor=WyJ4Il0", 422)
    assert admin.post(f"{path}/keep", {}, 200)["state"] == State.KEPT
    shown = admin.post(f"{path}/release", {"pace": 20}, 200)
    assert (shown["state"], shown["pace"]) == (State.RELEASING, 20)
    assert admin.post(f"{path}/keep", {}, 409)["code"] == "not_waiting"
    admin.post(f"{path}/release", {"pace": 0}, 422)
    assert admin.post(f"{path}/stop", {}, 200)["state"] == State.WAITING
    assert admin.post(f"{path}/stop", {}, 409)["code"] == "not_releasing"
    acts = [each["act"] for each in admin.get("/audit")["items"]]
    assert {"crossings released", "crossings kept", "crossings stopped"} <= set(acts)


def test_other_points_are_tried_without_a_trace(
    admin: Program, database: Database, now: datetime
) -> None:
    perform(database, lambda session: ruled(session, now - HOUR, 60))
    who = perform(database, lambda session: came(session, now - HOUR, "ann", "bob"))
    lower = {"warm": {"points": 30, "leave_points": 20}}
    found = admin.post("/scoring-preview", {"scoring": lower}, 200)
    assert (found["looked"], found["everybody"], found["up"], found["down"]) == (2, True, 2, 0)
    assert {each["prospect_id"] for each in found["crossings"]} == {str(each) for each in who}
    wrong = admin.post("/scoring-preview", {"scoring": {"warm": {"points": "many"}}}, 422)
    assert wrong["errors"][0]["field"].startswith("scoring.warm")
    for odd in (
        {},
        {"scoring": []},
        {"scoring": {"warmth": 1}},
        {"scoring": {"fit": {"rules": 7}}},
    ):
        admin.post("/scoring-preview", odd, 422)
    assert {each["state"] for each in admin.get("/rules-changes")["items"]} <= {"released"}


def test_a_change_that_never_was_is_absent(admin: Program) -> None:
    for version in ("7", "none", "9" * 30, "-1"):
        admin.get(f"/rules-changes/{version}", 404)
    admin.post("/rules-changes/7/release", {}, 404)
    assert admin.get("/rules-changes?cursor=WyJ4Il0")["items"] == []
