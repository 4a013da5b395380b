"""A backup made while leads stream in misses nothing that was acknowledged, and its copy mails nobody twice."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock, migrate
from app.backup.making import backup
from app.backup.restoring import restore
from app.database import open_database
from app.door import reading
from app.jobs.drain import drain
from prospects.rows import ActivityRow, IdentityRow, ProspectRow
from prospects.topics import Queue
from routing.lives import OfferState
from routing.rows import HandoffRow, OfferRow, OpenHandoffRow
from tests.backup.conftest import furnish
from tests.support.house import House
from tests.support.smtp import MailSink
from tests.support.up import wait_until

ENOUGH = 8
"""Leads that are acknowledged before the backup begins, and again as many before it is restored."""


class Stream:
    """Leads posted one after another by two senders, worked off meanwhile; `acknowledged` so far."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.troubles: list[BaseException] = []
        self._threads = [
            *(threading.Thread(target=self._try, args=(self._send, n)) for n in range(2)),
            *(threading.Thread(target=self._try, args=(self._work, queue)) for queue in Queue),
        ]

    def __enter__(self) -> "Stream":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert self.troubles == []

    def wait_for(self, count: int) -> None:
        wait_until(
            lambda: bool(self.troubles) or len(self.acknowledged) >= count,
            seconds=60,
            what=f"{count} leads",
        )

    def _try(self, work: Any, of: Any) -> None:
        try:
            work(of)
        except BaseException as error:
            self.troubles.append(error)

    def _send(self, sender: int) -> None:
        client, n = self._house.app.test_client(), 0
        headers = {"X-Token": "api-key", "Content-Type": "application/json"}
        while not self._stop.wait(0.03):
            n += 1
            email = f"buyer{n}@company{sender}-{n % 7}.example"
            lead = {"external_id": email, "email": email, "name": "Bea", "form": "demo"}
            view = {"email": email, "activity": "page_view", "body": {"page": "/pricing"}}
            body = json.dumps([lead, view]).encode()
            assert client.post("/webhooks/site", data=body, headers=headers).status_code == 200
            self.acknowledged.append(email)

    def _work(self, queue: Queue) -> None:
        while not self._stop.wait(0.01):
            drain(self._house.database, self._house.settings, queue)


@contextmanager
def a_house(kind: str, request: pytest.FixtureRequest, sink: MailSink) -> Iterator[House]:
    """A furnished house that mails, of either kind of database."""
    folder: Path = request.getfixturevalue("tmp_path") / "here"
    folder.mkdir()
    with a_database(kind, "furnished", request) as url:
        if kind == "postgres":
            furnish(url, folder)
        database = open_database(url)
        house = House(database, url, folder)
        house.settings = replace(house.settings, smtp_url=sink.url)
        yield house
        house.app.extensions["intake"].flush()
        database.close()


@contextmanager
def a_database(kind: str, ready: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with every table; a SQLite one is a copy of `ready`."""
    if kind == "sqlite":
        yield request.getfixturevalue(ready)()
        return
    stores: Any = request.getfixturevalue("postgres_stores")
    url = stores.fresh(empty=True)
    database = open_database(url)
    migrate.upgrade(database.engine)
    database.close()
    yield url
    stores.drop(url)


@pytest.mark.parametrize(
    ("made_on", "restored_on"), [("sqlite", "sqlite"), ("postgres", "postgres"), ("sqlite", "postgres")]
)  # fmt: skip
def test_nothing_acknowledged_is_missing_and_nobody_is_mailed_twice(
    made_on: str, restored_on: str, request: pytest.FixtureRequest, tmp_path: Path,
    mail_sink: MailSink,
) -> None:  # fmt: skip
    file = tmp_path / "backup.tar.gz"
    with (
        a_house(made_on, request, mail_sink) as house,
        a_database(restored_on, "migrated", request) as url,
    ):
        with Stream(house) as stream:
            stream.wait_for(ENOUGH)
            before = set(stream.acknowledged)
            backup(house.database, file, clock.now(), house.settings)
            stream.wait_for(len(stream.acknowledged) + ENOUGH)
        house.work()
        settings = replace(house.settings, data=tmp_path / "there", database_url=url)
        database = open_database(url)
        restore(database, file, clock.now(), settings)
        copy = House(database, url, settings.data)
        copy.settings = settings
        copy.work()
        assert_mailed_once(mail_sink, before)
        assert_whole(copy, before)
        database.close()


def assert_mailed_once(sink: MailSink, before: set[str]) -> None:
    """The house has mailed everybody, and the copy nobody a second time."""
    mailed = Counter(str(message["To"]) for message in sink.all() if is_of_a_flow(message))
    assert before <= set(mailed)
    assert [each for each, times in mailed.items() if times > 1] == []


def is_of_a_flow(message: Any) -> bool:
    return "List-Unsubscribe" in message


def assert_whole(copy: House, before: set[str]) -> None:
    """Everybody acknowledged is there once with their history, and each company has one way to a rep."""
    with reading(copy.database) as session:
        known = session.execute(select(IdentityRow.key).where(IdentityRow.kind == "email"))
        people = set(known.scalars())
        assert before <= people
        count = session.execute(select(func.count()).select_from(ProspectRow)).scalar_one()
        assert count == len(people)
        done = select(ActivityRow.prospect_id, func.count()).where(
            ActivityRow.kind.in_(("form", "page_view"))
        )
        history = session.execute(done.group_by(ActivityRow.prospect_id)).all()
        assert {times for _who, times in history} == {2}
        assert len(history) == count
        handoffs = session.execute(select(func.count()).select_from(HandoffRow)).scalar_one()
        held = session.execute(select(func.count()).select_from(OpenHandoffRow)).scalar_one()
        offers = select(func.count()).where(OfferRow.state == OfferState.OPEN)
        assert handoffs == held == session.execute(offers).scalar_one() > 0
