"""Programs outside are told what happened: signed, under one id over all attempts, over days, until they are gone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any
from unittest.mock import ANY

import pytest
from flask import Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from app.database import Database
from app.door import perform, reading
from prospects import erasure, outbox
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow, ProspectRow
from prospects.timeline import Fact, record
from prospects.topics import Queue, Topic
from tests.support.suites import suite
from tests.webhooks.test_outbound import served
from webhooks import attempts, calls, endpoints, happenings, hooks, redrive
from webhooks.call_rows import CallRow, CallState
from webhooks.calls import Call, Came, GivenUp, Later, Shut, Told
from webhooks.endpoints import Endpoint
from webhooks.events import Event, Happening, Row, events_of, told
from webhooks.signatures import standard_webhooks, standard_webhooks_headers

KEY = "k" * 40
SECRET = hooks.fresh_secret()
LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Receiver:
    """A program that keeps what it is told and answers as it is set to."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def view(self) -> Response:
        sent = {name.lower(): value for name, value in request.headers.items()}
        self.told.append((sent, request.get_data()))
        return Response(self.body, status=self.status, headers=self.headers)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    with served(found.view) as url:
        found.url = url
        yield found


@pytest.fixture
def ada(database: Database, now: datetime) -> ProspectId:
    who = ProspectId(new_id(now))

    def work(session: Session) -> None:
        row = ProspectRow(id=who, email="ada@acme.example", fields={})
        row.created_at = row.changed_at = now
        session.add(row)

    perform(database, work)
    return who


def hook(database: Database, url: str, now: datetime, *events: Event) -> None:
    wanted = events or tuple(Event)
    save = partial(
        hooks.save, slug="crm", now=now, url=url, events=wanted, secret=SECRET, key=KEY, by="test"
    )
    perform(database, save)


def happens(database: Database, who: ProspectId, now: datetime, kind: Kind = Kind.OFFERED) -> str:
    """An offer or a verdict on the record; returns what there is to announce."""
    body = {"handoff": "h", "rep": "r", "lane": "fast", "fact": "secret words", "spoke_with": "Ada"}
    fact = Fact(prospect_id=who, kind=kind, happened_at=now, source="test", key=str(now), body=body)

    def work(session: Session) -> str:
        record(session, [fact], now, ring=False)
        query = select(ActivityRow.id).where(ActivityRow.key == str(now))
        return f"{who}/{session.execute(query).scalar_one()}"

    return perform(database, work)


def announced(database: Database, ref: str, now: datetime) -> list[str]:
    """The calls that are made of an activity, as refs."""
    perform(database, lambda s: calls.announce(s, happenings.read(s, [ref]), now, secret=KEY))
    with reading(database) as session:
        rows = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
        return [f"{row.prospect_id}/{row.id}" for row in rows]


def attempt(database: Database, ref: str, now: datetime) -> Any:
    """One attempt, as a worker makes it."""
    call = perform(database, lambda session: calls.prepare(session, ref, now, key=KEY))
    if call is None or isinstance(call, Shut):
        return call
    came = Came(calls.act(call, 0.0, allow=LOOPBACK), 5)
    return perform(database, lambda session: calls.settle(session, call, came, now))


def row(database: Database) -> CallRow:
    with reading(database) as session:
        return session.execute(select(CallRow)).scalar_one()


