"""Slack and Teams are told who has to do what, and nothing of who the buyer is, whatever anybody is called."""

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import configuration, team
from prospects.announcing import DESTINATION
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow
from prospects.sealing import seal
from prospects.timeline import Fact, record
from tests.webhooks.receiving import KEY, LOOPBACK, Receiver, ada, receiver
from webhooks import calls, chats, happenings
from webhooks.call_rows import CallRow
from webhooks.calls import Call, Came, GivenUp, Later, Told
from webhooks.chats import Said, document, name_of, sentence
from webhooks.destinations import CHATTED, DestinationKind
from webhooks.events import Event

__all__ = ["ada", "receiver"]
BASE = "https://warmline.acme.example"
HOSTILE = [
    "<!channel>",
    "<https://evil.example|Rita>",
    "*bold* _it_ `code` ~no~",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "@everyone",
    "Rita\n# Heading",
    "a & b < c > d",
    "\N{RIGHT-TO-LEFT OVERRIDE}atiR",
    "R" * 500,
]


def said(rep: str, event: Event = Event.OFFERED) -> Said:
    return Said(event=event, rep=name_of(rep), lane="fast", until="3 March", url=f"{BASE}/x")


@pytest.mark.parametrize("rep", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(rep: str) -> None:
    slack = document(DestinationKind.SLACK, said(rep))
    text = slack["blocks"][0]["text"]["text"]
    assert text.count("<") == text.count(">") == 1, "the only link is ours"
    assert f"<{BASE}/x|Open it>" in text
    assert "\n" not in text
    assert "<" not in slack["text"]
    teams = document(DestinationKind.TEAMS, said(rep))
    card = teams["attachments"][0]["content"]
    (block,) = card["body"]
    assert "\n" not in block["text"]
    assert "](" not in block["text"].replace("\\]\\(", "")
    assert "<" not in block["text"]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open it", "url": f"{BASE}/x"}]
    assert len(json.dumps(teams)) < 2000


@pytest.mark.parametrize("event", CHATTED)
def test_each_event_is_a_sentence_that_names_the_rep_at_most(event: Event) -> None:
    assert sentence(said("Rita Okoye", event)).endswith(".")
    assert "buyer" in sentence(said("Rita", Event.PROMISE_MISSED))


def channel(database: Database, url: str, now: datetime, kind: str = "slack") -> None:
    body = {
        "kind": kind,
        "url": seal(KEY, url),
        "events": ["handoff.offered", "handoff.expired", "promise.missed"],
    }
    write = partial(configuration.write, now=now, by="test")
    perform(database, lambda session: write(session, DESTINATION, "sales", body))


def happens(
    database: Database, who: ProspectId, now: datetime, kind: Kind, **body: Any
) -> list[str]:
    """Something happens to a lead of Rita's; what there is to call of it."""

    def work(session: Session) -> list[str]:
        team.save(session, [{"email": "rita@acme.example", "name": "Rita <!here>"}], now)
        rep = str(team.members(session)[0].id)
        shown = {"handoff": "h", "rep": rep, "lane": "fast", "company": "Acme", **body}
        fact = Fact(
            prospect_id=who, kind=kind, happened_at=now, source="t", key=f"{kind}{now}", body=shown
        )
        record(session, [fact], now, ring=False)
        query = select(ActivityRow.id).where(ActivityRow.key == fact.key)
        ref = f"{who}/{session.execute(query).scalar_one()}"
        calls.announce(session, happenings.read(session, [ref]), now, secret=KEY)
        rows = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
        return [f"{row.prospect_id}/{row.id}" for row in rows]

    return perform(database, work)


def attempt(database: Database, ref: str, now: datetime) -> Any:
    prepare = partial(calls.prepare, ref=ref, now=now, key=KEY, base_url=BASE)
    call = perform(database, lambda session: prepare(session))
    if not isinstance(call, Call):
        return call
    came = Came(calls.act(call, allow=LOOPBACK), 5)
    return perform(database, lambda session: calls.settle(session, call, came, now))


def test_an_offer_is_said_once_with_a_link_and_nothing_of_the_buyer(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    channel(database, receiver.url, now)
    soon = (now + timedelta(minutes=15)).isoformat().replace("+00:00", "Z")
    (ref,) = happens(database, ada, now, Kind.OFFERED, expires_at=soon)
    assert attempt(database, ref, now) == Told()
    assert attempt(database, ref, now) is None
    ((headers, body),) = receiver.told
    told = json.loads(body)
    assert (
        told["text"] == "A warm lead for Rita &lt;!here&gt; (fast), to take by 03 March, 10:15 UTC."
    )
    assert f"{BASE}/handoffs/{ada}/h" in told["blocks"][0]["text"]["text"]
    assert "webhook-signature" not in headers
    assert not any(word in body for word in (b"ada@", b"Acme"))


def test_what_is_late_is_said_and_what_is_too_late_is_not(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    channel(database, receiver.url, now, "teams")
    (offer,) = happens(database, ada, now, Kind.OFFERED, expires_at="2026-03-03T10:00:00Z")
    assert attempt(database, offer, now) is None
    with reading(database) as session:
        reason = session.execute(select(CallRow.reason)).scalar_one()
    assert reason == "the offer is over, so nobody need hear of it"
    later = now + timedelta(seconds=1)
    _, missed = happens(database, ada, later, Kind.PROMISE_MISSED, due_at="2026-03-03T10:00:00Z")
    receiver.status = 500
    assert isinstance(attempt(database, missed, later), Later)
    assert isinstance(attempt(database, missed, later), Later)
    assert attempt(database, missed, later) == GivenUp("status 500"), "three times, not for days"
    (_, body), *_ = receiver.told
    (block,) = json.loads(body)["attachments"][0]["content"]["body"]
    assert block["text"].startswith("Late: a promise of Rita ")


def test_what_a_chat_does_not_want_it_is_not_told(
    database: Database, receiver: Receiver, ada: ProspectId, now: datetime
) -> None:
    channel(database, receiver.url, now)
    assert happens(database, ada, now, Kind.ACCEPTED) == []


def test_a_name_is_one_line_and_not_too_long() -> None:
    assert name_of("Rita\n\tOkoye \N{RIGHT-TO-LEFT OVERRIDE}x") == "Rita Okoye x"
    assert len(name_of("x" * 500)) == chats.LONGEST_NAME
