"""A call is tried over days, under one id, until it is told, given up, or whom it is for is gone."""

from datetime import datetime, timedelta
from unittest.mock import ANY

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import erasure
from prospects.ids import ProspectId
from tests.webhooks.receiving import (
    KEY,
    LOOPBACK,
    Receiver,
    ada,
    announced,
    attempt,
    happens,
    hook,
    receiver,
    row,
)
from webhooks import attempts, calls, endpoints, hooks, old_calls, redrive
from webhooks.call_rows import CallAttemptRow, CallRow, CallState
from webhooks.calls import Call, Came, GivenUp, Later, Told
from webhooks.endpoints import Endpoint, Shut

__all__ = ["ada", "receiver"]


def test_a_failure_is_tried_again_over_days_under_the_same_id_and_then_is_dead(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status = 500
    (call,) = announced(database, happens(database, ada, now), now)
    at, waited = now, []
    while isinstance(result := attempt(database, call, at), Later):
        waited.append(result.after)
        at += result.after
    assert result == GivenUp("status 500")
    assert len(waited) == len(calls.PAUSES)
    # Up to a quarter longer than its rung, so that programs that failed together do not return so.
    assert all(rung <= each <= rung * 1.25 for rung, each in zip(calls.PAUSES, waited, strict=True))
    assert timedelta(days=3) < sum(waited, timedelta()) < timedelta(days=4)
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 1
    assert len({body for _, body in receiver.told}) == 1
    assert len({headers["webhook-signature"] for headers, _ in receiver.told}) == len(waited) + 1
    assert row(database).state == CallState.DEAD
    receiver.status = 200
    perform(database, lambda s: redrive.one(s, s.merge(row(database)), at))
    assert attempt(database, call, at) == Told()


def test_who_asks_to_wait_is_given_time(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    (call,) = announced(database, happens(database, ada, now), now)
    assert attempt(database, call, now) == Later("status 429", timedelta(hours=1))


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("Tue, 03 Mar 2026 12:00:00 GMT", timedelta(hours=2)),
        ("999999999999", timedelta(hours=24)),
    ],
)
def test_a_date_or_a_very_long_wish_is_understood(
    written: str,
    after: timedelta,
    database: Database,
    receiver: Receiver,
    ada: ProspectId,
    now: datetime,
) -> None:
    hook(database, receiver.url, now)
    receiver.status, receiver.headers = 503, {"Retry-After": written}
    (call,) = announced(database, happens(database, ada, now), now)
    assert attempt(database, call, now) == Later("status 503", after)


