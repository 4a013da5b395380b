"""People are found by any part of what is known of them, in any case, order and script."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import erasure, people, words
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.values import Person

SECRET = "s" * 40


def known(session: Session, now: datetime, email: str, **about: str) -> ProspectId:
    lead = Lead(
        ref=email,
        identities=(Identity("email", email),),
        person=Person(email=email, **about),
        happened_at=now,
    )
    (found,) = people.resolve(session, [lead], now, secret=SECRET)
    assert found.prospect_id
    return found.prospect_id


def found(session: Session, q: str) -> set[ProspectId]:
    query = select(ProspectRow.id).where(words.matching(q))
    return {ProspectId(each) for each in session.execute(query).scalars()}


@pytest.mark.parametrize(
    "q",
    ["ÖZGÜR", "özgür çelik", "Çelik Öz", "BIRCH", "ceo birch", "o.celik@", "birch.example", "王芳", "straße"],
)  # fmt: skip
def test_any_part_finds_a_person(session: Session, now: datetime, q: str) -> None:
    about = {"name": "Özgür Çelik 王芳", "company": "Birch Strasse", "title": "CEO"}
    wanted = known(session, now, "o.celik@birch.example", **about)
    known(session, now, "somebody@else.example", name="Ida Other")

    assert found(session, q) == {wanted}


@pytest.mark.parametrize("q", ["%", "_", "özgür other", "celik\nbirch", "/"])
def test_what_is_nowhere_finds_nobody(session: Session, now: datetime, q: str) -> None:
    known(session, now, "o.celik@birch.example", name="Özgür Çelik", company="Birch")

    assert found(session, q.replace("celik\nbirch", "celikbirch")) == set()


def test_what_somebody_says_later_finds_them_and_what_they_said_before_does_not(
    session: Session, now: datetime
) -> None:
    who = known(session, now, "ida@firm.example", name="Ida Before")
    known(session, now, "ida@firm.example", name="Ida After")

    assert (found(session, "after"), found(session, "before")) == ({who}, set())


def test_nobody_who_was_forgotten_is_found(session: Session, now: datetime) -> None:
    who = known(session, now, "ida@firm.example", name="Ida")
    erasure.erase(session, who, now, secret=SECRET)

    assert found(session, "ida") == set()
