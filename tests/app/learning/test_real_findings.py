"""What routing puts on record is what labels are read from: offers, attempts, findings, corrections, deals."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.jobs.errand import Done, PutOff
from app.jobs.training import ERRAND, PATIENCE, Look
from app.settings import Settings
from routing import offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.outcome import Result, conclude
from routing.rows import HandoffRow
from scoring import current
from scoring.learning import trainings
from scoring.learning.labels import Fate, Lead, aim_of
from scoring.learning.record import newest, put_to_sales
from scoring.models import By
from tests.routing.office import SECRET, offered, ref, three_reps, who

HOUR = timedelta(hours=1)


def lead(session: Session, now: datetime) -> Lead:
    (put,) = put_to_sales(session, aim_of(current.current(session)), now)
    return put.lead


def say(session: Session, row: HandoffRow, now: datetime, verdict: str, **more: Any) -> UUID:
    talk = {"spoke_with": "Ida", "channel": "call", "at": now.isoformat(), "fact": "wants two"}
    finding = RepFinding.model_validate({"verdict": verdict, **talk, **more})
    recorded = confirm(session, ref(row), who(session, "ann"), finding, now=now, secret=SECRET)
    session.flush()
    return recorded.id


def test_a_lead_is_followed_from_its_offer_to_the_deal(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    assert lead(session, now + HOUR).fate is Fate.OPEN
    offers.accept(session, ref(row), who(session, "ann"), now)
    say(session, row, now + HOUR, "not_reached")
    attempted = lead(session, now + 9 * HOUR)
    assert (attempted.fate, attempted.age) == (Fate.OPEN, HOUR)
    first = say(session, row, now + 2 * HOUR, "earlier", stage_found="awareness")
    assert lead(session, now + 3 * HOUR).fate is Fate.LOSS
    right = {"stage_found": "decision", "supersedes": str(first), "reason": "the wrong line"}
    say(session, row, now + 4 * HOUR, "later", **right)
    assert lead(session, now + 5 * HOUR).fate is Fate.WIN
    # As it was known then, whatever came afterwards.
    assert lead(session, now + 3 * HOUR).fate is Fate.LOSS
    end = now + 6 * HOUR
    ann = who(session, "ann")
    conclude(session, ref(row), ann, result=Result.LOST, reason="price", opportunity=None, now=end)
    assert lead(session, end).fate is Fate.WIN
    assert newest(session, end) == end
    assert newest(session, now) == now


def test_a_promised_training_is_looked_at_until_it_is_over(session: Session, now: datetime) -> None:
    settings = Settings(data=None, database_url="", secret_key="")  # type: ignore[arg-type]
    training = trainings.ask(session, "it was time", now, by=By("mara"))
    assert training is not None

    def look(at: datetime) -> Look | None:
        found = ERRAND.prepare(session, str(training), at, settings)
        assert found is None or isinstance(found, Look)
        return found

    def settled(at: datetime) -> Done | PutOff:
        found = ERRAND.settle(session, Look(training, start=False), None, at, settings)
        assert isinstance(found, Done | PutOff)
        return found

    assert look(now) == Look(training, start=True)
    assert isinstance(settled(now), PutOff)
    hold = trainings.take(session, training, now)
    assert hold is not None
    assert look(now) == Look(training, start=False)
    assert look(now + 2 * trainings.LEASE) == Look(training, start=True)
    trainings.end(session, hold, trainings.State.DONE, now)
    assert look(now) is None
    assert settled(now) == Done()
    again = training = trainings.ask(session, "it was time", now, by=By("mara"))
    assert again is not None
    assert settled(now + PATIENCE) == Done()
    row = trainings.one(session, again)
    assert row is not None
    assert (row.state, row.reason) == ("failed", "no process could begin it")