def test_after_failures_in_a_row_an_endpoint_is_left_alone_and_then_tried_by_one(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status = 500
    for n in range(7):
        refs = announced(database, happens(database, ada, now + timedelta(seconds=n)), now)
    for ref in refs[:5]:
        assert attempt(database, ref, now) == Later("status 500", ANY)
    assert attempt(database, refs[5], now) == Shut(ANY)
    assert len(receiver.told) == 5
    later = now + timedelta(minutes=1)
    receiver.status = 204
    probe = perform(database, lambda s: calls.prepare(s, refs[5], later, key=KEY))
    assert attempt(database, refs[6], later) == Shut(ANY)
    assert isinstance(probe, Call)
    came = Came(calls.act(probe, allow=LOOPBACK), 5)
    assert perform(database, lambda s: calls.settle(s, probe, came, later)) == Told()
    assert attempt(database, refs[6], later) == Told()
    with reading(database) as session:
        assert endpoints.of_all(session)["crm"] == Endpoint(told_at=later)
        waited = session.execute(select(CallRow.attempts).order_by(CallRow.id)).scalars().all()
    assert waited == [1] * 7, "what was left alone has lost no try"


def test_an_endpoint_that_is_forgotten_begins_anew(database: Database, now: datetime) -> None:
    def fail(session: Session) -> None:
        for name in ("crm", "erp"):
            for _ in range(endpoints.FAILURES_ALLOWED):
                endpoints.failed(session, name, "status 500", now, wish=None)
        endpoints.forget(session, "crm")
        endpoints.forget(session, "nobody")

    perform(database, fail)
    with reading(database) as session:
        assert list(endpoints.of_all(session)) == ["erp"]
        assert endpoints.of_all(session)["erp"].is_shut(now)
    perform(database, lambda s: endpoints.failed(s, "crm", "status 500", now, wish=None))
    with reading(database) as session:
        assert endpoints.of_all(session)["crm"].failures == 1


def test_who_waits_for_a_dead_endpoint_for_days_is_given_up_and_all_are_told_again_at_once(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status = 500
    refs = [
        announced(database, happens(database, ada, now + timedelta(seconds=n)), now)[-1]
        for n in range(6)
    ]
    late = now + calls.LIFETIME + timedelta(hours=1)
    for ref in refs[:5]:
        attempt(database, ref, late)
    assert attempt(database, refs[5], late) is None
    with reading(database) as session:
        (dead,) = session.execute(select(CallRow.reason).where(redrive.DEAD)).scalars()
        assert dead == endpoints.SHUT
    receiver.status = 200
    done = perform(database, lambda s: redrive.all_dead(s, "crm", late))
    assert (done.calls, done.left) == (1, 0)
    assert attempt(database, refs[5], late) == Told()
    assert {sent["webhook-id"] for sent, _ in receiver.told} == {ref.split("/")[1] for ref in refs}


def test_each_attempt_is_kept_for_thirty_days_with_what_came_of_it(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status, receiver.body = 500, b"<b>we are \x00closed\xff" + b"x" * 9000
    (ref,) = announced(database, happens(database, ada, now), now)
    attempt(database, ref, now)
    # Its composed form has more characters than it came with.
    receiver.status, receiver.body = 500, "\N{DEVANAGARI LETTER QA}".encode()
    attempt(database, ref, now + timedelta(seconds=5))
    receiver.status, receiver.body = 204, b""
    attempt(database, ref, now + timedelta(minutes=9))
    one = row(database)
    key = (one.prospect_id, one.id)
    with reading(database) as session:
        tried = attempts.of_calls(session, [key], now)[one.id]
        later = attempts.of_calls(session, [key], now + timedelta(days=31))
    assert [(each.n, each.status) for each in tried] == [(1, 500), (2, 500), (3, 204)]
    assert tried[0].answer.startswith("<b>we are closed\N{REPLACEMENT CHARACTER}xxx")
    assert len(tried[0].answer) == attempts.ANSWER_SHOWN
    assert later == {}
    perform(database, lambda session: erasure.erase(session, ada, now, secret=KEY))
    with reading(database) as session:
        assert attempts.of_calls(session, [key], now)[one.id][0].answer is None


def test_an_old_address_that_is_gone_does_not_switch_off_the_one_in_its_place(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status = 410
    (ref,) = announced(database, happens(database, ada, now), now)
    call = perform(database, lambda session: calls.prepare(session, ref, now, key=KEY))
    assert isinstance(call, Call)
    hook(database, "https://192.0.9.9/there", now)
    came = Came(calls.act(call, allow=LOOPBACK), 5)
    perform(database, lambda session: calls.settle(session, call, came, now))
    with reading(database) as session:
        assert hooks.all_hooks(session)["crm"].active


def test_who_is_gone_is_told_no_more_until_switched_on(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status = 410
    first = announced(database, happens(database, ada, now), now)[0]
    assert attempt(database, first, now) == GivenUp("status 410")
    with reading(database) as session:
        switched = hooks.all_hooks(session)["crm"]
    assert (switched.active, switched.reason) == (False, "it answered 410 Gone")
    later = now + timedelta(seconds=1)
    assert announced(database, happens(database, ada, later), later) == [first]
    assert attempt(database, first, later) is None


def test_what_arrived_goes_after_thirty_days_and_what_was_given_up_after_ninety(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    told, dead, late = (
        announced(database, happens(database, ada, now + timedelta(seconds=n)), now)[-1]
        for n in range(3)
    )
    assert attempt(database, told, now) == Told()
    receiver.status = 410
    assert attempt(database, dead, now) == GivenUp("status 410")
    month = now + timedelta(days=30, seconds=1)
    assert attempt(database, late, month) is None, "the hook is switched off"

    def left(at: datetime) -> tuple[list[str], int]:
        with reading(database) as session:
            assert old_calls.due(session, at - timedelta(seconds=2)) is False
            assert old_calls.due(session, at)
        assert perform(database, lambda session: old_calls.let_go(session, at)) is False
        with reading(database) as session:
            calls = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
            tries = session.execute(select(func.count()).select_from(CallAttemptRow)).scalar_one()
            return [f"{each.prospect_id}/{each.id}" for each in calls], tries

    assert left(month) == ([dead, late], 0)
    assert left(now + timedelta(days=90, seconds=1)) == ([late], 0)
