"""Nothing of a forgotten person is left anywhere: the whole loop is run for one, then every table is read."""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock, log
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from app.door import perform, reading
from app.importing import kept
from app.importing.rows import ChangeRow, Holds, ImportRow, State
from app.merge import merge
from app.pages import drafts
from nurture.rows import SendRow
from prospects import erasure, outbox, team
from prospects.company_questions import CompanyQuestionRow
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.member import Role
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.override_rows import OverrideRow
from prospects.store import table_of
from prospects.table import Erase
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import transfer_acts, write_up_acts, write_ups
from routing.rows import HandoffRow
from routing.transfer_moves import ref_of
from routing.transfer_rows import TransferRow
from routing.write_up_life import Found, WriteUpRef, Written
from routing.write_ups import Wanted
from tests.support.house import House
from webhooks.conversion_rows import ConversionRow
from webhooks.crm_rows import ConflictRow, LinkRow

EMAIL = "odile.quillfeather@privet.example"
PHONE = "+441632960771"
WORDS = ("quillfeather", "1632960771", "1632 960771", "marmalade", "privet")
"""Her name and address, her phone, what she and others said about her, and her company."""
COMPANY = ("account", "account_detail")
"""A company is nobody: what is known of it stays, for its other people and the next ones."""


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as stand_in:
        yield stand_in


@pytest.fixture
def house(
    database: Database, database_url: str, tmp_path: Path, linkedin: LinkedIn
) -> Iterator[House]:
    built = House(database, database_url, tmp_path)
    built.furnish(linkedin)
    yield built
    built.app.extensions["intake"].flush()


def telling(house: House) -> dict[str, set[str]]:
    """Which of her words each table holds."""
    return {
        table: words
        for table, text in house.everything().items()
        if (words := {word for word in WORDS if word in text})
    }


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, at the most talkative level."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()
    log.configure("debug", written)
    yield written
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_nothing_of_a_forgotten_person_is_left_in_any_table(
    house: House, linkedin: LinkedIn, lines: io.StringIO
) -> None:
    she_comes_in(house, linkedin)
    she_is_handed_over(house)
    she_buys(house)
    somebody_names_her(house)
    she_is_found_to_be_two(house)
    others_know_her(house)
    she_stands_in_files(house)
    who = house.person(EMAIL)["id"]
    told = telling(house)
    assert emptied_tables() - set(told) <= unfilled(), "a table of the loop was not filled"
    house.admin.post(f"/prospects/{who}/erasure", {}, 202, **{"Idempotency-Key": f"for {EMAIL}"})
    house.work()
    house.admin.get(f"/prospects/{who}", 404)
    assert {t: w for t, w in telling(house).items() if t not in COMPANY} == {}
    assert not [word for word in WORDS[:-1] if word in lines.getvalue().lower()]


def she_stands_in_files(house: House) -> None:
    """One that came in, with a row of hers that was refused, and one that waits."""
    body = (
        f"email,name,at\n{EMAIL},Odile Quillfeather-Marmalade,\n{EMAIL},Odile Quillfeather,then\n"
    )
    for state in (State.RUNNING, State.READY):
        row = kept.begun("site", "leads.csv", Holds.LEADS, clock.now(), by="mia")
        which = kept.keep(house.database, io.BytesIO(body.encode()), row)
        perform(house.database, partial(_set_off, which=which, state=state))
    house.work()


def _set_off(session: Session, *, which: UUID, state: State) -> None:
    session.get_one(ImportRow, which).state = state
    outbox.post(session, Topic.IMPORT, [which], clock.now())


def test_what_was_under_way_at_an_erasure_is_emptied_within_a_minute(house: House) -> None:
    house.tell({"email": EMAIL, "name": "Odile Quillfeather", "form": "guide"})
    who = house.person(EMAIL)["id"]
    house.admin.post(f"/prospects/{who}/erasure", {}, 202)
    house.work()

    def arrive_late(session: Session) -> None:
        sent = table_of(SendRow)
        session.execute(update(sent).values(html="Dear Odile Quillfeather", address=EMAIL))
        (due,) = session.execute(select(MessageRow.due_at).where(MessageRow.topic == "erase"))
        assert due[0] - clock.now() < timedelta(seconds=45)
        session.execute(update(MessageRow).values(due_at=clock.now()))

    perform(house.database, arrive_late)
    assert "quillfeather" in telling(house)["send"]
    house.work()
    assert "send" not in telling(house)
    with reading(house.database) as session:
        assert session.execute(select(func.count()).select_from(MessageRow)).scalar_one() == 0


