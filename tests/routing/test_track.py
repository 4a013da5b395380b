"""An offer says how the last leads with the same claim fared: those a rep checked, and no others."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.pages import papers
from prospects.ids import ProspectId
from routing import offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.outcome import Result, conclude
from routing.rows import HandoffRow
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
    assert papers.track(row.brief) is None


def test_the_last_ten_with_the_same_claim_count_and_stand_as_they_stood(
    session: Session, now: datetime
) -> None:
    three_reps(session, now - 30 * HOUR)
    checked(session, now - 29 * HOUR, "old", verdict="earlier", stage_found="evaluation")
    for turn in range(10):
        said: dict[str, Any] = {}
        if turn < 4:
            said = {"verdict": "earlier", "stage_found": "evaluation"}
        row = checked(session, now - (20 - turn) * HOUR, f"d{turn}", **said)
        if turn > 7:
            rep = next(
                who(session, n) for n in ("ann", "bob", "cid") if who(session, n).id == row.rep_id
            )
            conclude(
                session,
                ref(row),
                rep,
                result=Result.WON,
                reason=None,
                opportunity=None,
                now=now - (20 - turn) * HOUR,
            )
    checked(session, now - HOUR, "other", claimed="evaluation")
    newest = offered(session, now, "newest", "decision")
    assert newest.brief["track"] == {"of": 10, "confirmed": 6, "won": 2}
    assert papers.track(newest.brief) == "Last 10 like this: 6 confirmed, 2 ordered."
    checked(session, now + HOUR, "later", verdict="earlier", stage_found="evaluation")
    assert papers.track(newest.brief) == "Last 10 like this: 6 confirmed, 2 ordered."
