"""Two people are found to be one, and parted again: nothing is lost, doubled, or mailed against a no."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs import topics
from app.merge import AlreadyOneError, LaterMergeError, NobodyError, merge, undo
from app.pipeline import react
from app.settings import Settings
from nurture.enrollment import EnrollmentState
from nurture.rows import EnrollmentRow, SendRow
from nurture.sending import SendState
from prospects import consents, doubles, groups, merges, people, team, timeline
from prospects.consents import Consent
from prospects.identity import Identity, Lead, of_address
from prospects.ids import MemberId, ProspectId
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.rows import ActivityRow, IdentityRow, ProspectRow
from prospects.table import Base
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import Person
from routing import clocks, offers
from routing.absorb import open_leads
from routing.lives import HandoffState, NoticeKind
from routing.rows import NoticeRow
from tests.nurture.world import World
from tests.routing import office

SECRET = office.SECRET
SAID = Said(by="mia@us.example", why="the same voice on the phone", evidence=["phone"])
DAY = timedelta(days=1)
FLOW = {
    "flow": "considered",
    "enter": {"activity": "form", "again": "never"},
    "steps": [
        {"id": "hello", "mail": {"template": "hello", "topic": "newsletter"}},
        {"id": "pause", "wait": "2d"},
        {"id": "nudge", "mail": {"template": "nudge", "topic": "newsletter"}},
        {"id": "end", "exit": {"reason": "done"}},
    ],
}


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    made = World(session, now)
    made.flow(FLOW)
    return made


def arrive(session: Session, now: datetime, *emails: str, **about: Any) -> list[ProspectId]:
    return office.arrive(session, now, *emails, warm=False, **about)


def place(row: EnrollmentRow) -> tuple[Any, ...]:
    return (row.state, row.reason, row.step, row.visit, row.left_at, row.due_at)


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table but those that say that a merge was made and undone."""
    session.flush()
    session.expire_all()
    left_out = {"merge", "double", "audit", "message", "notice", "first_touch"}
    return {
        table.name: sorted(
            tuple(str(each) for name, each in row._mapping.items() if name != "changed_at")
            for row in session.execute(select(table))
        )
        for table in Base.metadata.sorted_tables
        if table.name not in left_out
    }


def test_both_are_read_as_one_and_what_comes_for_either_comes_for_both(
    session: Session, now: datetime
) -> None:
    ann, other = arrive(session, now, "ann@acme.example", "a.k@acme.example")
    row = merge(session, ann, other, SAID, now)
    assert (row.kept_id, row.prospect_id) == (ann, other)

    (again,) = arrive(session, now + DAY, "a.k@acme.example")
    assert again == other, "it stays the other's, so that parting them again is exact"
    seen = timeline.lock_and_see(session, [other, ann], now + DAY)
    assert [each.prospect_id for each in seen.snapshots] == [ann]
    assert len(seen.snapshots[0].activities) == 3
    found = seen.of(other)
    assert found is not None
    assert found.prospect_id == ann


def test_undoing_restores_every_row_of_every_table(world: World, now: datetime) -> None:
    session = world.session
    office.three_reps(session, now)
    ann, bob = arrive(session, now, "ann@acme.example", "ann@gmail.com")
    session.get_one(ProspectRow, bob).phone = "+4930901820"
    session.get_one(ProspectRow, bob).tags = ["vip"]
    world.react(ann, bob)
    world.react(ann, after=3 * DAY)
    for who in (ann, bob):
        session.get_one(ProspectRow, who).warm = True
    session.flush()
    office.look(session, world.now, ann, bob)
    before = everything(session)

    row = merge(session, ann, bob, SAID, world.now)
    session.expire_all()
    assert session.get_one(ProspectRow, ann).phone == "+4930901820"
    assert everything(session) != before
    undo(session, row.id, "mia@us.example", world.now + timedelta(hours=1))

    assert everything(session) == before


def test_no_flow_runs_twice_and_who_is_further_in_it_goes_on(world: World) -> None:
    session = world.session
    ann, bob = arrive(session, world.now, "ann@acme.example", "bob@acme.example")
    world.react(bob)
    world.react(ann, bob, after=3 * DAY)
    first, second = (world.enrollment(who) for who in (ann, bob))
    assert (first.step, second.state) == ("pause", EnrollmentState.EXITED)
    (cid,) = arrive(session, world.now, "cid@acme.example")
    world.react(cid)
    stood = place(world.enrollment(cid))

    row = merge(session, ann, cid, SAID, world.now)
    session.expire_all()
    ended = world.enrollment(cid)
    assert (ended.state, ended.reason) == (EnrollmentState.EXITED, "merged")
    assert [each.state for each in world.rows(SendRow, cid)] == [SendState.SUPPRESSED]
    world.react(ann, cid, after=5 * DAY)
    assert world.steps_mailed(ann) == ["hello", "nudge"]
    assert world.steps_mailed(cid) == ["hello"], "planned before, and never handed over"

    undo(session, row.id, "mia", world.now)
    session.expire_all()
    assert place(world.enrollment(cid)) == stood
    assert [each.state for each in world.rows(SendRow, cid)] == [SendState.PLANNED]


