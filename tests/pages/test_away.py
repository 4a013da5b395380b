"""Absences are entered by oneself or a manager, stop offers at once, and are not undone by files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.workspace.apply import apply
from prospects import team
from prospects.member import Role
from routing.rows import HandoffRow
from tests.pages.conftest import Visitor
from tests.routing import office

SECRET = "x" * 32
ANN = "ann@us.example"
TEAM = """people:
  - email: ann@us.example
    roles: [rep]
    absences: [{from: 2026-05-04, until: 2026-05-08, reason: leave}]
"""


@pytest.fixture
def ann(
    database: Database, now: datetime, hire: Callable[..., str], visitor: Callable[[], Visitor]
) -> Visitor:
    """A rep who is offered a lead; bob comes next, max is the manager."""
    perform(database, lambda session: office.three_reps(session, now))
    hire("max@us.example", Role.MANAGER, name="Max Mayer")
    return visitor().sign_in(hire(ANN, Role.REP, name="Ann Arber"))


def absences(database: Database, email: str = ANN) -> list[tuple[str, str, str]]:
    with reading(database) as session:
        member = team.by_email(session, email)
    assert member
    return [(str(each["from"]), str(each["until"]), each.get("by", "")) for each in member.absences]


def test_who_writes_down_an_absence_from_today_lets_their_offers_go(
    ann: Visitor, database: Database, now: datetime
) -> None:
    assert "Nothing is planned" in ann.see("/you")
    ref = perform(database, lambda session: office.ref(office.offered(session, now)))
    answer = ann.send("/absences", "/absences", **{"from": "2026-03-03", "until": "2026-03-06"})
    assert answer.headers["Location"] == "/absences"
    page = ann.see("/absences")
    assert "1 offer goes to somebody else then" in page
    assert "to Friday 6 March" in page
    assert "to Friday 6 March" in ann.see("/you")
    assert absences(database) == [("2026-03-03", "2026-03-06", ANN)]

    def ends(session: Session) -> datetime | None:
        return session.get_one(HandoffRow, (ref.prospect_id, ref.handoff_id)).expires_at

    with reading(database) as session:
        assert ends(session) == now
    ann.send("/absences", "/absences/end", **{"from": "2026-03-03", "until": "2026-03-06"})
    assert absences(database) == []
    assert "You are not away" in ann.see("/absences")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", "The days are missing"),
        ("2026-03-09", "2026-03-06", "This ends before it begins"),
        ("2026-02-02", "2026-03-02", "This is over already"),
        ("2026-03-09", "2028-03-09", "This is more than a year"),
        ("yesterday", "", "The days are missing"),
    ],
)
def test_days_that_will_not_do_come_back_with_the_mend(
    ann: Visitor, database: Database, first: str, last: str, said: str
) -> None:
    answer = ann.send("/absences", "/absences", **{"from": first, "until": last, "reason": "trip"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="trip"' in answer.text
    assert absences(database) == []


def test_a_manager_enters_it_for_anybody_and_a_rep_for_nobody_else(
    ann: Visitor, database: Database, visitor: Callable[[], Visitor]
) -> None:
    boss = visitor().sign_in("max@us.example")
    with reading(database) as session:
        bob, max_ = (str(office.who(session, name).id) for name in ("bob", "max"))
    boss.send("/absences", "/absences", **{"member": bob, "from": "2026-03-09", "reason": "ill"})
    assert absences(database, "bob@us.example") == [("2026-03-09", "2026-03-09", "max@us.example")]
    assert "Monday 9 March" in boss.see("/absences")
    assert "bob" not in ann.see("/absences")
    for foreign in (bob, max_):
        fields = {"member": foreign, "from": "2026-03-09", "until": "2026-03-09"}
        assert ann.send("/absences", "/absences", **fields).status_code == 404
        assert ann.send("/absences", "/absences/end", **fields).status_code == 404
    boss.send(
        "/absences", "/absences/end", member=bob, **{"from": "2026-03-09", "until": "2026-03-09"}
    )
    assert absences(database, "bob@us.example") == []


def test_files_and_browser_do_not_undo_one_another(
    ann: Visitor, database: Database, now: datetime, tmp_path: Path
) -> None:
    ann.send("/absences", "/absences", **{"from": "2026-03-09", "until": "2026-03-10"})
    place = tmp_path / "workspace"
    place.mkdir()
    (place / "team.yaml").write_text(TEAM)
    assert apply(database, place, {}, now, secret=SECRET).changes
    both = [("2026-05-04", "2026-05-08", ""), ("2026-03-09", "2026-03-10", ANN)]
    assert absences(database) == both
    assert not apply(database, place, {}, now, secret=SECRET).changes
    page = ann.see("/absences")
    assert "from team.yaml" in page
    assert page.index("Monday 9 March") < page.index("Monday 4 May")
    ann.send("/absences", "/absences/end", **{"from": "2026-05-04", "until": "2026-05-08"})
    assert absences(database) == both
    (place / "team.yaml").write_text(
        TEAM.replace("[{from: 2026-05-04, until: 2026-05-08, reason: leave}]", "[]")
    )
    apply(database, place, {}, now, secret=SECRET)
    assert absences(database) == both[1:]
