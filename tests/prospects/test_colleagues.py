"""Who is active at a company, now and as of then."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from prospects import colleagues, colleagues_then, timeline
from prospects.ids import AccountId
from prospects.kinds import Kind
from prospects.own_titles import reader
from prospects.rows import ProspectRow
from prospects.values import Active
from tests.scoring.features.test_kept import fact, meet


def test_only_who_lately_did_something_themselves_is_active(
    session: Session, now: datetime
) -> None:
    ann, bob, eve, rob = meet(session, now, "ann", "bob", "eve", "rob")
    timeline.record(session, [fact(ann, now), fact(bob, now - timedelta(days=40))], now)
    robots = replace(fact(rob, now, Kind.CLICK), suspect_robot=True)
    timeline.record(session, [fact(eve, now, Kind.OPEN), robots], now)
    account = session.get_one(ProspectRow, ann).account_id
    assert account

    found = colleagues.active(session, [AccountId(account)], reader(()), now)
    then = colleagues_then.active(session, [(AccountId(account), now)], reader(()))
    assert [*found.values()] == [*then.values()] == [Active(1, 1)]
