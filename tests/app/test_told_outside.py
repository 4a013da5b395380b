"""All that a program can be told is told of what people really do, with what the documentation says stands in it."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform
from prospects import configuration
from prospects.member import Role
from tests.support.house import ADA, BEA, CARA, RITA, House
from tests.webhooks.receiving import Receiver, receiver
from webhooks.events import Event
from webhooks.signatures import standard_webhooks

__all__ = ["receiver"]

DAN, EVA = "dan@forge.example", "eva@quarry.example"
ROW = re.compile(r"^\| (`[a-z_.`, ]+`) \|[^|]*\|([^|]*)\|$", re.MULTILINE)
API = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path) -> Iterator[House]:
    built = House(database, database_url, tmp_path)
    built.furnish(LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token"))
    yield built
    built.app.extensions["intake"].flush()


def later(house: House, by: timedelta) -> None:
    """So much later everything that has become due is done."""
    before = house.database.clock.now() - clock.now()
    house.database.clock.go_by(lambda: clock.now() + before + by)
    house.work()


def grow_warm(house: House, *emails: str) -> Iterator[str]:
    """They ask for the guide, then three times for a demo; the path of each one's lead for the rep."""
    house.tell(*({"email": each, "form": "guide", "name": "A Buyer"} for each in emails))
    demo = {"form": "demo"}
    house.tell(
        *(demo | {"email": who, "external_id": f"{who}{n}"} for who in emails for n in range(3)),
        *({"email": who, "activity": "page_view", "body": {"page": "/pricing"}} for who in emails),
    )
    yield from (f"/handoffs/{house.person(each)['handoff']}" for each in emails)


def found(house: House, verdict: str, **more: Any) -> dict[str, Any]:
    at = house.database.clock.now() - timedelta(seconds=1)
    said = {"spoke_with": "the buyer", "channel": "call", "fact": "They decide in May."}
    return {"verdict": verdict, "at": at.isoformat(), **said, **more}


def documented() -> dict[str, set[str]]:
    """The words that the documentation names for each event."""
    rows: dict[str, set[str]] = {}
    before: set[str] = set()
    for events, data in ROW.findall(API.read_text(encoding="utf-8")):
        before = before if "the same" in data else set(re.findall(r"[a-z_]+", data))
        rows |= dict.fromkeys(re.findall(r"[a-z_]+\.[a-z_]+", events), before)
    return rows


def everything_happens(house: House) -> None:
    rita = house.colleague(Role.REP, RITA)
    ada, bea, cara, dan, eva = grow_warm(house, ADA, BEA, CARA, DAN, EVA)
    for path in (ada, bea, eva):
        rita.post(f"{path}/acceptance", {})
    soon = (house.database.clock.now() + timedelta(hours=1)).isoformat()
    promised = found(house, "confirmed", promises=[{"what": "the paper", "due_at": soon}])
    rita.post(f"{ada}/confirmation", promised)
    rita.post(f"{bea}/confirmation", found(house, "earlier", stage_found="awareness"))
    rita.post(f"{cara}/decline", {"reason": "no_time"})
    said = {"topic": "newsletter", "given": True, "text": "Send me news"}
    house.admin.post(f"/prospects/{house.person(ADA)['id']}/consents", said)
    bounced = {
        "RecordType": "Bounce",
        "ID": 7,
        "Type": "HardBounce",
        "MessageID": "m-7",
        "Email": EVA,
    }
    told = {"Details": "550 5.1.1 no such user", "BouncedAt": clock.now().isoformat()}
    house.receive("mails", json.dumps(bounced | told).encode(), {"X-Key": "s", "Content-Type": "application/json"})  # fmt: skip
    later(house, timedelta(hours=5))
    assert house.admin.get(dan)["state"] != "accepted", "nobody took it in time"
    later(house, timedelta(days=4))
    rita.post(f"{eva}/confirmation", found(house, "confirmed"))
    rita.post(f"{eva}/outcome", {"result": "lost", "reason": "too dear"})
    rita.post(f"{ada}/outcome", {"result": "won"})
    house.work()


def test_each_event_is_told_of_what_people_do_signed_once_and_as_documented(
    house: House, receiver: Receiver, now: datetime
) -> None:
    mails = {"kind": "postmark", "auth": {"header": "X-Key", "value": "s"}}
    write = partial(
        configuration.write, kind="source", slug="mails", body=mails, now=now, by="test"
    )
    perform(house.database, write)
    hook = {"slug": "crm", "url": receiver.url, "events": list(Event)}
    secret = house.admin.post("/hooks", hook)["secret"]
    everything_happens(house)
    assert {json.loads(body)["type"] for _, body in receiver.told} == set(Event)
    ids = [headers["webhook-id"] for headers, _ in receiver.told]
    assert len(ids) == len(set(ids))
    words = documented()
    for headers, body in receiver.told:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), clock.now().tzinfo)
        assert standard_webhooks(headers, body, [secret], at)
        document = json.loads(body)
        assert set(document) == {"type", "timestamp", "data"}
        assert set(document["data"]) - {"prospect"} <= words[document["type"]], document
        assert not re.search(r"@|buyer|decide|dear|paper", body.decode())
