"""Whatever dies, whenever: what was acknowledged is there once, and every effect happened once.

The checker reads only the database and the mail server's own log, never what Warmline says of itself.
"""

import hashlib
import hmac
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import requests
from redis import Redis
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the rows of every room
from app.database import Database, open_database
from nurture.rows import SendRow
from nurture.sending import SendState
from prospects.message import MessageRow, State
from prospects.outbox import ATTEMPTS_ALLOWED
from prospects.rows import ActivityRow, IdentityRow, ProspectRow
from prospects.topics import Queue
from routing.lives import HandoffState, OfferState
from routing.rows import HandoffRow, OfferRow, OpenHandoffRow
from tests.support.redis import RunningValkey
from tests.support.running import Running, until
from tests.support.smtp import MailSink

WORKSPACE = Path(__file__).parent / "workspaces" / "kills"
SECRET = "a-secret-that-signs-leads"
SENDERS = 6
PATIENCE = 90.0
"""Seconds a sender insists; after so many kills the supervisor lets a part rest for some."""
OPEN = (HandoffState.HELD, HandoffState.OFFERED, HandoffState.ACCEPTED)


@dataclass
class Load:
    """Signed leads on their way, each posted until it is acknowledged, as a platform does."""

    running: Running
    leads: int
    companies: int
    seconds: float
    """How long all of it takes, so that leads come in while things die."""
    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    _next: Iterator[int] = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._next = iter(range(self.leads))

    def run(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self) -> None:
        http = requests.Session()
        while True:
            with self._lock:
                number = next(self._next, None)
            if number is None:
                return
            self._insist(http, number)
            time.sleep(self.seconds / self.leads * SENDERS)

    def _insist(self, http: requests.Session, number: int) -> None:
        lead = {
            "external_id": f"lead-{number}",
            "email": f"buyer{number}@company{number % self.companies}.example",
            "name": f"Buyer {number}",
            "form": "demo",
        }
        body = json.dumps(lead).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Signature": f"sha256={signature}", "Content-Type": "application/json"}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = http.post(
                    f"{self.running.url}/webhooks/signed", data=body, headers=headers, timeout=10
                )
            except requests.RequestException:
                time.sleep(0.05)
                continue
            with self._lock:
                self.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                with self._lock:
                    self.acknowledged.add(lead["external_id"])
                return
            time.sleep(0.05)
        raise AssertionError(f"{lead['external_id']} was never acknowledged: {self.statuses}")


@pytest.fixture
def running(
    empty_url: str, tmp_path: Path, valkey: RunningValkey, mail_sink: MailSink
) -> Iterator[Running]:
    started = Running(
        tmp_path,
        DATABASE_URL=empty_url,
        REDIS_URL=valkey.url,
        WARMLINE_SMTP_URL=mail_sink.url,
        WARMLINE_MAIL_FROM="hello@vendor.example",
        WARMLINE_WEB_PROCESSES="2",
    )
    started.run("apply", str(WORKSPACE), SIGNING_SECRET=SECRET)
    started.start("--workers", "2")
    started.call("POST", "/switches/live", json={})
    yield started
    started.stop()


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """The same database, for the checker."""
    opened = open_database(empty_url)
    yield opened
    opened.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_15_times_over_300_leads(
    running: Running, database: Database, valkey: RunningValkey, mail_sink: MailSink
) -> None:
    torment(running, database, valkey, mail_sink, leads=300, kills=15, wipes=2)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_100_times_over_2000_leads(
    running: Running, database: Database, valkey: RunningValkey, mail_sink: MailSink
) -> None:
    torment(running, database, valkey, mail_sink, leads=2000, kills=100, wipes=5, pause=3.0)


