"""People are found or made once, and can be forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects import consents, erasure, people, timeline
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import AccountRow, ActivityRow, IdentityRow, ProspectRow
from prospects.values import Person

SECRET = "a secret for tests"


def lead(ref: str, at: datetime, *, email: str, phone: str | None = None, **about: str) -> Lead:
    identities = [Identity("email", email)]
    if phone:
        identities.append(Identity("phone", phone))
    return Lead(
        ref=ref,
        identities=tuple(identities),
        person=Person(email=email, phone=phone, **about),
        happened_at=at,
        domain=email.partition("@")[2],
    )


def count(session: Session, row: type) -> int:
    return session.execute(select(func.count()).select_from(row)).scalar_one()


def test_a_new_address_makes_a_person_and_a_company(session: Session, now: datetime) -> None:
    (found,) = people.resolve(
        session, [lead("1", now, email="ann@acme.example", name="Ann")], now, secret=SECRET
    )
    assert found.created
    person = session.get_one(ProspectRow, found.prospect_id)
    assert (person.name, person.email) == ("Ann", "ann@acme.example")
    account = session.execute(select(AccountRow)).scalar_one()
    assert account.domain == "acme.example"
    assert person.account_id == account.id


def test_one_person_twice_in_one_batch_is_one_person(session: Session, now: datetime) -> None:
    batch = [
        lead("1", now, email="ann@acme.example"),
        lead("2", now, email="ann@acme.example", phone="+4930901820"),
        lead("3", now, email="bob@acme.example", phone="+4930901820"),
    ]
    first, second, third = people.resolve(session, batch, now, secret=SECRET)
    assert first.prospect_id == second.prospect_id
    # Bob gave the switchboard's number; his address, not the number, says who he is.
    assert third.prospect_id != first.prospect_id
    assert count(session, ProspectRow) == 2


def test_a_shared_switchboard_does_not_merge_two_known_people(
    session: Session, now: datetime
) -> None:
    people.resolve(
        session, [lead("1", now, email="ann@acme.example", phone="+49301")], now, secret=SECRET
    )
    people.resolve(session, [lead("2", now, email="bob@acme.example")], now, secret=SECRET)
    (bob,) = people.resolve(
        session, [lead("3", now, email="bob@acme.example", phone="+49301")], now, secret=SECRET
    )
    assert session.get_one(ProspectRow, bob.prospect_id).email == "bob@acme.example"
    assert count(session, ProspectRow) == 2


def test_250_addresses_from_8_threads_are_250_people(database: Database, now: datetime) -> None:
    addresses = [f"buyer{n}@company{n % 40}.example" for n in range(250)]

    def arrive(thread: int) -> None:
        order = addresses[thread * 31 :] + addresses[: thread * 31]
        for start in range(0, 250, 25):
            batch = [
                lead(f"{thread}-{each}", now, email=each) for each in order[start : start + 25]
            ]
            perform(
                database,
                lambda session, batch=batch: people.resolve(session, batch, now, secret=SECRET),
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(arrive, range(8)))
    with Session(database.readers) as session:
        assert count(session, ProspectRow) == 250
        assert count(session, IdentityRow) == 250
        assert count(session, AccountRow) == 40


def test_every_column_about_a_person_says_what_erasure_does() -> None:
    assert erasure.unlisted_columns() == []


def test_an_erased_person_leaves_only_hashes_and_cannot_come_back_late(
    session: Session, now: datetime
) -> None:
    submitted = lead("1", now, email="ann@acme.example", name="Ann Äckermann")
    (found,) = people.resolve(session, [submitted], now, secret=SECRET)
    who = ProspectId(found.prospect_id)  # type: ignore[arg-type]
    fact = timeline.Fact(
        prospect_id=who,
        kind=Kind.FORM,
        happened_at=now,
        source="site",
        key="1",
        body={"name": "Ann"},
    )
    timeline.record(session, [fact], now)
    later = now + timedelta(hours=1)
    assert erasure.erase(session, who, later, secret=SECRET)

    person = session.get_one(ProspectRow, who)
    assert (person.name, person.email, person.fields) == (None, None, {})
    assert person.erased_at == later
    assert session.execute(select(ActivityRow.body)).scalar_one() == {}
    assert count(session, IdentityRow) == 0
    (late,) = people.resolve(session, [submitted], later, secret=SECRET)
    assert late.refused == "erased"
    (anew,) = people.resolve(
        session,
        [lead("2", later + timedelta(days=1), email="ann@acme.example")],
        later,
        secret=SECRET,
    )
    assert anew.prospect_id != who
    barred = consents.barred(
        session,
        {ProspectId(anew.prospect_id): "ann@acme.example"},
        "newsletter",
        secret=SECRET,  # type: ignore[arg-type]
    )
    assert list(barred.values()) == ["erased"]
    assert erasure.erase(session, who, later, secret=SECRET), "repeating is safe"
