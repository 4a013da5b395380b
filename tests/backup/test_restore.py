"""After a restore nothing is sent again, nobody forgotten comes back, and everything else goes on."""

import json
import shutil
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.auth.rows import LinkRow, SessionRow
from app.backup.afresh import BURIED, DROPPED, KEPT
from app.backup.making import backup
from app.backup.restoring import Restored, restore
from app.bell import Bell
from app.database import open_database
from app.door import perform, reading
from app.endings import FailedError, RefusedError
from app.never_again import FILE, Scribe
from app.sweep import run
from nurture import switches
from nurture.held import release_one, release_unmade
from nurture.rows import SendRow
from nurture.sending import RESTORED, SendRef, SendState
from prospects import consents, outbox, team
from prospects.ids import ProspectId, SendId, new_id
from prospects.message import MessageRow, State
from prospects.rows import ProspectRow, SuppressionRow, TombstoneRow
from prospects.topics import Queue, Topic
from routing.lives import OfferState
from routing.rows import HandoffRow, OfferRow
from tests.support.house import House
from tests.support.up import wait_until

BUYER = {"email": "bea@buyer.example", "name": "Bea Buyer", "form": "demo", "external_id": "bea"}
SHE_READS = {"email": BUYER["email"], "activity": "page_view", "body": {"page": "/pricing"}}


class Twice:
    """A house, and the house that comes of its backup in another database."""

    def __init__(self, house: House, url: str, folder: Path) -> None:
        self.house = house
        self._folder = folder
        self.file = folder / "backup.tar.gz"
        self.url = url
        self.database = open_database(url)

    def back_up(self) -> None:
        self.made_at = clock.now()
        backup(self.house.database, self.file, self.made_at, self.house.settings)

    def restore(self, after: timedelta = timedelta(0), **options: Any) -> tuple[House, Restored]:
        data = self._folder / "elsewhere"
        data.mkdir(exist_ok=True)
        settings = replace(self.house.settings, data=data, database_url=self.url)
        self.at = clock.now() + after
        done = restore(self.database, self.file, self.at, settings, **options)
        return House(self.database, self.url, data), done


@pytest.fixture
def twice(two_stores: tuple[str, str], tmp_path: Path) -> Iterator[Twice]:
    full, empty = two_stores
    database = open_database(full)
    (tmp_path / "here").mkdir()
    both = Twice(House(database, full, tmp_path / "here"), empty, tmp_path)
    yield both
    both.house.app.extensions["intake"].flush()
    both.database.close()
    database.close()


def sends(house: House) -> dict[str, tuple[str, str | None]]:
    """Each mail's state and reason, by step."""
    with reading(house.database) as session:
        rows = session.execute(select(SendRow.step, SendRow.state, SendRow.reason))
        return {step: (state, reason) for step, state, reason in rows}


def set_sends(house: House, **values: Any) -> None:
    perform(house.database, lambda session: session.execute(update(SendRow).values(**values)))


@pytest.mark.parametrize("state", [SendState.PLANNED, SendState.HELD, SendState.HANDING_OVER])
def test_a_mail_that_may_have_left_since_does_not_leave_again(twice: Twice, state: str) -> None:
    twice.house.tell(BUYER)
    set_sends(twice.house, state=state, reason="not_live" if state == SendState.HELD else None)
    ref = perform(twice.house.database, the_send)
    perform(twice.house.database, lambda s: outbox.post(s, Topic.MAIL, [ref], clock.now()))
    twice.back_up()
    copy, done = twice.restore()
    copy.work()
    copy.admin.post("/switches/live", {}, 200)
    copy.work()
    expected = SendState.UNKNOWN if state == SendState.HANDING_OVER else SendState.HELD
    assert sends(copy)["hello"][0] == expected
    assert done.mails_held == (expected == SendState.HELD)


def the_send(session: Session) -> SendRef:
    row = session.execute(select(SendRow)).scalar_one()
    return SendRef(ProspectId(row.prospect_id), SendId(row.id))


@pytest.mark.parametrize("two_stores", ["sqlite", "postgres"], indirect=True)
def test_what_a_timer_or_an_unread_lead_would_send_waits_for_a_person(twice: Twice) -> None:
    intake = twice.house.app.test_client()
    headers = {"X-Token": "api-key", "Content-Type": "application/json"}
    intake.post("/webhooks/site", data=json.dumps([BUYER]).encode(), headers=headers)
    twice.back_up()
    copy, _done = twice.restore()
    copy.work()
    assert sends(copy)["hello"] == (SendState.HELD, RESTORED)
    copy.tell({**BUYER, "email": "new@buyer.example", "external_id": "new"})
    with reading(copy.database) as session:
        states = session.execute(
            select(ProspectRow.email, SendRow.state).join(
                ProspectRow, ProspectRow.id == SendRow.prospect_id
            )
        )
        assert dict(states.all())["new@buyer.example"] == SendState.SENT, "who came later is mailed"