def test_an_offer_is_told_once_signed_and_without_a_word_of_the_person(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    ref = happens(database, ada, now)
    (call,) = announced(database, ref, now)
    assert announced(database, ref, now) == [call]
    assert attempt(database, call, now) == Told()
    ((headers, body),) = receiver.told
    assert standard_webhooks(headers, body, [SECRET], now)
    assert not standard_webhooks(headers, body + b" ", [SECRET], now)
    assert headers["webhook-id"] == call.partition("/")[2]
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("handoff.offered", "2026-03-03T10:00:00Z")
    assert told["data"] == {"prospect": str(ada), "handoff": "h", "rep": "r", "lane": "fast"}
    assert attempt(database, call, now) is None
    assert (row(database).state, len(receiver.told)) == (CallState.DELIVERED, 1)


def test_only_what_a_hook_asked_for_is_told(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now, Event.CONFIRMED)
    assert announced(database, happens(database, ada, now), now) == []
    later = now + timedelta(seconds=1)
    assert len(announced(database, happens(database, ada, later, Kind.VERDICT), later)) == 1


@pytest.mark.parametrize(
    ("kind", "body", "events"),
    [
        (Kind.OFFERED, {}, ["handoff.offered"]),
        (Kind.ACCEPTED, {}, ["handoff.accepted"]),
        (Kind.DECLINED, {}, ["handoff.declined"]),
        (Kind.OFFER_EXPIRED, {}, ["handoff.expired"]),
        (Kind.VERDICT, {"verdict": "confirmed"}, ["handoff.confirmed"]),
        (Kind.VERDICT, {"verdict": "earlier"}, ["handoff.confirmed", "handoff.recycled"]),
        (Kind.OUTCOME, {"result": "won"}, ["handoff.won"]),
        (Kind.OUTCOME, {"result": "lost"}, ["handoff.lost"]),
        (Kind.OUTCOME, {"result": "withdrawn"}, ["handoff.recycled"]),
        (Kind.PROMISE_MISSED, {}, ["promise.missed"]),
        (Kind.FINDING_LATE, {}, ["handoff.overdue"]),
        (Kind.BOUNCED, {}, ["send.bounced"]),
        (Kind.BOUNCED, {"imported": True}, []),
        (Kind.NOTE, {}, []),
        (Row.STAGE, {}, ["prospect.stage_claimed"]),
        (Row.WARM, {}, ["prospect.warmed"]),
        (Row.SAID, {}, ["consent.changed"]),
    ],
)
def test_each_happening_is_told_as_its_event_and_nothing_that_somebody_said(
    kind: Kind | Row, body: dict[str, Any], events: list[str], now: datetime
) -> None:
    said = {"fact": "secret words", "spoke_with": "Ada", "note": "x", "email": "ada@acme.example"}
    happened = Happening(
        prospect_id=ProspectId(new_id(now)),
        id=new_id(now),
        what=kind,
        at=now,
        source="test",
        body={**said, **body},
    )
    assert [each.value for each in events_of(happened)] == events
    for event in events_of(happened):
        document = json.dumps(told(event, happened))
        assert len(document) < 20_000
        assert not any(word in document for word in said.values() if len(word) > 1)


def test_the_record_itself_promises_to_announce(
    database: Database, ada: ProspectId, now: datetime
) -> None:
    ref = happens(database, ada, now)
    happens(database, ada, now + timedelta(seconds=1), Kind.FORM)
    leased = perform(database, lambda s: outbox.lease(s, Queue.INSIDE, now, limit=9))
    assert [(each.topic, each.ref) for each in leased] == [(Topic.ANNOUNCE, ref)]


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
    came = Came(calls.act(probe, 0.0, allow=LOOPBACK), 5)
    assert perform(database, lambda s: calls.settle(s, probe, came, later)) == Told()
    assert attempt(database, refs[6], later) == Told()
    with reading(database) as session:
        assert endpoints.of_all(session)["crm"] == Endpoint(told_at=later)
        waited = session.execute(select(CallRow.attempts).order_by(CallRow.id)).scalars().all()
    assert waited == [1] * 7, "what was left alone has lost no try"


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
        assert dead == calls.SHUT
    receiver.status = 200
    done = perform(database, lambda s: redrive.all_dead(s, "crm", late))
    assert (done.calls, done.left) == (1, 0)
    assert attempt(database, refs[5], late) == Told()
    assert {sent["webhook-id"] for sent, _ in receiver.told} == {ref.split("/")[1] for ref in refs}


def test_while_keys_rotate_either_proves_it_and_then_only_the_new_one(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    fresh, day = hooks.fresh_secret(), timedelta(days=1)
    with reading(database) as session:
        found = hooks.all_hooks(session)["crm"]
    turn = partial(hooks.rotate, secret=fresh, overlap=day, key=KEY, by="test")
    perform(database, lambda s: turn(s, found, now))
    (ref,) = announced(database, happens(database, ada, now), now)
    receiver.status = 500
    attempt(database, ref, now)
    attempt(database, ref, now + day)
    both, alone = receiver.told
    assert len(both[0]["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, fresh):
        assert standard_webhooks(*both, [secret], now)
        vendor = Webhook(secret)
        assert vendor.sign(ref.split("/")[1], now, both[1].decode()) in both[0]["webhook-signature"]
    assert standard_webhooks(*alone, [fresh], now + day)
    assert not standard_webhooks(*alone, [SECRET], now + day)


def test_each_attempt_is_kept_for_thirty_days_with_what_came_of_it(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    receiver.status, receiver.body = 500, b"<b>we are \x00closed\xff" + b"x" * 9000
    (ref,) = announced(database, happens(database, ada, now), now)
    attempt(database, ref, now)
    receiver.status, receiver.body = 204, b""
    attempt(database, ref, now + timedelta(seconds=9))
    one = row(database)
    key = (one.prospect_id, one.id)
    with reading(database) as session:
        tried = attempts.of_calls(session, [key], now)[one.id]
        later = attempts.of_calls(session, [key], now + timedelta(days=31))
    assert [(each.n, each.status) for each in tried] == [(1, 500), (2, 204)]
    assert tried[0].answer.startswith("<b>we are closed\N{REPLACEMENT CHARACTER}xxx")
    assert len(tried[0].answer) == attempts.ANSWER_SHOWN
    assert later == {}
    perform(database, lambda session: erasure.erase(session, ada, now, secret=KEY))
    with reading(database) as session:
        assert attempts.of_calls(session, [key], now)[one.id][0].answer is None


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


def test_an_address_inside_is_never_called(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    (ref,) = announced(database, happens(database, ada, now), now)
    call = perform(database, lambda session: calls.prepare(session, ref, now, key=KEY))
    assert isinstance(call, Call)
    came = Came(calls.act(call, 0.0, allow=()), 5)
    told = perform(database, lambda session: calls.settle(session, call, came, now))
    assert isinstance(told, Later)
    assert receiver.told == []
    assert "WARMLINE_EGRESS_ALLOW" in told.reason


def test_nothing_is_told_of_somebody_who_was_forgotten(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    (call,) = announced(database, happens(database, ada, now), now)
    perform(database, lambda session: erasure.erase(session, ada, now, secret=KEY))
    assert attempt(database, call, now) is None
    assert receiver.told == []


def test_without_a_hook_nothing_is_kept(database: Database, ada: ProspectId, now: datetime) -> None:
    assert announced(database, happens(database, ada, now), now) == []
    with reading(database) as session:
        topics = session.execute(select(MessageRow.topic, func.count()).group_by(MessageRow.topic))
        assert [tuple(each) for each in topics] == [(Topic.ANNOUNCE, 1)]


def test_the_signature_is_the_one_of_the_published_vectors() -> None:
    found = suite("01-standard-webhooks/vectors.json")
    for each in found["vectors"]:
        body, at = each["payload"].encode(), datetime.fromtimestamp(each["timestamp"], UTC)
        headers = standard_webhooks_headers(each["id"], body, [found["secret"]], at)
        assert headers["webhook-signature"] == each["expected"]
        assert standard_webhooks(headers, body, [found["secret"]], at)