def test_what_came_to_nothing_and_names_them_is_emptied_too(house: House) -> None:
    lead = {"email": EMAIL, "phone": PHONE, "name": "Odile Quillfeather", "form": "guide"}
    house.tell(lead)
    house.tell({**lead, "external_id": EMAIL, "title": "quillfeather " * 100})
    headers = {"X-Token": "api-key", "Content-Type": "application/json"}
    house.receive("site", f'{{"mail": "{EMAIL.upper()}", "who": "Quillfeather'.encode(), headers)
    house.receive("site", f"call={quote(EMAIL)}&who=quillfeather".encode(), headers)
    house.receive("site", b"call 01632 960771 for Quillfeather", headers)
    house.receive("site", b"somebody else: tom@elsewhere.example", headers)
    states = sorted(each["state"] for each in house.admin.get("/deliveries")["items"])
    assert states == ["ingested"] * 2 + ["unreadable"] * 4
    who = house.person(EMAIL)["id"]
    house.admin.post(f"/prospects/{who}/erasure", {}, 202)
    house.work()
    assert {t: w for t, w in telling(house).items() if t not in COMPANY} == {}
    assert "tom@elsewhere.example" in house.everything()["delivery"]


def test_a_repeat_after_the_erasure_keeps_no_byte(house: House) -> None:
    lead = {"external_id": EMAIL, "email": EMAIL, "name": "Odile Quillfeather", "form": "guide"}
    house.tell(lead)
    who = house.person(EMAIL)["id"]
    house.admin.post(f"/prospects/{who}/erasure", {}, 202)
    house.work()
    house.tell({**lead, "title": "the same lead, told otherwise"})
    house.tell({**lead, "external_id": f"another of {EMAIL}", "at": "2026-01-01T00:00:00Z"})
    assert {t: w for t, w in telling(house).items() if t not in COMPANY} == {}


def emptied_tables() -> set[str]:
    """Tables in which erasure has something to do."""
    return {
        row.__tablename__
        for row in erasure.personal_tables()
        if row.__erasure_drops_row__ or Erase.BLANK in row.__erasure__.values()
    }


def unfilled() -> set[str]:
    """Tables about a person whose words are ids and reasons of ours."""
    ours = {
        "company_question",
        "double",
        "open_handoff",
        "notice",
        "decision",
        "assessment",
        "stake",
        "call",
        "detail",
    }
    return {*ours, "call_attempt", "recognition", "in_deal"}


def she_comes_in(house: House, linkedin: LinkedIn) -> None:
    """By LinkedIn, by the site, and by programs; in every place a word of hers can be put."""
    body, headers = linkedin.signed(
        linkedin.fill(
            Member(
                first_name="Odile", last_name="Quillfeather", email=EMAIL, phone=PHONE,
                title="Head of Marmalade", company="Privet Marmalade Ltd",
            )
        )
    )  # fmt: skip
    house.receive("linkedin", body, headers)
    house.work()
    mine = {"email": EMAIL, "name": "Odile Quillfeather"}
    consent = [{"topic": "newsletter", "text": "I, Odile Quillfeather, like marmalade"}]
    lead = {
        **mine, "external_id": f"lead {EMAIL}", "form": "guide", "campaign": "marmalade",
        "consent": consent, "phone": "01632 960771", "country": "GB",
        "fields": {"marmalade": {"how much": "Odile Quillfeather's"}}, "wish": "marmalade",
    }  # fmt: skip
    act = {**mine, "external_id": f"act {EMAIL}", "activity": "page_view"}
    house.tell(lead, {**act, "body": {"page": "/pricing/marmalade"}})
    first = {**mine, "activity": "form", "at": "2026-01-01T08:00:00Z"}
    house.tell({**first, "body": {"form": "guide", "campaign": "marmalade"}})
    house.tell(lead, {**mine, "activity": "form", "body": {"form": "demo", "say": "marmalade"}})
    who = house.person(EMAIL)["id"]
    key = {"Idempotency-Key": f"note on {EMAIL}"}
    house.admin.post(f"/prospects/{who}/notes", {"text": "likes marmalade"}, 201, **key)
    program = {
        "email": EMAIL, "kind": "meeting", "external_id": f"meet {EMAIL}",
        "body": {"with": "Odile Quillfeather"},
    }  # fmt: skip
    house.admin.post("/activities", program, 201, **{"Idempotency-Key": f"met {EMAIL}"})
    house.work()