def test_a_person_lets_a_held_mail_go_or_all_of_them(twice: Twice) -> None:
    twice.house.tell(BUYER, {**BUYER, "email": "bo@buyer.example", "external_id": "bo"})
    set_sends(twice.house, state=SendState.PLANNED)
    twice.back_up()
    copy, done = twice.restore()
    assert done.mails_held == 2
    with reading(copy.database) as session:
        row = session.execute(select(SendRow).limit(1)).scalar_one()
        one = SendRef(ProspectId(row.prospect_id), SendId(row.id))
    assert perform(copy.database, lambda s: release_one(s, one, clock.now())) == 1
    copy.work()
    assert counted(copy) == {SendState.SENT: 1, SendState.HELD: 1}
    again = {"by": "test", "release_held": True}
    assert perform(copy.database, lambda s: switches.mail_again(s, clock.now(), **again)) == 1
    copy.work()
    assert counted(copy) == {SendState.SENT: 2}


def counted(house: House) -> dict[str, int]:
    with reading(house.database) as session:
        rows = session.execute(select(SendRow.state, func.count()).group_by(SendRow.state))
        return {row[0]: row[1] for row in rows}


def test_every_topic_is_decided_about() -> None:
    assert set(Topic) == KEPT | BURIED | DROPPED, "say in app/backup/afresh.py what becomes of it"


def test_promises_to_the_outside_wait_and_those_inside_are_kept(twice: Twice) -> None:
    now = clock.now()
    ref = f"{new_id(now)}/{new_id(now)}"
    kept, buried, dropped = (
        (Topic.REACT, Topic.FETCH),
        (Topic.CALL, Topic.ANNOUNCE),
        (Topic.NOTICE,),
    )
    for topic in (*kept, *buried, *dropped):
        perform(twice.house.database, lambda s, topic=topic: outbox.post(s, topic, [ref], now))
    perform(twice.house.database, lambda s: outbox.lease(s, Queue.OUTSIDE, now, limit=9))
    twice.back_up()
    copy, _done = twice.restore()
    with reading(copy.database) as session:
        rows = session.execute(select(MessageRow).where(MessageRow.ref == ref)).scalars().all()
    assert {Topic(row.topic): row.state for row in rows} == {
        **dict.fromkeys(kept, State.WAITING), **dict.fromkeys(buried, State.DEAD),
    }  # fmt: skip
    assert {row.lease for row in rows} == {None}


@pytest.mark.parametrize("two_stores", ["sqlite", "postgres"], indirect=True)
def test_an_open_offers_clock_goes_on_with_what_was_left(twice: Twice) -> None:
    twice.house.tell(BUYER, SHE_READS)
    left = the_offer(twice.house)[1] - clock.now()
    twice.back_up()
    copy, _done = twice.restore(after=timedelta(days=30))
    state, expires_at = the_offer(copy)
    assert state == OfferState.OPEN
    assert abs(expires_at - twice.at - left) < timedelta(seconds=20)
    with reading(copy.database) as session:
        handoff = session.execute(select(HandoffRow)).scalar_one()
        assert handoff.expires_at == expires_at
        due = select(MessageRow.due_at).where(MessageRow.topic == Topic.HANDOFF)
        assert expires_at in session.execute(due).scalars().all(), "somebody looks when it has run"


def the_offer(house: House) -> tuple[str, datetime]:
    with reading(house.database) as session:
        offer = session.execute(select(OfferRow)).scalar_one()
        return offer.state, offer.expires_at


def test_sessions_and_links_that_may_have_ended_since_do_not_live_again(twice: Twice) -> None:
    now = clock.now()
    later = now + timedelta(days=7)

    def sign_in(session: Session) -> None:
        who = team.members(session)[0].id
        session.add(
            SessionRow(
                digest="s" * 64, member_id=who, device="phone", started_at=now, expires_at=later
            )
        )
        session.add(LinkRow(digest="l" * 64, member_id=who, made_at=now, expires_at=later))

    perform(twice.house.database, sign_in)
    twice.back_up()
    copy, _done = twice.restore()
    with reading(copy.database) as session:
        assert session.execute(select(SessionRow.ended_at)).scalar_one() == twice.at
        assert session.execute(select(LinkRow.expires_at)).scalar_one() == twice.at


def erase(house: House, email: str) -> None:
    house.admin.post(f"/prospects/{house.person(email)['id']}/erasure", {}, 202)
    house.work()


