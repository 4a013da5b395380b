"""What is kept with each act says the same as the whole timeline read anew, however the acts come in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import timeline
from prospects.first_touch_anew import LONGEST, rebuild
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.touch_rows import FirstTouchRow

KINDS = (
    *(Kind.FORM, Kind.CLICK, Kind.MAIL_SENT, Kind.NOTE),
    *(Kind.OFFERED, Kind.ACCEPTED, Kind.VERDICT, Kind.OUTCOME),
)
RESULTS = ("won", "lost", None)


def people(session: Session, now: datetime, count: int) -> list[UUID]:
    made = [new_id(now) for _ in range(count)]
    session.add_all(ProspectRow(id=each, created_at=now, changed_at=now) for each in made)
    session.flush()
    return made


def act(who: UUID, at: datetime, kind: Kind = Kind.FORM, **about: object) -> Fact:
    given = {"source": "site", "key": f"{kind}{at.isoformat()}{about}", "body": about}
    return Fact(prospect_id=ProspectId(who), kind=kind, happened_at=at, **given)  # type: ignore[arg-type]


def written(session: Session) -> list[Sequence[object]]:
    session.flush()
    table = FirstTouchRow.__table__
    return [tuple(row) for row in session.execute(select(table).order_by(table.c.prospect_id))]


@pytest.mark.parametrize("seed", range(6))
def test_each_act_kept_as_it_comes_is_the_same_as_all_read_anew(
    session: Session, now: datetime, seed: int
) -> None:
    chance, who = Random(seed), people(session, now, 8)
    for merged in who[1 : 1 + seed % 3]:
        session.execute(
            update(ProspectRow).where(ProspectRow.id == merged).values(absorbed_by=who[0])
        )
    for _ in range(12):
        facts = [
            act(
                chance.choice(who), now - timedelta(hours=chance.randrange(900)), chance.choice(KINDS),
                campaign=f"c{chance.randrange(3)}", result=chance.choice(RESULTS), verdict="earlier",
                stage_found=chance.choice(RESULTS),
            )
            for _ in range(chance.randrange(1, 5))
        ]  # fmt: skip
        timeline.record(session, facts, now, ring=False)

    kept = written(session)
    rebuild(session)

    assert kept == written(session)
    assert len(kept) > 3


def test_what_is_learned_late_but_happened_first_is_the_first_touch(
    session: Session, now: datetime
) -> None:
    (who,) = people(session, now, 1)
    timeline.record(session, [act(who, now, campaign="late")], now)
    timeline.record(session, [act(who, now - timedelta(days=40), campaign="early")], now)
    timeline.record(session, [act(who, now - timedelta(days=9), campaign="between")], now)

    row = session.get_one(FirstTouchRow, who)

    assert (row.campaign, row.month) == ("early", "2026-01")


def test_a_merge_gives_the_group_one_first_touch_and_its_undoing_gives_both_back(
    session: Session, now: datetime
) -> None:
    one, other = people(session, now, 2)
    timeline.record(session, [act(one, now, campaign="spring")], now)
    timeline.record(session, [act(other, now - timedelta(days=9), campaign="winter")], now)
    timeline.record(session, [act(other, now, Kind.OFFERED)], now)
    before = written(session)

    session.execute(update(ProspectRow).where(ProspectRow.id == other).values(absorbed_by=one))
    rebuild(session, [one])
    session.expire_all()
    assert [session.get_one(FirstTouchRow, each).campaign for each in (one, other)] == [
        "winter"
    ] * 2
    assert session.get_one(FirstTouchRow, other).joined_id == one
    assert session.get_one(FirstTouchRow, one).offered_at == now

    session.execute(update(ProspectRow).where(ProspectRow.id == other).values(absorbed_by=None))
    rebuild(session, [one, other])
    assert written(session) == before


def test_a_campaign_nobody_can_have_meant_is_cut_or_none(session: Session, now: datetime) -> None:
    long, odd = people(session, now, 2)
    timeline.record(session, [act(long, now, campaign="x" * 5000)], now)
    timeline.record(session, [act(odd, now, campaign={"a": 1})], now)

    assert session.get_one(FirstTouchRow, long).campaign == "x" * LONGEST
    assert session.get_one(FirstTouchRow, odd).campaign == ""