def she_is_found_to_be_two(house: House) -> None:
    """By another address of hers; what only that lead said is taken over."""
    another = {"email": "odile@elsewhere.example", "name": "O. Quillfeather", "form": "guide"}
    house.tell({**another, "fields": {"taste": "marmalade"}})
    house.work()
    two = [house.person(each)["id"] for each in (EMAIL, another["email"])]
    said = Said(by="admin@us.example", why="both are Odile Quillfeather")
    one, other = (ProspectId(UUID(each)) for each in two)
    perform(house.database, lambda s: merge(s, one, other, said, clock.now()))


def others_know_her(house: House) -> None:
    """A CRM under a record of its own, an ad platform that says why it did not, a file, and a question."""
    who, now, file = UUID(house.person(EMAIL)["id"]), clock.now(), new_id(clock.now())
    record = {"crm": "hubspot", "kind": "person", "external_id": "77", "prospect_id": who}
    rows = [
        LinkRow(**record, told={"lastname": "Quillfeather"}, seen_at=now),
        ConflictRow(**record, field="name", ours="O. Quillfeather", theirs="Odile", since=now),
        ConversionRow(
            prospect_id=who, id=new_id(now), destination="ads", milestone="lead", key="lead:1",
            at=now, state="refused", reason="there is no Odile Quillfeather", made_at=now,
        ),
        ImportRow(
            id=file, source="site", name="fair.csv", holds="leads", state="done", by="x", made_at=now
        ),
        CompanyQuestionRow(prospect_id=who, name="Privet Marmelade", asked_at=now),
        OverrideRow(
            prospect_id=who, id=new_id(now), value=0.8, reason="met Quillfeather at the fair", by="Mia",
            at=now, until=now + timedelta(days=30),
        ),
    ]  # fmt: skip
    changed = ChangeRow(
        prospect_id=who, import_id=file, created=False, before={"name": "Quillfeather"}, after={}
    )
    for some in (rows, [changed]):
        perform(house.database, lambda session, some=some: session.add_all(some))


def she_is_handed_over(house: House) -> None:
    """Passed on with words, accepted, not reached, confirmed, corrected and lost with words."""
    rita = house.colleague(Role.REP, "rita@vendor.example")
    max_ = house.colleague(Role.MANAGER, "manager@vendor.example")
    (handoff,) = rita.get("/handoffs")["items"]
    path = f"/handoffs/{handoff['id']}"
    rita.post(f"{path}/decline", {"reason": "bad_data", "note": "Quillfeather is marmalade"})
    why = {"to": "rita@vendor.example", "reason": "she knows Quillfeather and marmalade"}
    max_.post(f"{path}/reassignment", why)
    house.work()
    rita.post(f"{path}/acceptance", {}, 201, **{"Idempotency-Key": "take"})
    tried = {"verdict": "not_reached", "channel": "call", "fact": "marmalade on the line"}
    rita.post(f"{path}/confirmation", tried, 201, **{"Idempotency-Key": "tried"})
    at = datetime.now(UTC)
    finding = {
        "verdict": "earlier", "stage_found": "consideration", "spoke_with": "Odile Quillfeather",
        "channel": "call", "at": at.isoformat(), "fact": "wants marmalade in spring",
        "still_needed": ["marmalade samples"],
        "deciders": [{"name": "Odile Quillfeather", "role": "taster", "stance": "marmalade"}],
        "promises": [{"what": "send marmalade", "due_at": (at + timedelta(days=2)).isoformat()}],
    }  # fmt: skip
    typed = [("fact", "Quillfeather and mar")]
    perform(
        house.database,
        lambda s: drafts.keep(s, *of_handoff(s, handoff["id"]), fields=typed, now=clock.now()),
    )
    first = rita.post(f"{path}/confirmation", finding, 201, **{"Idempotency-Key": "found"})
    again = {**finding, "supersedes": first["id"], "reason": "misheard marmalade"}
    rita.post(f"{path}/confirmation", again, 201)
    (promise, *_) = rita.get("/promises")["items"]
    trouble = {"reason": "no marmalade for Quillfeather"}
    rita.post(f"/promises/{promise['id']}/trouble", trouble, 201, **{"Idempotency-Key": "sorry"})
    house.work()


