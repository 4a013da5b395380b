"""The account team and the rep hear of a customer by mail, and never how to reach the buyer."""

from uuid import uuid4

from sqlalchemy.orm import Session

from app import clock
from app.database import Database
from app.door import perform
from app.jobs.drain import drain
from app.settings import Settings
from prospects.topics import Queue
from routing import transfer_acts
from routing.transfer_life import TransferRef
from routing.transfer_moves import ref_of
from tests.app import test_notices
from tests.nurture.mail_server import Sink
from tests.routing import customers, office

sink = test_notices.sink


def put_to_eva(database: Database) -> tuple[TransferRef, str]:
    """A customer that waits for eva, and who won them."""

    def work(session: Session) -> tuple[TransferRef, str]:
        now = clock.now()
        office.three_reps(session, now)
        customers.hire(session, now)
        row = customers.won(session, now)
        return ref_of(row), customers.named(session, row.rep_id) or ""

    return perform(database, work)


def test_each_is_told_when_it_is_their_move(
    database: Database, sink: tuple[Settings, Sink]
) -> None:
    settings, arrived = sink
    ref, rep = put_to_eva(database)
    drain(database, settings, Queue.OUTSIDE)

    def ask(session: Session, name: str) -> None:
        question = "call +49 40 7654321 or write to a@b.example?"
        actor = office.who(session, name)
        transfer_acts.ask(session, ref, actor, question, once=uuid4(), now=clock.now())

    perform(database, lambda s: ask(s, "eva"))
    drain(database, settings, Queue.OUTSIDE)
    perform(
        database,
        lambda s: transfer_acts.answer(s, ref, office.who(s, rep), "call", now=clock.now()),
    )
    drain(database, settings, Queue.OUTSIDE)
    perform(database, lambda s: transfer_acts.accept(s, ref, office.who(s, "eva"), clock.now()))
    drain(database, settings, Queue.OUTSIDE)
    mails = [(mail["To"].partition("@")[0], mail["Subject"]) for mail in arrived.mails]
    who = "Ida at firm.example"
    assert mails[-4:] == [
        ("eva", f"A customer for you: {who}"),
        (rep, f"The account team asks about {who}"),
        ("eva", f"Your question about {who} is answered"),
        (rep, f"With the account team now: {who}"),
    ]
    for mail in arrived.mails[-4:]:
        body = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert f"https://warm.example/transfers/{ref}" in body
        for reach in ("7654321", "a@b.example", "ida@firm.example"):
            assert reach not in body


def test_what_has_moved_on_is_not_told(database: Database, sink: tuple[Settings, Sink]) -> None:
    settings, arrived = sink
    ref, rep = put_to_eva(database)
    perform(database, lambda s: transfer_acts.accept(s, ref, office.who(s, "eva"), clock.now()))
    drain(database, settings, Queue.OUTSIDE)
    told = {mail["Subject"].partition(":")[0] for mail in arrived.mails if rep in mail["To"]}
    assert "With the account team now" in told
    assert not [mail for mail in arrived.mails if "A customer for you" in mail["Subject"]]
