"""Raw page views become one act a day for each person and part of the site, a hundred days on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.jobs import folding
from prospects import first_touch_anew, old_views, timeline
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow, ProspectRow
from prospects.site import part_of
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.touch_rows import FirstTouchRow


def somebody(session: Session, now: datetime) -> ProspectId:
    who = ProspectId(new_id(now))
    session.add(ProspectRow(id=who, fields={}, created_at=now, changed_at=now))
    session.flush()
    return who


def view(who: ProspectId, at: datetime, page: str, *, robot: bool = False) -> Fact:
    return Fact(
        prospect_id=who,
        kind=Kind.PAGE_VIEW,
        happened_at=at,
        source="site",
        key=f"{at}{page}{robot}",
        body={"page": page, "title": "A title", "campaign": "autumn"},
        suspect_robot=robot,
    )


def told(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(select(ActivityRow).order_by(ActivityRow.happened_at)).scalars()
    return [(each.body["page"], each.body.get("views", 0)) for each in rows]


def test_old_views_are_folded_by_day_and_part_of_the_site_and_young_ones_are_not(
    session: Session, now: datetime
) -> None:
    who, other = somebody(session, now), somebody(session, now)
    old, young = now - timedelta(days=120), now - timedelta(days=99)
    facts = [view(who, old + timedelta(minutes=n), f"/blog/{n}") for n in range(5)]
    facts += [view(who, old + timedelta(hours=1), "/pricing"), view(who, young, "/blog/new")]
    facts += [view(who, old + timedelta(hours=2), "/blog/x", robot=True)]
    facts += [view(other, old + timedelta(hours=3), "/blog/1")]
    facts += [view(who, old + timedelta(days=1), "/blog/1")]
    timeline.record(session, facts, now)
    touch = select(FirstTouchRow.activity_id).where(FirstTouchRow.prospect_id == who)
    first = session.execute(touch).scalar_one()
    assert old_views.due(session, now)
    assert not old_views.fold(session, now)
    assert told(session) == [
        ("/blog", 5), ("/pricing", 1), ("/blog", 1), ("/blog", 1), ("/blog", 1), ("/blog/new", 0),
    ]  # fmt: skip
    kept = session.get(ActivityRow, (who, first))
    assert kept is not None
    assert kept.happened_at == old
    assert kept.body == {"page": "/blog", "views": 5, "campaign": "autumn"}
    first_touch_anew.rebuild(session, [who])
    assert session.execute(touch).scalar_one() == first


def test_a_view_learned_of_late_joins_what_was_folded(session: Session, now: datetime) -> None:
    who, old = somebody(session, now), now - timedelta(days=120)
    timeline.record(session, [view(who, old, "/blog/1")], now)
    old_views.fold(session, now)
    timeline.record(session, [view(who, old + timedelta(hours=1), "/blog/2")], now)
    old_views.fold(session, now)
    assert told(session) == [("/blog", 2)]
    assert not old_views.due(session, now)


def test_batches_come_to_the_same_and_each_promises_the_next(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_views, "BATCH", 1)
    old = now - timedelta(days=120)
    people = [somebody(session, now) for _ in range(3)]
    timeline.record(session, [view(each, old, "/blog/1") for each in people], now)
    assert folding.due(session, now)
    folding.plan(session, now)
    assert not folding.due(session, now)
    rounds = 0
    while old_views.due(session, now):
        session.execute(delete(MessageRow).where(MessageRow.topic == Topic.FOLD))
        folding.fold(session, ["views"], now, None)  # type: ignore[arg-type]
        rounds += 1
    assert rounds == 3
    assert told(session) == [("/blog", 1)] * 3


@pytest.mark.parametrize(
    ("page", "group"),
    [
        ("/", "/"),
        ("/blog/2026/x?y=1", "/blog"),
        ("https://www.acme.example/pricing/", "/pricing"),
        ("Pricing", "Pricing"),
        (None, ""),
        (7, ""),
        ("http://[", "http://["),
    ],
)
def test_a_part_of_the_site_is_the_first_part_of_its_path(page: object, group: str) -> None:
    assert part_of(page) == group