def torment(
    running: Running,
    database: Database,
    valkey: RunningValkey,
    mail_sink: MailSink,
    *,
    leads: int,
    kills: int,
    wipes: int,
    pause: float = 0.6,
) -> None:
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    print(f"seed {seed}")
    load = Load(running, leads, companies=leads // 5, seconds=kills * pause / 2)
    senders = load.run()
    wipe_at = {round((n + 1) * kills / (wipes + 1)) for n in range(wipes)}
    for kill in range(kills):
        time.sleep(chance.uniform(0.05, pause))
        alive = until(lambda: victims(running), 30, what="something to kill")
        victim = chance.choice(alive)
        victim.kill()
        if kill in wipe_at:
            with Redis.from_url(valkey.url) as client:
                client.flushall()
    last_kill = time.monotonic()
    for sender in senders:
        sender.join(120)
    assert len(load.acknowledged) == leads
    assert not [status for status in load.statuses if status >= 500 and status != 503]
    left = max(1.0, last_kill + 60 - time.monotonic())
    until(lambda: drained(database), left, what="the last promise kept, a minute after the kill,")
    print(f"drained {time.monotonic() - last_kill:.1f} s after the last kill")
    with Session(database.readers) as session:
        check_record(session, load)
        check_handoffs(session, load)
        check_ledger(session, load, mail_sink)
    check_mail(mail_sink)


def victims(running: Running) -> list[psutil.Process]:
    """Workers and web processes; never the supervisor, which an operator's init watches."""
    found = []
    for process in running.processes():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if {"worker", "web"} & set(line):
            found.append(process)
    return found


def drained(database: Database, *queues: Queue) -> bool:
    """Whether nothing is due, and nobody holds anything or has put it off; in these queues, or in both."""
    theirs = MessageRow.queue.in_(queues or tuple(Queue))
    with Session(database.readers) as session:
        due = session.execute(
            select(func.count())
            .select_from(MessageRow)
            .where(
                MessageRow.state == State.WAITING, MessageRow.due_at <= datetime.now(UTC), theirs
            )
        ).scalar_one()
        # In somebody's hands, or put off after a failure; what was never tried waits for its day.
        undone = or_(MessageRow.lease.is_not(None), MessageRow.attempt > 0)
        held = session.execute(
            select(func.count())
            .select_from(MessageRow)
            .where(MessageRow.state == State.WAITING, undone, theirs)
        ).scalar_one()
        return due + held == 0


def check_record(session: Session, load: Load) -> None:
    dead = session.execute(
        select(MessageRow.topic, MessageRow.ref, MessageRow.last_error).where(
            MessageRow.state == State.DEAD
        )
    ).all()
    assert dead == [], f"given up after at most {ATTEMPTS_ALLOWED} tries"
    people = session.execute(select(ProspectRow.email)).scalars().all()
    assert Counter(people) == Counter(
        f"buyer{n}@company{n % load.companies}.example" for n in range(load.leads)
    )
    kinds = Counter(session.execute(select(IdentityRow.kind)).scalars())
    assert kinds["email"] == load.leads
    forms = session.execute(
        select(ActivityRow.prospect_id, func.count())
        .where(ActivityRow.kind == "form")
        .group_by(ActivityRow.prospect_id)
    ).all()
    assert len(forms) == load.leads
    assert {count for _who, count in forms} == {1}


def check_handoffs(session: Session, load: Load) -> None:
    handoffs = session.execute(select(HandoffRow)).scalars().all()
    per_account = Counter(each.account_id for each in handoffs if each.state in OPEN)
    assert len(per_account) == load.companies
    assert set(per_account.values()) == {1}, "one open handoff per account"
    assert all(each.rep_id is not None for each in handoffs), "one owner or the fallback"
    assert len(handoffs) == load.companies
    open_rows = session.execute(select(func.count()).select_from(OpenHandoffRow)).scalar_one()
    assert open_rows == load.companies
    offers = session.execute(
        select(OfferRow.handoff_id, func.count())
        .where(OfferRow.state == OfferState.OPEN)
        .group_by(OfferRow.handoff_id)
    ).all()
    assert {count for _handoff, count in offers} <= {1}, "at most one open offer"


def check_ledger(session: Session, load: Load, mail_sink: MailSink) -> None:
    """Everybody's mail has come to its end, and what is said to be sent has arrived."""
    sends = session.execute(select(SendRow.state, SendRow.message_id)).all()
    assert len(sends) == load.leads
    assert {row.state for row in sends} <= {SendState.SENT, SendState.UNKNOWN}
    arrived = {message["Message-ID"] for message in mail_sink.all()}
    assert {row.message_id for row in sends if row.state == SendState.SENT} <= arrived


def check_mail(mail_sink: MailSink) -> None:
    """The ledger's key is in the Message-ID: none may have been handed over twice."""
    handed = Counter(message["Message-ID"] for message in mail_sink.all())
    assert [key for key, count in handed.items() if count > 1] == []
    assert handed, "somebody was mailed"
