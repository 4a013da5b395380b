"""Somebody no longer works here: ways in end at once, leads return to routing, promises are owed by who takes them."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import departure, staff, tokens
from app.auth import links, passwords, sessions
from app.database import Database
from app.departure import Burden
from app.door import perform, reading
from app.staff import LastAdministratorError
from app.workspace.apply import apply
from prospects import team
from prospects.audit import AuditRow
from prospects.ids import ProspectId
from prospects.member import Member, Role
from prospects.message import MessageRow
from prospects.rows import AccountRow, ProspectRow
from prospects.topics import Topic
from routing import clocks, offers, transfer_acts, transfer_clock, write_ups
from routing.finding_rows import PromiseRow
from routing.interventions import Order, to_desk
from routing.lives import HandoffState, OfferState
from routing.rows import DecisionRow, HandoffRow
from routing.transfer_moves import ref_of
from routing.transfer_rows import TransferRow
from routing.write_up_life import WriteUpRef, WriteUpState
from routing.write_up_rows import WriteUpRow
from tests.routing import customers, office
from tests.routing.test_interventions import promised

PASSWORD = "owls read the quiet map"


def holder(session: Session, lead: HandoffRow) -> Member:
    return next(each for each in team.members(session) if each.id == lead.rep_id)


def give_back(session: Session, now: datetime) -> None:
    """What the workers do with the promises of a departure."""
    due = select(MessageRow.ref).where(MessageRow.topic == Topic.HANDOFF, MessageRow.due_at <= now)
    clocks.tick(session, list(session.execute(due).scalars()), now)
    session.flush()


def give_customers_on(session: Session, now: datetime) -> None:
    due = select(MessageRow.ref).where(MessageRow.topic == Topic.TRANSFER, MessageRow.due_at <= now)
    assert not transfer_clock.tick(session, list(session.execute(due).scalars()), now)
    session.flush()


def leave(session: Session, member: Member, now: datetime) -> int:
    team.save(session, [{"email": member.email, "active": False}], now)
    return departure.depart(session, [member.id], now, by="test")[member.id]


def test_an_open_offer_goes_to_the_next_with_the_reason(session: Session, now: datetime) -> None:
    office.three_reps(session, now)
    lead = office.offered(session, now)
    before = holder(session, lead)
    later = now + timedelta(minutes=1)
    assert leave(session, before, later) == 1
    give_back(session, later)
    first, second = office.offers(session, lead)
    assert (first.state, first.reason) == (OfferState.WITHDRAWN, "left")
    assert second.state == OfferState.OPEN
    assert second.rep_id != before.id
    decision = (
        session.execute(select(DecisionRow).order_by(DecisionRow.id.desc())).scalars().first()
    )
    assert decision
    (gone,) = [each for each in decision.candidates if each["member"] == str(before.id)]
    assert gone["reason"] in ("no longer active", "no longer worked here")


@pytest.mark.parametrize("state", [HandoffState.ACCEPTED, HandoffState.CHECKED])
def test_a_lead_they_took_is_offered_anew_and_its_promise_follows(
    session: Session, now: datetime, state: HandoffState
) -> None:
    office.three_reps(session, now)
    lead = office.offered(session, now)
    before, ref = holder(session, lead), office.ref(lead)
    if state is HandoffState.CHECKED:
        promised(session, str(ref), now, due=now + timedelta(days=1))
    else:
        offers.accept(session, ref, before, now)
    session.refresh(lead)
    assert lead.state == state
    leave(session, before, now)
    give_back(session, now)
    session.refresh(lead)
    assert lead.state == HandoffState.OFFERED
    after = holder(session, lead)
    assert after.active
    offers.accept(session, ref, after, now)
    session.refresh(lead)
    assert lead.state == state
    owed = session.execute(select(PromiseRow.rep_id)).scalars().all()
    assert owed == ([after.id] if state is HandoffState.CHECKED else [])


def test_a_lead_that_nobody_is_there_for_is_held_until_somebody_is(
    session: Session, now: datetime
) -> None:
    office.staff(session, now, {"name": "ann"})
    office.rules(session, now, rules=[{"name": "all", "to": "person:ann@us.example"}])
    lead = office.offered(session, now)
    leave(session, office.who(session, "ann"), now)
    give_back(session, now)
    session.refresh(lead)
    assert (lead.state, lead.rep_id) == (HandoffState.HELD, None)
    later = now + timedelta(hours=2)
    office.staff(session, later, {"name": "max", "roles": ["manager"]})
    give_back(session, later)
    session.refresh(lead)
    assert holder(session, lead).email == "max@us.example"


def test_what_is_in_somebodys_hands_is_counted(session: Session, now: datetime) -> None:
    office.staff(session, now, {"name": "ann"})
    office.rules(session, now, rules=[{"name": "all", "to": "person:ann@us.example"}])
    ann = office.who(session, "ann")
    taken = office.offered(session, now, "one@first.example")
    promised(session, str(office.ref(taken)), now, due=now + timedelta(days=1))
    office.offered(session, now, "two@second.example")
    sessions.begin(session, ann.id, device="", now=now)
    tokens.create(session, Role.REP, "phone", ann.email, now)
    found = departure.burden(session, ann.id, now)
    assert found == Burden(offers=1, taken=1, promises=1, companies=1, tokens=1, sign_ins=1)
    assert found.leads == 2
    leave(session, ann, now)
    assert departure.burden(session, ann.id, now).sign_ins == 0
    assert departure.burden(session, ann.id, now).tokens == 0


def test_what_they_took_at_the_desk_goes_back_and_customers_wait_for_a_managers_word(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    customers.hire(session, now, {"name": "eva", "roles": ["account_manager", "desk"]})
    eva = office.who(session, "eva")
    lead = customers.checked(session, now)
    order = Order(by="Max", reason="help", now=now, batch=uuid4(), member_id=eva.id)
    assert to_desk(session, office.ref(lead), order)
    row = session.execute(select(WriteUpRow)).scalar_one()
    write_ups.take(session, WriteUpRef(ProspectId(row.prospect_id), row.id), eva, now)
    customers.win(session, customers.checked(session, now, "bo@other.example"), now)
    found = departure.burden(session, eva.id, now)
    assert (found.customers, found.write_ups) == (1, 1)
    leave(session, eva, now)
    session.refresh(row)
    assert (row.state, row.member_id) == (WriteUpState.ASKED, None)
    assert departure.burden(session, eva.id, now).write_ups == 0
    give_customers_on(session, now)
    customer = session.execute(select(TransferRow)).scalar_one()
    assert (customer.member_id, customer.due_at) == (None, None)
    assert customer.why == "eva has left; nobody to take this customer"


def test_customers_they_were_to_take_or_looked_after_go_to_the_next_of_the_team(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    customers.hire(session, now, {"name": "eva", "roles": ["account_manager"]})
    taken = customers.won(session, now)
    asked = customers.won(session, now, "bo@other.example")
    eva = office.who(session, "eva")
    transfer_acts.accept(session, ref_of(taken), eva, now)
    transfer_acts.ask(session, ref_of(asked), eva, "which day?", once=uuid4(), now=now)
    customers.hire(session, now, {"name": "fin", "roles": ["account_manager"]})
    found = departure.burden(session, eva.id, now)
    assert (found.customers, found.cared_for, found.companies) == (1, 1, 1)
    leave(session, eva, now)
    give_customers_on(session, now)
    give_customers_on(session, now)
    for row, state in ((taken, "proposed"), (asked, "asked")):
        session.refresh(row)
        assert (row.state, customers.named(session, row.member_id)) == (state, "fin")
        assert row.why.startswith("eva has left; of 1 on the account team")
    fin = office.who(session, "fin")
    assert transfer_acts.accept(session, ref_of(taken), fin, now)
    company = session.get_one(AccountRow, taken.account_id, populate_existing=True)
    person = session.get_one(ProspectRow, taken.prospect_id, populate_existing=True)
    assert (company.owner_id, person.owner_id) == (fin.id, fin.id)
    owed = select(PromiseRow.rep_id).where(PromiseRow.prospect_id == taken.prospect_id)
    assert session.execute(owed).scalars().all() == [fin.id]
    (note,) = session.execute(select(AuditRow).where(AuditRow.act == "work given on")).scalars()
    assert note.detail == {"leads": 0, "customers": 2, "companies": 1}


def test_what_they_owned_is_nobodys_and_no_mail_goes_out_in_their_name(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    lead = office.offered(session, now)
    before = holder(session, lead)
    offers.accept(session, office.ref(lead), before, now)
    assert departure.burden(session, before.id, now).companies == 1
    leave(session, before, now)
    company = session.get_one(AccountRow, lead.account_id, populate_existing=True)
    person = session.get_one(ProspectRow, lead.prospect_id, populate_existing=True)
    assert (company.owner_id, person.owner_id) == (None, None)
    give_back(session, now)
    session.refresh(lead)
    after = holder(session, lead)
    offers.accept(session, office.ref(lead), after, now)
    session.refresh(company)
    assert company.owner_id == after.id


def test_files_that_take_somebody_off_duty_end_their_ways_in(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    written = "people: [{email: ann@us.example, name: Ann, roles: [rep], active: %s}]\n"
    (folder / "team.yaml").write_text(written % "true")
    apply(database, folder, {}, now, secret="k" * 40)

    def come_in(session: Session) -> tuple[str, str, str]:
        ann = office.who(session, "ann")
        link = links.invitation(session, ann.id, now)
        cookie = sessions.begin(session, ann.id, device="", now=now)
        return link, cookie, tokens.create(session, Role.REP, "phone", ann.email, now)

    link, cookie, token = perform(database, come_in)
    (folder / "team.yaml").write_text(written % "false")
    apply(database, folder, {}, now, secret="k" * 40)
    (folder / "team.yaml").write_text(written % "true")
    apply(database, folder, {}, now, secret="k" * 40)
    with reading(database) as session:
        assert sessions.find(session, cookie, now) is None
        assert tokens.caller_of(session, token, administrators=None) is None
        with pytest.raises(links.SpentLinkError):
            links.look(session, link, now)


def test_of_two_administrators_who_deactivate_each_other_at_once_one_stays(
    database: Database, now: datetime
) -> None:
    def hire(session: Session) -> list[Member]:
        found = []
        for name in ("ann", "bob"):
            office.staff(session, now, {"name": name, "roles": ["admin"]})
            found.append(office.who(session, name))
            passwords.keep(session, found[-1].id, PASSWORD, now)
        return found

    ann, bob = perform(database, hire)
    refused: list[str] = []
    ready = threading.Barrier(2)

    def strike(whom: Member, by: Member) -> None:
        ready.wait()
        try:
            perform(database, lambda s: staff.deactivate(s, whom.id, now, by=str(by.id)))
        except LastAdministratorError as error:
            refused.append(str(error))

    both = [threading.Thread(target=strike, args=pair) for pair in ((ann, bob), (bob, ann))]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(refused) == 1
    with reading(database) as session:
        assert sorted(each.active for each in team.members(session)) == [False, True]


def test_an_administrator_who_cannot_sign_in_is_nobody_to_rely_on(
    session: Session, now: datetime
) -> None:
    office.staff(
        session, now, {"name": "ann", "roles": ["admin"]}, {"name": "bob", "roles": ["admin"]}
    )
    ann, bob = office.who(session, "ann"), office.who(session, "bob")
    passwords.keep(session, ann.id, PASSWORD, now)
    for act in (
        lambda: staff.deactivate(session, ann.id, now, by="test"),
        lambda: staff.set_roles(session, ann.id, {Role.REP}, now, by="test"),
    ):
        with pytest.raises(LastAdministratorError):
            act()
    passwords.keep(session, bob.id, PASSWORD, now)
    staff.set_roles(session, ann.id, {Role.REP}, now, by="test")
    assert office.who(session, "ann").roles == {Role.REP}


def test_of_several_who_leave_at_once_companies_are_locked_before_any_person(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    lead = office.offered(session, now)
    offers.accept(session, office.ref(lead), holder(session, lead), now)
    session.flush()
    written: list[str] = []
    connection = session.connection()

    def note(*args: Any) -> None:
        words = str(args[2]).replace('"', "").split()
        if words[0] == "UPDATE" or "UPDATE" in words:
            written.append(words[1] if words[0] == "UPDATE" else words[words.index("FROM") + 1])

    event.listen(connection, "before_cursor_execute", note)
    departure.depart(session, [each.id for each in team.members(session)], now, by="test")
    event.remove(connection, "before_cursor_execute", note)
    locks = [each for each in written if each in ("account", "prospect")]
    assert locks == sorted(locks)
    assert set(locks) == {"account", "prospect"}
