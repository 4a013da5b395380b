"""Moving the demo's clock moves the engine: what was due on the way happens, when it was due, and a lead comes in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.demo import fill
from app.demo.platforms import platforms
from app.demo.playing import Player, point
from app.demo.walkins import walk_in
from app.demo_state import moving
from app.demo_state.moving import Step, end_of
from app.demo_state.rows import DemoRow
from app.demo_state.watch import DemoWatch
from app.door import perform, reading
from nurture.rows import SendRow
from prospects.rows import IdentityRow
from routing.lives import OfferState
from routing.rows import OfferRow
from tests.support.demo import FilledDemo

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def player(demo: FilledDemo) -> Iterator[Player]:
    """The demo's own process, in this one."""
    watch = DemoWatch(demo.database, demo.settings)
    watch.look()
    site = fill.backstage(demo.database, demo.settings)
    with platforms(fill.door_of(site)) as outside:
        point(demo.database, watch.settings(), outside)
        yield Player(demo.database, watch, outside)


def row(demo: FilledDemo) -> DemoRow:
    with reading(demo.database) as session:
        return session.get_one(DemoRow, 1)


def test_three_days_bring_mails_and_let_offers_lapse_each_in_its_hour(
    demo: FilledDemo, player: Player
) -> None:
    before = demo.database.clock.now()
    to = end_of(Step.DAYS, before)
    assert perform(demo.database, lambda session: moving.ask_to_move(session, to, before))
    player.look()
    assert row(demo).moving_to is None
    assert timedelta(0) <= demo.database.clock.now() - to < timedelta(minutes=2)
    with reading(demo.database) as session:
        sent = session.execute(
            select(func.count()).select_from(SendRow).where(SendRow.handed_over_at > before)
        ).scalar_one()
        lapsed = session.execute(
            select(OfferRow).where(OfferRow.state == OfferState.EXPIRED)
        ).scalars()
        late = [each.closed_at - each.expires_at for each in lapsed if each.closed_at]
    assert sent > 0
    assert late
    assert max(late) < timedelta(hours=2), "not all of them at the end of the three days"


def test_the_clock_goes_forward_only_and_one_way_at_a_time(
    demo: FilledDemo, player: Player
) -> None:
    now = demo.database.clock.now()
    for to in (now - timedelta(hours=1), now, now + timedelta(days=40)):
        assert not perform(
            demo.database,
            lambda session, to=to: moving.ask_to_move(session, to, now),  # type: ignore[misc]
        )
    soon = now + timedelta(hours=1)
    assert perform(demo.database, lambda session: moving.ask_to_move(session, soon, now))
    assert not perform(demo.database, lambda session: moving.ask_to_move(session, soon, now))
    ahead = row(demo).ahead
    back = timedelta(seconds=ahead) - timedelta(days=1)
    perform(demo.database, lambda session: moving.turn_clock(session, back))
    assert row(demo).ahead == ahead
    player.look()
    assert row(demo).ahead > ahead


def test_a_lead_that_was_asked_for_comes_in_by_the_real_door(
    demo: FilledDemo, player: Player
) -> None:
    assert perform(demo.database, moving.ask_for_lead)
    player.look()
    assert (row(demo).leads_asked, row(demo).leads_sent) == (1, 1)
    soon = demo.database.clock.now() + timedelta(seconds=30)
    perform(demo.database, lambda session: moving.ask_to_move(session, soon, soon - timedelta(1)))
    player.look()
    with reading(demo.database) as session:
        found = session.execute(
            select(IdentityRow.prospect_id).where(IdentityRow.key == walk_in(1).email)
        ).scalar_one_or_none()
    assert found is not None


def test_a_workspace_of_ones_own_has_no_clock_to_move(demo: FilledDemo) -> None:
    perform(demo.database, lambda session: session.delete(session.get_one(DemoRow, 1)))
    watch = DemoWatch(demo.database, demo.settings)
    assert watch.look() is None
    assert watch.settings() is demo.settings
    now = clock.now()
    later = now + timedelta(hours=1)
    assert not perform(demo.database, lambda session: moving.ask_to_move(session, later, now))