@pytest.mark.parametrize("two_stores", ["sqlite", "postgres"], indirect=True)
def test_who_was_forgotten_after_the_backup_does_not_come_back(twice: Twice) -> None:
    bo = {**BUYER, "email": "bo@buyer.example", "external_id": "bo", "name": "Bo Other"}
    twice.house.tell(BUYER, bo)
    twice.back_up()
    late = {**BUYER, "email": "late@buyer.example", "external_id": "late"}
    twice.house.tell(late)
    erase(twice.house, BUYER["email"])
    erase(twice.house, late["email"])
    copy, done = twice.restore()
    assert (done.forgotten, done.lists) == (1, ((twice.house.settings.data / FILE).resolve(),))
    everything = "".join(copy.everything().values())
    assert "bea@buyer" not in everything
    assert "bea buyer" not in everything
    assert copy.person(bo["email"])["name"] == "Bo Other"
    with reading(copy.database) as session:
        digests = [
            consents.address_digest(copy.settings.secret_key, each["email"])
            for each in (BUYER, late)
        ]
        known = select(SuppressionRow).where(SuppressionRow.digest.in_(digests))
        assert len(session.execute(known).scalars().all()) == 2
        assert session.execute(select(func.count()).select_from(TombstoneRow)).scalar_one() >= 2


def test_on_another_machine_the_list_is_given(twice: Twice, tmp_path: Path) -> None:
    twice.house.tell(BUYER)
    twice.back_up()
    erase(twice.house, BUYER["email"])
    saved = tmp_path / "saved.jsonl"
    shutil.move(twice.house.settings.data / FILE, saved)
    with saved.open("a") as file:
        file.write('{"forgotten": "half a li')
    _copy, done = twice.restore(lists=[saved])
    assert (done.forgotten, done.lists) == (1, (saved.resolve(),))


def test_who_came_back_before_the_backup_is_not_forgotten_by_an_old_wish(twice: Twice) -> None:
    twice.house.tell(BUYER)
    erase(twice.house, BUYER["email"])
    twice.house.tell({**BUYER, "external_id": "again", "name": "Bea Again"})
    twice.back_up()
    copy, done = twice.restore()
    assert done.forgotten == 0
    assert copy.person(BUYER["email"])["name"] == "Bea Again"


def test_a_wish_for_no_mail_outlives_the_database_too(twice: Twice) -> None:
    twice.back_up()
    secret = twice.house.settings.secret_key
    digest = consents.address_digest(secret, "no@mail.example")
    scribe = Scribe(twice.house.settings.data)
    for each in (digest, "f" * 64):
        now = clock.now()
        perform(
            twice.house.database,
            lambda s, each=each, now=now: consents.suppress(
                s, [each], now, reason="unsubscribed", topic="n"
            ),
        )
        with reading(twice.house.database) as session:
            assert scribe.catch_up(session, now) == 1
    with reading(twice.house.database) as session:
        assert scribe.catch_up(session, clock.now()) == 0, "none twice"
    copy, _done = twice.restore()
    with reading(copy.database) as session:
        row = session.execute(select(SuppressionRow).where(SuppressionRow.digest == digest))
        assert row.scalar_one().topic == "n"


def test_each_sweep_keeps_the_whole_list(twice: Twice, tmp_path: Path) -> None:
    now, settings = clock.now(), replace(twice.house.settings, data=tmp_path / "of a sweep")
    perform(
        twice.house.database,
        lambda s: consents.suppress(s, ["d" * 64], now, reason="unsubscribed"),
    )
    stop, file = threading.Event(), settings.data / FILE
    sweep = threading.Thread(
        target=run, args=(twice.house.database, settings, Bell(None), stop), daemon=True
    )
    sweep.start()
    wait_until(lambda: file.exists() and "d" * 64 in file.read_text(), seconds=20, what="the list")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stop.set()
    sweep.join(10)
    assert not sweep.is_alive()


def test_a_restored_mail_is_no_fault_of_its_template(twice: Twice) -> None:
    twice.house.tell(BUYER)
    set_sends(twice.house, state=SendState.PLANNED)
    twice.back_up()
    copy, _done = twice.restore()
    assert perform(copy.database, lambda s: release_unmade(s, "hello", clock.now())) == 0
    assert sends(copy)["hello"] == (SendState.HELD, RESTORED)


def test_only_an_empty_database_is_filled(twice: Twice) -> None:
    twice.back_up()
    twice.restore()
    with pytest.raises(RefusedError, match="empty database only"):
        twice.restore()


def test_another_key_would_not_know_who_unsubscribed(twice: Twice) -> None:
    twice.back_up()
    twice.house.settings = replace(twice.house.settings, secret_key="another" * 8)
    with pytest.raises(RefusedError, match="WARMLINE_SECRET_KEY"):
        twice.restore()


def test_a_damaged_or_cut_file_leaves_the_database_empty(twice: Twice) -> None:
    twice.house.tell(BUYER)
    twice.back_up()
    whole = twice.file.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", b"not a backup"):
        twice.file.write_bytes(broken)
        with pytest.raises(FailedError):
            twice.restore()
    twice.file.write_bytes(whole)
    assert twice.restore()[1].rows > 10