def test_a_flow_of_only_one_of_them_goes_on_and_lets_the_other_in_no_more(world: World) -> None:
    session = world.session
    ann, bob = (world.somebody(), world.somebody())
    world.happens(bob, "form")
    world.react(bob)
    merge(session, ann, bob, SAID, world.now)
    world.happens(ann, "form")

    world.react(ann, after=3 * DAY)

    assert world.rows(EnrollmentRow, ann) == []
    assert world.steps_mailed(bob) == ["hello", "nudge"]
    assert world.enrollment(bob).reason == "done"


@pytest.mark.parametrize("how", ["withdrawn", "unsubscribed"])
def test_what_either_refused_is_refused_by_both(session: Session, now: datetime, how: str) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    yes = said(ann, True, now, "1")
    consents.record(session, [yes], now)
    if how == "withdrawn":
        consents.record(session, [said(bob, False, now - DAY, "2")], now)
    else:
        digest = consents.address_digest(SECRET, "bob@acme.example")
        consents.suppress(session, [digest], now, reason=how, topic="newsletter")
    assert barred(session, ann) == {}

    row = merge(session, ann, bob, SAID, now)
    assert barred(session, ann) == {ann: how}
    undo(session, row.id, "mia", now)
    assert barred(session, ann) == {}


def test_a_yes_after_the_merge_counts_for_both_and_an_older_one_does_not(
    session: Session, now: datetime
) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    consents.record(session, [said(bob, False, now - DAY, "1")], now)
    consents.record(session, [said(ann, True, now - timedelta(hours=1), "2")], now)
    merge(session, ann, bob, SAID, now)
    assert barred(session, ann) == {ann: "withdrawn"}

    consents.record(session, [said(ann, True, now + DAY, "3")], now + DAY)
    assert barred(session, ann) == {}


def test_an_address_that_bounced_says_nothing_against_the_other(
    session: Session, now: datetime
) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@gone.example")
    digest = consents.address_digest(SECRET, "bob@gone.example")
    consents.suppress(session, [digest], now, reason="bounced")
    merge(session, ann, bob, SAID, now)
    assert barred(session, ann) == {}