def of_handoff(session: Session, handoff_id: str) -> tuple[HandoffRef, MemberId]:
    row = session.execute(select(HandoffRow).where(HandoffRow.id == UUID(handoff_id))).scalar_one()
    assert row.rep_id
    return HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id)), MemberId(row.rep_id)


def she_buys(house: House) -> None:
    """She comes again, orders, and is given to the account team, which asks about her."""
    eva = {"email": "eva@vendor.example", "roles": [str(Role.ACCOUNT_MANAGER)]}
    perform(house.database, lambda s: team.save(s, [eva], clock.now()))
    again = {"email": EMAIL, "activity": "page_view", "body": {"page": "/pricing"}}
    house.tell({"email": EMAIL, "form": "demo", "external_id": "again"}, again)
    rita = house.colleague(Role.REP, "rita@vendor.example")
    (handoff,) = [each for each in rita.get("/handoffs")["items"] if each["state"] == "offered"]
    path = f"/handoffs/{handoff['id']}"
    rita.post(f"{path}/acceptance", {}, 201, **{"Idempotency-Key": "take again"})
    heard = {
        "verdict": "confirmed", "spoke_with": "Odile Quillfeather", "channel": "call",
        "at": datetime.now(UTC).isoformat(), "fact": "takes all the marmalade",
    }  # fmt: skip
    rita.post(f"{path}/confirmation", heard, 201, **{"Idempotency-Key": "heard again"})
    rita.post(f"{path}/outcome", {"result": "won", "reason": "marmalade"}, 201)

    def ask(session: Session) -> None:
        row = session.execute(select(TransferRow)).scalar_one()
        asker = team.by_email(session, "eva@vendor.example")
        assert asker
        ref, now = ref_of(row), clock.now()
        transfer_acts.ask(session, ref, asker, "Whose marmalade?", once=new_id(now), now=now)
        transfer_acts.answer(session, ref, asker, "Odile Quillfeather's", now=now)

    perform(house.database, ask)
    perform(house.database, the_desk_writes)
    house.work()


def the_desk_writes(session: Session) -> None:
    """The desk is asked about her, writes what it found, and gives another back."""
    now = clock.now()
    team.save(session, [{"email": "dana@vendor.example", "roles": [str(Role.DESK)]}], now)
    dana = team.by_email(session, "dana@vendor.example")
    assert dana
    row = session.execute(select(TransferRow)).scalar_one()
    who, lead = ProspectId(row.prospect_id), HandoffId(row.handoff_id)
    for answer in ("written", "given back"):
        once = new_id(now)
        ref = WriteUpRef(who, once)
        wanted = Wanted(
            prospect_id=who, handoff_id=lead, what="Quillfeather's marmalade", note="of Privet",
            once=once, batch=once,
        )  # fmt: skip
        write_ups.ask(session, wanted, dana, now)
        write_ups.take(session, ref, dana, now)
        if answer == "written":
            told = Written("marmalade", [Found("Quillfeather", "her marmalade", now.date())])
            write_up_acts.write(session, ref, dana, told, today=now.date(), now=now)
        else:
            write_up_acts.give_back(session, ref, dana, "too much marmalade", now)


def somebody_names_her(house: House) -> None:
    """A stranger to the company says that she is the one to talk to."""
    other = {"email": "tom@elsewhere.example", "name": "Tom", "form": "demo", "external_id": "tom"}
    view = {"email": other["email"], "activity": "page_view", "body": {"page": "/pricing"}}
    house.tell(other, view)
    rita = house.colleague(Role.REP, "rita@vendor.example")
    (handoff,) = [each for each in rita.get("/handoffs")["items"] if each["state"] == "offered"]
    path = f"/handoffs/{handoff['id']}"
    rita.post(f"{path}/acceptance", {}, 201)
    named = {
        "verdict": "wrong_person", "spoke_with": "Tom", "channel": "chat",
        "at": datetime.now(UTC).isoformat(), "fact": "is an intern",
        "right_person": {"name": "Odile Quillfeather", "email": EMAIL},
    }  # fmt: skip
    rita.post(f"{path}/confirmation", named, 201, **{"Idempotency-Key": "named"})
    house.work()
