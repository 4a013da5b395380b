"""An offer says how often such claims held: the same stage, as sure, as reps found, and no others."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages import papers
from prospects.ids import ProspectId
from routing import offers
from routing.compose import Track
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.finding_rows import ConfirmationRow
from routing.outcome import Result, conclude
from routing.rows import HandoffRow
from routing.track_record import Claimed, records
from tests.routing.office import SECRET, arrive, handoff, look, ref, three_reps, who

HOUR = timedelta(hours=1)


def offered(session: Session, at: datetime, name: str, claimed: str) -> HandoffRow:
    (prospect_id,) = arrive(session, at, f"{name}@{name}.example")
    look(session, at, prospect_id, claimed=claimed)
    return handoff(session, ProspectId(prospect_id))


def checked(
    session: Session, at: datetime, name: str, *, claimed: str = "decision", **said: Any
) -> HandoffRow:
    """A lead that was taken, and checked by its rep."""
    row = offered(session, at, name, claimed)
    rep = next(who(session, n) for n in ("ann", "bob", "cid") if who(session, n).id == row.rep_id)
    offers.accept(session, ref(row), rep, at)
    finding = {"verdict": "confirmed", "spoke_with": "Ida", "channel": "call", "fact": "Yes."}
    answer = RepFinding.model_validate({**finding, "at": at, **said})
    confirm(session, ref(row), rep, answer, now=at, secret=SECRET)
    return row


def test_nobody_knows_how_the_first_one_will_fare(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now, "one", "decision")
    assert row.brief["track"] is None
    assert held(row.brief) == "too few such claims are checked yet"


def test_such_claims_count_and_stand_as_they_stood(session: Session, now: datetime) -> None:
    three_reps(session, now - 30 * HOUR)
    earlier: dict[str, Any] = {"verdict": "earlier", "stage_found": "evaluation"}
    for turn in range(4):
        checked(session, now - (20 - turn) * HOUR, f"d{turn}", **(earlier if turn < 1 else {}))
    won = checked(session, now - 10 * HOUR, "won")
    rep = next(who(session, n) for n in ("ann", "bob", "cid") if who(session, n).id == won.rep_id)
    conclude(
        session, ref(won), rep, result=Result.WON, reason=None, opportunity=None, now=now - HOUR
    )
    checked(session, now - HOUR, "other", claimed="evaluation")
    newest = offered(session, now, "newest", "decision")
    assert newest.brief["track"] == {"of": 5, "confirmed": 4, "won": 1}
    assert held(newest.brief) == "4 of 5 such claims held"
    checked(session, now + HOUR, "later", **earlier)
    assert held(newest.brief) == "4 of 5 such claims held"


def test_a_claim_as_sure_by_the_same_model_is_such_a_claim(session: Session, now: datetime) -> None:
    three_reps(session, now - 30 * HOUR)
    for turn in range(12):
        checked(session, now - HOUR, f"d{turn}")
    rows = session.execute(select(ConfirmationRow).order_by(ConfirmationRow.id)).scalars().all()
    assert {row.claimed_model for row in rows} == {"points/1"}
    for row in rows[:2]:
        row.claimed_model = "card-1"
    session.flush()
    track = records(session, ["decision", None])

    assert track.of(Claimed("decision", 0.8, "points/1")) == Track(of=10, confirmed=10, won=0)
    # Too few of its own: then those of any model count.
    assert track.of(Claimed("decision", 0.8, "card-1")) == Track(of=12, confirmed=12, won=0)
    assert track.of(Claimed("decision", 0.9, "points/1")) is None
    assert track.of(Claimed("evaluation", 0.8, "points/1")) is None


def held(paper: Mapping[str, Any]) -> str:
    return papers.held(paper["track"])
