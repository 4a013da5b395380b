"""A snapshot of the past holds what was known then: no later act, no later word, no later merge."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from prospects import erasure, formerly, merges, people, timeline
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.noted import Noted, write_down
from prospects.past import snapshots_at
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import Active, Person, Snapshot

SECRET = "a secret for tests"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def meet(session: Session, at: datetime, name: str, **said: Any) -> ProspectId:
    """A lead by `name`@acme.example; `account_fields` and `fields` go where they belong."""
    email = f"{name}@acme.example"
    account = said.pop("account_fields", {})
    lead = Lead(
        ref=name,
        identities=(Identity("email", email),),
        person=Person(email=email, **said),
        happened_at=at,
        domain="acme.example",
        account_fields=account,
        source="site",
    )
    (found,) = people.resolve(session, [lead], at, secret=SECRET)
    assert found.prospect_id
    return found.prospect_id


def did(
    session: Session, who: ProspectId, at: datetime, *, learned: datetime | None = None
) -> None:
    fact = Fact(prospect_id=who, kind=Kind.FORM, happened_at=at, source="site", key=f"{at}")
    timeline.record(session, [fact], learned or at)


def seen(session: Session, who: ProspectId, at: datetime) -> Snapshot:
    session.expire_all()
    return snapshots_at(session, [(who, at)])[who, at]


def test_only_what_had_happened_and_was_known_counts(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann")
    did(session, ann, now)
    did(session, ann, now + HOUR, learned=now + 3 * DAY)
    did(session, ann, now + 2 * DAY)

    assert [len(seen(session, ann, now + n * DAY).activities) for n in range(4)] == [1, 1, 2, 3]
    assert snapshots_at(session, [(ann, now - DAY)]) == {}
    # Asked about several instants at once, each is seen by itself.
    together = snapshots_at(session, [(ann, now + n * DAY) for n in range(4)])
    assert [len(each.activities) for each in together.values()] == [1, 1, 2, 3]


def test_people_are_seen_as_they_were_described_then(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann", title="Buyer", fields={"budget": 5})
    meet(session, now + DAY, "ann", title="Buyer")
    meet(session, now + 2 * DAY, "ann", title="CEO", country="DE", fields={"deal": "won"})

    first, second, third = (seen(session, ann, now + n * DAY).person for n in range(3))
    assert first == second == Person(email="ann@acme.example", title="Buyer", fields={"budget": 5})
    assert (third.title, third.country, third.fields) == ("CEO", "DE", {"budget": 5, "deal": "won"})
    # One row for the lead that told something new, none for the others.
    assert len(formerly.of(session, [ann])[ann]) == 1


def test_what_a_flow_set_is_not_known_before(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann", fields={"budget": 5})
    noted = Noted(ann, {"budget": 5, "hot": True}, (), 1)
    write_down(session, [noted], now + DAY)

    assert seen(session, ann, now).person.fields == {"budget": 5}
    assert seen(session, ann, now + DAY).person.fields == {"budget": 5, "hot": True}


def test_of_a_company_is_known_what_was_told_by_then(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann", account_fields={"employees": 80})
    meet(session, now + DAY, "bob", account_fields={"industry": "Steel"})

    fields = [seen(session, ann, now + n * DAY).company for n in range(2)]
    assert [each.fields for each in fields if each] == [
        {"employees": 80},
        {"employees": 80, "industry": "Steel"},
    ]
    # The same source says something else later: whoever said it first is believed, now and then.
    meet(session, now + 2 * DAY, "ann", account_fields={"employees": 90})
    company = seen(session, ann, now).company
    assert company
    assert company.fields == {"employees": 80}


def test_who_was_active_at_the_company_is_told_as_of_then(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann", title="CEO")
    bob = meet(session, now, "bob", title="Head of IT")
    did(session, ann, now)
    did(session, bob, now + DAY)

    active = [seen(session, ann, now + n * DAY).company for n in (0, 1, 31, 90)]
    assert [each.active for each in active if each] == [
        *(Active(1, 1), Active(2, 2), Active(0, 0), Active(0, 0)),
    ]


def test_who_was_one_with_whom_is_seen_as_it_stood(session: Session, now: datetime) -> None:
    ann, other = meet(session, now, "ann"), meet(session, now, "a.n", title="CEO")
    did(session, ann, now)
    did(session, other, now)
    rows = [session.get_one(ProspectRow, each) for each in (ann, other)]
    merge = merges.link(session, *rows, Said(by="mia"), now + DAY)
    session.flush()

    assert len(seen(session, ann, now).activities) == 1
    assert seen(session, ann, now).person.title is None
    together = seen(session, ann, now + DAY)
    assert (len(together.activities), together.person.title) == (2, "CEO")
    assert seen(session, other, now + DAY).prospect_id == ann
    assert seen(session, other, now).prospect_id == other

    merges.unlink(session, merge, "mia", now + 2 * DAY)
    session.flush()
    assert len(seen(session, ann, now + DAY).activities) == 2
    assert len(seen(session, ann, now + 2 * DAY).activities) == 1
    # Nothing of the other stays with whom they were parted from.
    assert formerly.of(session, [ann])[ann] == []


def test_of_the_forgotten_nothing_is_seen(session: Session, now: datetime) -> None:
    ann = meet(session, now, "ann", title="CEO")
    meet(session, now + DAY, "ann", title="Buyer")
    erasure.erase(session, ann, now + 2 * DAY, secret=SECRET)

    assert snapshots_at(session, [(ann, now)]) == {}
    assert not formerly.of(session, [ann])


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    told: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        told.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield told
    event.remove(engine, "before_cursor_execute", note)


def test_many_people_are_seen_by_few_queries(session: Session, now: datetime) -> None:
    some = [meet(session, now, f"p{n}") for n in range(30)]
    for who in some:
        did(session, who, now)
    session.flush()
    session.expire_all()
    with counted(session) as told:
        found = snapshots_at(session, [(who, now + n * DAY) for who in some for n in range(3)])

    assert len(found) == 90
    # Stages and own words for titles are each read once, and then kept.
    assert len(told) <= 15
