"""Who outside cannot be told stands where somebody looks: a platform, a chat, a program, a CRM that is asked in vain."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.pages import out_alarms
from prospects import configuration
from prospects.announcing import DESTINATION
from prospects.sealing import seal
from webhooks import endpoints, hooks
from webhooks.events import Event
from webhooks.poll_rows import SourcePollRow

KEY = "k" * 40
LINKEDIN: dict[str, Any] = {
    "kind": "linkedin_conversions",
    "events": {"won": {"name": "104012"}},
    "consent": "ads",
    "access_token": seal(KEY, "t"),
}
CRM: dict[str, Any] = {"kind": "hubspot", "reads": ["deals"], "access_token": seal(KEY, "t")}


@pytest.fixture
def ours(session: Session, now: datetime) -> Session:
    configuration.write(session, DESTINATION, "li", LINKEDIN, now, by="test")
    configuration.write(session, DESTINATION, "sales", CRM, now, by="test")
    secret = hooks.fresh_secret()
    wanted = (Event.WON,)
    hooks.save(session, "prog", now, url="https://x.example/", events=wanted, secret=secret, key=KEY, by="t")  # fmt: skip
    return session


def alarms(session: Session, now: datetime) -> list[tuple[str, str, str]]:
    found = out_alarms.alarming(session, now, secret=KEY)
    return [(each.name, each.state, each.url) for each in found]


def test_a_platform_that_cannot_be_reached_is_said_after_a_quarter_of_an_hour(
    ours: Session, now: datetime
) -> None:
    endpoints.failed(ours, "to:li", "no answer (ConnectTimeout)", now, wish=None)
    assert alarms(ours, now + timedelta(minutes=14)) == []
    (alarm,) = out_alarms.alarming(ours, now + timedelta(minutes=15), secret=KEY)
    assert (alarm.name, alarm.state, alarm.url) == ("li", "failing", "/out/to/li")
    assert "no answer (ConnectTimeout)" in alarm.line
    endpoints.worked(ours, "to:li", now + timedelta(minutes=16))
    assert alarms(ours, now + timedelta(hours=9)) == []


def test_so_is_a_program_that_is_gone_and_a_crm_that_answers_nothing(
    ours: Session, now: datetime
) -> None:
    hook = hooks.all_hooks(ours)["prog"]
    hooks.switch(ours, hook, now, on=False, reason="it answered 410 Gone", by="Warmline")
    poll = SourcePollRow(source="crm:sales", since=now, due_at=now, reason="status 500", found=0)
    ours.add(poll)
    ours.flush()
    found = [
        ("prog", "switched off", "/out/programs/prog"),
        ("sales", "not asked", "/out/to/sales"),
    ]
    assert alarms(ours, now) == found
    poll.asked_at = now
    hooks.switch(ours, hooks.all_hooks(ours)["prog"], now, on=False, by="mia")
    ours.flush()
    assert alarms(ours, now + timedelta(minutes=20)) == []
    assert alarms(ours, now + timedelta(minutes=25)) == found[1:]
