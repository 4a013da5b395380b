"""What the desk is asked for is taken by one, written once, or given back with the reason; the asker is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import erasure
from prospects.faults import FaultyError
from prospects.ids import HandoffId, ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow
from routing import forget, write_up_acts, write_ups
from routing.interventions import Order, to_desk
from routing.lives import NoticeKind
from routing.refusals import (
    AlreadyAskedError,
    MovedOnError,
    NoDeskError,
    NotYoursError,
    TakenError,
)
from routing.rows import HandoffRow, NoticeRow
from routing.undoing import undo
from routing.write_up_life import Found, WriteUpRef, WriteUpState, Written
from routing.write_up_rows import WriteUpRow
from routing.write_ups import Wanted
from tests.routing.customers import DAY, checked, named
from tests.routing.office import SECRET, arrive, look, ref, staff, three_reps, who


@pytest.fixture
def lead(session: Session, now: datetime) -> HandoffRow:
    """Its rep promised the security paper by tomorrow; max manages, dana and dov are on the desk."""
    three_reps(session, now)
    for name in ("dana", "dov"):
        staff(session, now, {"name": name, "roles": ["desk"]})
    return checked(session, now)


def order(session: Session, now: datetime, **changes: object) -> Order:
    told = Order(
        by="Max", reason="help ann", now=now, batch=uuid4(), member_id=who(session, "max").id
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def asked(session: Session, lead: HandoffRow, now: datetime) -> WriteUpRow:
    """The one write-up of a lead that was given to the desk."""
    assert to_desk(session, ref(lead), order(session, now))
    return session.execute(select(WriteUpRow)).scalar_one()


def name_of(row: WriteUpRow) -> WriteUpRef:
    return WriteUpRef(ProspectId(row.prospect_id), row.id)


def wrote(now: datetime) -> Written:
    fact = Found("They have 40 plants", "https://firm.example/about", now.date())
    return Written("The paper, with their logo.", [fact])


def told(session: Session, kind: NoticeKind) -> set[str | None]:
    rows = session.execute(select(NoticeRow.member_id).where(NoticeRow.kind == kind)).scalars()
    return {named(session, each) for each in rows}


def test_what_is_promised_and_late_goes_to_the_desk_once(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    late = now + 2 * DAY
    row = asked(session, lead, late)
    assert (row.what, row.note, row.state) == ("the security paper", "help ann", "asked")
    assert row.due_at
    assert row.due_at > late
    with pytest.raises(AlreadyAskedError):
        to_desk(session, ref(lead), order(session, late))


def test_of_two_who_take_it_at_once_one_has_it(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    row = asked(session, lead, now)
    dana, dov = who(session, "dana"), who(session, "dov")
    assert write_ups.take(session, name_of(row), dana, now)
    assert not write_ups.take(session, name_of(row), dana, now)
    with pytest.raises(TakenError):
        write_ups.take(session, name_of(row), dov, now)
    with pytest.raises(TakenError):
        write_up_acts.write(session, name_of(row), dov, wrote(now), today=now.date(), now=now)
    assert write_ups.put_back(session, name_of(row), now)
    assert write_ups.take(session, name_of(row), dov, now)


def test_what_is_written_is_kept_with_its_facts_and_both_are_told(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    brief = dict(lead.brief)
    row = asked(session, lead, now)
    dana = who(session, "dana")
    write_ups.take(session, name_of(row), dana, now)
    today = now.date()
    assert write_up_acts.write(session, name_of(row), dana, wrote(now), today=today, now=now)
    assert not write_up_acts.write(session, name_of(row), dana, wrote(now), today=today, now=now)
    (row,) = write_ups.of_lead(session, ref(lead))
    assert (row.state, row.text) == ("written", "The paper, with their logo.")
    fact = {"what": "They have 40 plants", "source": "https://firm.example/about"}
    assert row.facts == [{**fact, "on": today.isoformat()}]
    assert told(session, NoticeKind.WRITTEN) == {"max", named(session, lead.rep_id)}
    kinds = session.execute(select(ActivityRow.kind).order_by(ActivityRow.id)).scalars().all()
    assert kinds[-1] == Kind.WRITTEN_UP
    session.refresh(lead)
    assert lead.brief == brief


def test_what_cannot_be_written_is_given_back_and_may_be_asked_again(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    row = asked(session, lead, now)
    dana = who(session, "dana")
    write_ups.take(session, name_of(row), dana, now)
    with pytest.raises(FaultyError, match="missing"):
        write_up_acts.give_back(session, name_of(row), dana, " ", now)
    assert write_up_acts.give_back(session, name_of(row), dana, "no such paper", now)
    assert not write_up_acts.give_back(session, name_of(row), dana, "no such paper", now)
    assert told(session, NoticeKind.GIVEN_BACK) == {"max", named(session, lead.rep_id)}
    assert to_desk(session, ref(lead), order(session, now))
    assert [each.n for each in write_ups.of_lead(session, ref(lead))] == [2, 1]


def test_without_anything_promised_the_reason_is_what_is_wanted(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    from routing import promises
    from routing.finding_rows import PromiseRow

    (promise,) = session.execute(select(PromiseRow.id)).scalars()
    rep = who(session, named(session, lead.rep_id) or "")
    promises.keep(session, ref(lead), promise, rep, now)
    row = asked(session, lead, now)
    assert (row.what, row.promise_id) == ("help ann", None)


def test_a_rep_asks_what_is_missing_and_the_same_form_twice_is_once(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    rep = who(session, named(session, lead.rep_id) or "")
    once = UUID(int=7)
    wanted = Wanted(
        prospect_id=ref(lead).prospect_id, handoff_id=ref(lead).handoff_id,
        what="who signs there?", once=once, batch=once,
    )  # fmt: skip
    assert write_ups.ask(session, wanted, rep, now)
    assert not write_ups.ask(session, wanted, rep, now)
    with pytest.raises(FaultyError):
        write_ups.ask(session, replace(wanted, what=" ", once=uuid4()), rep, now)
    assert session.execute(select(func.count()).select_from(WriteUpRow)).scalar_one() == 1


def test_the_engine_may_ask_about_somebody_without_a_lead(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    once = uuid4()
    wanted = Wanted(prospect_id=ref(lead).prospect_id, what="verify", once=once, batch=once)
    assert write_ups.ask(session, wanted, None, now)
    dana, name = who(session, "dana"), WriteUpRef(ref(lead).prospect_id, once)
    write_ups.take(session, name, dana, now)
    write_up_acts.write(session, name, dana, wrote(now), today=now.date(), now=now)
    assert told(session, NoticeKind.WRITTEN) == set()


def test_with_nobody_on_the_desk_it_says_so(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    for name in ("dana", "dov"):
        staff(session, now, {"name": name, "roles": ["desk"], "active": False})
    with pytest.raises(NoDeskError):
        to_desk(session, ref(lead), order(session, now))


def test_the_asking_can_be_undone_until_somebody_takes_it(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    first = order(session, now)
    to_desk(session, ref(lead), first)
    assert undo(session, ref(lead), first.batch, by="Max", now=now)
    assert write_ups.of_lead(session, ref(lead)) == []
    assert lead.state == "checked"
    second = order(session, now)
    to_desk(session, ref(lead), second)
    (row,) = write_ups.of_lead(session, ref(lead))
    write_ups.take(session, name_of(row), who(session, "dana"), now)
    with pytest.raises(MovedOnError):
        undo(session, ref(lead), second.batch, by="Max", now=now)


def test_a_forgotten_buyer_s_write_up_is_dropped(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    row = asked(session, lead, now)
    forget.forget(session, ProspectId(row.prospect_id), now)
    with pytest.raises(NotYoursError):
        write_ups.put_back(session, name_of(row), now)
    session.refresh(row)
    assert row.state == WriteUpState.DROPPED


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"what": " "}, "facts.0.what"),
        ({"source": ""}, "facts.0.source"),
        ({"on": None}, "facts.0.on"),
        ({"on": "tomorrow"}, "facts.0.on"),
        ({"what": "x" * 301}, "facts.0.what"),
    ],
)
def test_a_fact_has_a_source_and_a_day(
    session: Session, lead: HandoffRow, now: datetime, changed: dict[str, object], place: str
) -> None:
    row = asked(session, lead, now)
    dana = who(session, "dana")
    write_ups.take(session, name_of(row), dana, now)
    tomorrow = now.date() + timedelta(days=1)
    given = {name: tomorrow if value == "tomorrow" else value for name, value in changed.items()}
    fact = replace(wrote(now).facts[0], **given)  # type: ignore[arg-type]
    with pytest.raises(FaultyError) as refused:
        write_up_acts.write(
            session, name_of(row), dana, Written("x", [fact]), today=now.date(), now=now
        )
    assert [each.place for each in refused.value.faults] == [place]
    with pytest.raises(FaultyError, match="nothing is written"):
        write_up_acts.write(session, name_of(row), dana, Written(" "), today=now.date(), now=now)


def test_nobody_asks_about_somebody_forgotten(
    session: Session, lead: HandoffRow, now: datetime
) -> None:
    gone, ann = ProspectId(lead.prospect_id), who(session, "ann")
    wanted = Wanted(
        prospect_id=gone,
        handoff_id=HandoffId(lead.id),
        what="where Bea works",
        once=uuid4(),
        batch=uuid4(),
    )
    erasure.erase(session, gone, now, secret=SECRET)
    with pytest.raises(NotYoursError):
        write_ups.ask(session, wanted, ann, now)


def test_what_nobody_could_find_out_of_the_first_leads_of_a_day_goes_to_the_desk_by_itself(
    session: Session, now: datetime
) -> None:
    three_reps(session, now, desk={"research_per_day": 2})
    opened(session, now, "a", "b")
    assert questions(session) == [], "nobody is on the desk"
    staff(session, now, {"name": "dana", "roles": ["desk"]})
    opened(session, now, "c")
    opened(session, now + timedelta(hours=1), "d", "e", "f")
    assert len(questions(session)) == 2, "no more a day"
    opened(session, now + 2 * DAY, "g")
    (*_, last) = questions(session)
    assert last.what == "What is their role? In which country are they? How many people work there?"
    assert (last.asked_by, last.state, last.handoff_id is None) == (None, "asked", False)
    assert last.due_at
    assert last.due_at > now + 2 * DAY


def opened(session: Session, now: datetime, *names: str) -> None:
    look(session, now, *arrive(session, now, *(f"{each}@{each}.example" for each in names)))


def questions(session: Session) -> list[WriteUpRow]:
    return list(session.execute(select(WriteUpRow).order_by(WriteUpRow.id)).scalars())
