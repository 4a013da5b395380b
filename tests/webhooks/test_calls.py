"""Programs outside are told what happened: signed, under one id over all attempts, over days, until they are gone."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook

from app.database import Database
from app.door import perform, reading
from prospects import erasure, outbox
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.topics import Queue, Topic
from tests.support.suites import suite
from tests.webhooks.receiving import (
    KEY,
    SECRET,
    Receiver,
    ada,
    announced,
    attempt,
    happens,
    hook,
    receiver,
    row,
)
from webhooks import calls, hooks
from webhooks.call_rows import CallState
from webhooks.calls import Call, Came, Later, Told
from webhooks.events import Event, Happening, Row, events_of, told
from webhooks.signatures import standard_webhooks, standard_webhooks_headers

__all__ = ["ada", "receiver"]


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


def test_an_address_inside_is_never_called(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    hook(database, receiver.url, now)
    (ref,) = announced(database, happens(database, ada, now), now)
    call = perform(database, lambda session: calls.prepare(session, ref, now, key=KEY))
    assert isinstance(call, Call)
    came = Came(calls.act(call, allow=()), 5)
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
    assert (row(database).state, row(database).reason) == (CallState.DEAD, calls.FORGOTTEN)


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