def test_of_two_open_leads_the_further_one_goes_on_and_its_person_stands_for_both(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    ann, bob = office.arrive(session, now, "ann@acme.example", "bob@gmail.com")
    office.look(session, now, ann, bob)
    theirs = office.handoff(session, bob)
    rep = team.member(session, MemberId(theirs.rep_id))
    assert rep is not None
    offers.accept(session, office.ref(theirs), rep, now)

    row = merge(session, ann, bob, SAID, now)
    assert row.kept_id == bob
    session.expire_all()
    assert office.handoff(session, ann).state == HandoffState.RECYCLED
    assert office.handoff(session, bob).state == HandoffState.ACCEPTED
    told = select(NoticeRow.prospect_id).where(NoticeRow.kind == NoticeKind.PASSED_ON)
    assert list(session.execute(told).scalars()) == [ann], "whoever had it"

    assert not undo(session, row.id, "mia", now).left
    session.expire_all()
    hers = office.handoff(session, ann)
    assert hers.state == HandoffState.OFFERED
    hers.state = HandoffState.LOST
    session.flush()
    assert set(open_leads(session, [ann, bob])) == {bob}, "of a closed lead nothing changes"


def test_erasing_either_of_them_erases_both(session: Session, now: datetime, tmp_path: Any) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    merge(session, ann, bob, SAID, now)

    settings = Settings(secret_key=SECRET, data=tmp_path, database_url="")
    topics.erase(session, [str(bob)], now, settings)

    session.expire_all()
    for who in (ann, bob):
        row = session.get_one(ProspectRow, who)
        assert (row.email, row.name, row.erased_at) == (None, None, now)
    assert session.execute(select(IdentityRow)).first() is None
    late = [
        Lead(ref=each, identities=(Identity("email", each),), person=Person(), happened_at=now)
        for each in ("ann@acme.example", "bob@acme.example")
    ]
    found = people.resolve(session, late, now, secret=SECRET)
    assert [each.refused for each in found] == ["erased", "erased"]


def test_the_latest_merge_is_undone_first_and_undoing_twice_is_undoing_once(
    session: Session, now: datetime
) -> None:
    ann, bob, cid = arrive(session, now, *(f"{who}@acme.example" for who in ("ann", "bob", "cid")))
    first = merge(session, bob, cid, SAID, now)
    second = merge(session, ann, cid, SAID, now)
    assert groups.whole(session, cid) == [ann, bob, cid]
    with pytest.raises(LaterMergeError):
        undo(session, first.id, "mia", now)
    with pytest.raises(AlreadyOneError):
        merge(session, bob, cid, SAID, now)

    undo(session, second.id, "mia", now)
    undo(session, second.id, "mia", now)
    assert groups.whole(session, cid) == [bob, cid]
    undo(session, first.id, "mia", now)
    assert groups.whole(session, cid) == [cid]


def test_nobody_can_be_merged_with_somebody_who_was_forgotten(
    session: Session, now: datetime
) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    session.get_one(ProspectRow, bob).erased_at = now
    session.flush()
    with pytest.raises(NobodyError):
        merge(session, ann, bob, SAID, now)
    with pytest.raises(NobodyError):
        undo(session, UUID(int=7), "mia", now)


def test_a_look_at_the_absorbed_one_is_a_look_at_who_stands_for_them(
    session: Session, now: datetime
) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    merge(session, ann, bob, SAID, now)
    assert react(session, [bob], now) == []
    session.expire_all()
    assert session.get_one(ProspectRow, ann).grade is not None
    assert session.get_one(ProspectRow, bob).grade is None
    fact = Fact(prospect_id=bob, kind=Kind.CLICK, happened_at=now, source="m", key="c")
    timeline.record(session, [fact], now)
    held = session.execute(select(ActivityRow.prospect_id).where(ActivityRow.key == "c"))
    assert held.scalar_one() == bob


def said(who: ProspectId, given: bool, at: datetime, key: str) -> Consent:
    return Consent(
        prospect_id=who, topic="newsletter", given=given, text=None, at=at, source="t", key=key
    )


def barred(session: Session, who: ProspectId) -> dict[ProspectId, str]:
    return consents.barred(session, {who: "ann@acme.example"}, "newsletter", secret=SECRET)


def test_one_lead_that_names_two_people_joins_them_by_itself(
    session: Session, now: datetime
) -> None:
    email, profile = Identity("email", "ann@acme.example"), Identity("linkedin_url", "in/ann")
    ann, other = come(session, now, (email,), (profile,))
    come(session, now, (email, profile))
    assert promised(session, Topic.JOIN) == [f"{ann}/{other}"]

    topics.join(session, promised(session, Topic.JOIN), now, SETTINGS)
    (row,) = merges.standing(session, ann)
    assert (row.by, row.evidence) == ("warmline", ["one_lead"])

    undo(session, row.id, "mia", now)
    come(session, now, (email, profile))
    topics.join(session, [f"{ann}/{other}"], now, SETTINGS)
    assert merges.standing(session, ann) == [], "whom a person has parted stays apart"


@pytest.mark.parametrize("kind", ["phone", "click", "namesake"])
def test_what_several_people_share_never_joins_them(
    session: Session, now: datetime, kind: str
) -> None:
    shared = Identity(kind, "the same")
    ann = come(session, now, (Identity("email", "ann@acme.example"),), hint=shared)
    bob = come(session, now, (Identity("email", "bob@acme.example"),), hint=shared)
    assert ann != bob
    assert promised(session, Topic.JOIN) == []
    waiting = doubles.waiting(session, 10)
    assert len(waiting) == (kind == "namesake"), "the names differ"


def test_people_of_a_shared_mailbox_are_told_apart_by_their_names(
    session: Session, now: datetime
) -> None:
    names = ("Ann Okoye", "Bob Stone", "ann okoye", None, None)
    boxes = [(of_address("info@acme.example", name),) for name in names]
    ann, bob, again, nobody, same = come(session, now, *boxes)
    assert ann == again
    assert nobody == same
    assert len({ann, bob, nobody}) == 3
    found = session.execute(groups.at_address("info@acme.example")).scalars()
    assert set(found) == {ann, bob, nobody}


SETTINGS = Settings(secret_key=SECRET, data=Path(), database_url="")


def come(
    session: Session,
    now: datetime,
    *known: tuple[Identity, ...],
    hint: Identity | None = None,
) -> list[ProspectId]:
    leads = [
        Lead(
            ref=str(n),
            identities=each if hint is None or hint.kind != "phone" else (*each, hint),
            hints=(hint,) if hint and hint.kind != "phone" else (),
            person=Person(name=each[0].key.title()),
            happened_at=now,
        )
        for n, each in enumerate(known)
    ]
    found = people.resolve(session, leads, now, secret=SECRET)
    return [each.prospect_id for each in found if each.prospect_id]


def promised(session: Session, topic: Topic) -> list[str]:
    query = select(MessageRow.ref).where(MessageRow.topic == topic).distinct()
    return list(session.execute(query).scalars())


def test_of_two_leads_nobody_could_have_one_waits_on_and_the_other_comes_back_with_its_person(
    session: Session, now: datetime
) -> None:
    ann, bob = office.arrive(session, now, "ann@acme.example", "bob@gmail.com")
    office.look(session, now, ann, bob)
    row = merge(session, ann, bob, SAID, now)
    office.three_reps(session, now)
    leads = [office.ref(office.handoff(session, each)) for each in (ann, bob)]
    clocks.tick(session, [str(each) for each in leads], now)
    states = [office.handoff(session, each).state for each in (ann, bob)]
    assert states == [HandoffState.OFFERED, HandoffState.HELD], (
        "nobody is given the same person twice"
    )

    undo(session, row.id, "mia", now)
    clocks.tick(session, [str(leads[1])], now)
    assert office.handoff(session, bob).state == HandoffState.OFFERED
