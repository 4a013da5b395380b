"""Score and stage over time: what moved them at each step, in words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages import plots
from app.pages.course import course
from prospects.ids import new_id
from prospects.member import Role
from prospects.rows import AssessmentRow
from tests.pages import examples as ex
from tests.pages.conftest import Visitor
from tests.pages.examples_scores import BELIEFS, COURSE
from tests.routing.office import offered, three_reps


def test_each_step_says_what_changed_and_which_lines_moved_it() -> None:
    assert COURSE is not None
    last, warmed, carded, second, first = COURSE.steps
    assert first.changes[0] == "First looked at: 4 points"
    assert [(each.text, each.share) for each in second.moved] == [
        (ex.ARABIC, "+20"),
        ("Opened a mail", "−2"),
    ]
    # Points and shares of a logit are not taken from each other.
    assert (carded.changes[0], carded.moved) == ("card-9f86d081884c scores from here on", [])
    assert warmed.changes[-1] == "Became warm"
    assert [each.share for each in warmed.moved] == ["+0.9", "+0.7", "−0.4"]
    assert last.changes == ["Points: 64 → 58", "Score: 34 % → 29 %", "Grade: B1 → B2"]
    assert last.moved[0].text == f"No longer: {ex.LONG}"


def test_it_is_drawn_within_its_frame_also_when_everything_happened_at_once() -> None:
    at_once = [BELIEFS[0], *BELIEFS[:1]]
    for beliefs, now in ((BELIEFS, ex.NOW), (at_once, BELIEFS[0].at)):
        drawn = course(beliefs, dict(ex.STAGES), now, UTC)
        assert drawn is not None
        for each in drawn.plot.stretches:
            assert plots.LEFT <= each.x <= plots.RIGHT
            assert each.width > 0
    assert course([], {}, ex.NOW, UTC) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_marketer_sees_how_it_came_about_and_a_rep_does_not(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database, now: datetime
) -> None:
    hire("ann@us.example", Role.REP)

    def believed(session: Session) -> UUID:
        three_reps(session, now)
        who = offered(session, now).prospect_id
        for ago, points in ((9, 20.0), (2, 41.0)):
            at = now - timedelta(days=ago)
            reasons = [{"text": "Sent a form", "term": "form", "value": points}]
            held = {"points": points, "fit": 0, "engagement": 0, "grade": "D2", "warm": False}
            row = AssessmentRow(
                prospect_id=who, id=new_id(at), at=at, model="points/1", reasons=reasons, **held
            )
            session.add(row)
        return who

    page = f"/people/{perform(database, believed)}"
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER)).see(page)
    assert "How it came about" in mia
    assert "Points: 20 → 41" in mia
    assert "How it came about" not in visitor().sign_in("ann@us.example").see(page)
