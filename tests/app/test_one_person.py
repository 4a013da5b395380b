"""Whatever comes in, is merged, parted, taken back and forgotten: one person per identity, and no refusal lost."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select

from app.jobs import topics
from app.merge import LaterMergeError, MergeError, merge, undo
from app.pipeline import react
from nurture import flows, sends, settling, switches
from nurture.enrollment import OVER
from nurture.rows import EnrollmentRow, SendRow
from nurture.sending import Letter, Letterhead, SendRef, SendState, Sent
from nurture.templates import read_mail
from prospects import configuration, groups, merges
from prospects.ids import CaptureId, DeliveryId, ProspectId, SendId, new_id
from prospects.kinds import Kind
from prospects.merge_rows import MergeRow
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.rows import ActivityRow, ConsentRow, IdentityRow, ProspectRow
from prospects.store import table_of
from prospects.table import Base
from prospects.topics import Topic
from tests.support.stores import SqliteStores
from tests.support.worlds import MOMENT, SECRET, World, run
from webhooks import keys
from webhooks.adapter import About, Agreement, Item, Read, Withdrawn
from webhooks.decide import Capture, decide
from webhooks.fates import Fate
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState

TOPIC = "newsletter"
HEAD = Letterhead(secret=SECRET, base_url="https://w.example", mail_from="Us <us@us.example>")
FLOW = {
    "flow": "f",
    "enter": {"activity": "form", "again": "never"},
    "steps": [
        {"id": "hello", "mail": {"template": "hello", "topic": TOPIC}},
        {"id": "pause", "wait": "3h"},
        {"id": "nudge", "mail": {"template": "hello", "topic": TOPIC}},
    ],
}
HELLO = "---\nsubject: Hello\nfrom: Us <us@us.example>\n---\n<p>Hi</p>"
EMAILS = ("ann@acme.example", "bob@acme.example", "info@acme.example")
NAMES = ("Ann Okoye", "Bob Stone", None)
NOT_COMPARED = {"merge", "double", "audit", "message", "first_touch"}


@dataclass
class Came:
    """A lead as it came, and whose it was."""

    ref: str
    about: About
    at: datetime
    says: bool | None
    who: ProspectId
    taken_back: bool = False


class People(World):
    """A small world of few addresses, so that leads meet again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[Came] = []
        self.said: defaultdict[ProspectId, list[tuple[datetime, bool]]] = defaultdict(list)
        self.gone: set[ProspectId] = set()
        configuration.write(self.session, "flow", "f", FLOW, self.now, by="test")
        configuration.write(self.session, "mail", "hello", read_mail(HELLO), self.now, by="test")
        flows.publish(self.session, "f", FLOW, self.now)
        switches.go_live(self.session, self.now, by="test")
        self.now += MOMENT

    @rule(
        email=st.sampled_from([*EMAILS, None]),
        profile=st.sampled_from([None, "ann", "bob"]),
        phone=st.sampled_from([None, "+4930901820"]),
        member=st.sampled_from([None, None, "m1"]),
        name=st.sampled_from(NAMES),
        says=st.sampled_from([None, True, False]),
    )
    def a_lead_comes(self, says: bool | None, **who: Any) -> None:
        fields = {"linkedin_url": f"linkedin.com/in/{who['profile']}"} if who["profile"] else {}
        ids = {"linkedin": who["member"]} if who["member"] else {}
        about = About(
            email=who["email"], phone=who["phone"], name=who["name"], ids=ids, fields=fields
        )
        self._take(f"lead-{len(self.came)}", about, self.now, says)

    @precondition(lambda self: self.came)
    @rule(data=st.data())
    def a_lead_comes_again(self, data: st.DataObject) -> None:
        lead = data.draw(st.sampled_from(self.came))
        before = self._count(ActivityRow), self._count(ConsentRow)
        fate = self._bring(lead.ref, _read(lead.ref, lead.about, lead.at, lead.says))
        assert fate.state is not CaptureState.READ
        assert (self._count(ActivityRow), self._count(ConsentRow)) == before

    @precondition(lambda self: len(self._people()) > 1)
    @rule(data=st.data())
    def two_are_merged(self, data: st.DataObject) -> None:
        one, other = self._two(data)
        try:
            merge(self.session, one, other, Said(by="mia"), self.now)
        except MergeError:
            assert self._head(one) == self._head(other)
        self.now += MOMENT

    @precondition(lambda self: len(self._people()) > 1)
    @rule(data=st.data())
    def two_are_merged_and_parted_at_once(self, data: st.DataObject) -> None:
        one, other = self._two(data)
        before = self._everything()
        try:
            row = merge(self.session, one, other, Said(by="mia"), self.now)
        except MergeError:
            return
        undo(self.session, row.id, "mia", self.now)
        assert self._everything() == before
        self.now += MOMENT

    @precondition(lambda self: self._standing())
    @rule(data=st.data())
    def a_merge_is_undone(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self._standing()))
        try:
            undo(self.session, row.id, "mia", self.now)
        except LaterMergeError:
            assert len(merges.standing(self.session, ProspectId(row.kept_id))) > 1
        else:
            assert self._head(ProspectId(row.prospect_id)) == row.prospect_id
        self.now += MOMENT

    @rule()
    def whom_a_lead_named_together_are_joined(self) -> None:
        refs = self.session.execute(
            select(MessageRow.ref).where(MessageRow.topic == Topic.JOIN)
        ).scalars()
        topics.join(self.session, list(refs), self.now, self.settings)
        self.now += MOMENT

    @precondition(lambda self: self.came)
    @rule(data=st.data())
    def a_lead_is_taken_back(self, data: st.DataObject) -> None:
        lead = data.draw(st.sampled_from(self.came))
        self._bring(f"{lead.ref}-gone", Withdrawn("lead", lead.ref, lead.ref, "linkedin"))
        asked = select(MessageRow.ref).where(MessageRow.topic == Topic.ERASE)
        for ref in set(self.session.execute(asked).scalars()):
            self._erase(ProspectId(UUID(ref)))
        if lead.says and not lead.taken_back and lead.who not in self.gone:
            self.said[lead.who].append((self.now, False))
        lead.taken_back = True
        self.now += MOMENT

    @precondition(lambda self: self._people())
    @rule(data=st.data())
    def somebody_is_forgotten(self, data: st.DataObject) -> None:
        self._erase(data.draw(st.sampled_from(self._people())))
        self.now += MOMENT

    @rule()
    def everybody_is_looked_at_and_mailed(self) -> None:
        react(self.session, self._people(), self.now)
        planned = select(SendRow).where(SendRow.state == SendState.PLANNED)
        for row in self.session.execute(planned).scalars().all():
            ref = SendRef(ProspectId(row.prospect_id), SendId(row.id))
            letter = sends.hand_over(self.session, ref, self.now, HEAD)
            if isinstance(letter, Letter):
                assert not self._refuses(ref.prospect_id), "mailed against a no"
                settling.settle(self.session, letter, None, Sent("outbox", ""), self.now)
            self.session.flush()
        self.now += timedelta(hours=2)

    @invariant()
    def each_identity_is_one_persons(self) -> None:
        for row in self.session.execute(select(IdentityRow)).scalars():
            person = self.session.get_one(ProspectRow, row.prospect_id)
            assert person.erased_at is None
            if person.absorbed_by is not None:
                head = self.session.get_one(ProspectRow, person.absorbed_by)
                assert head.absorbed_by is None, "a group has one head"

    @invariant()
    def nobody_is_in_a_flow_twice_and_no_step_is_mailed_twice_while_one(self) -> None:
        running = select(EnrollmentRow.prospect_id).where(EnrollmentRow.state.not_in(OVER))
        heads = [self._head(each) for each in self.session.execute(running).scalars()]
        assert len(heads) == len(set(heads))
        twice = select(SendRow.enrollment_id, SendRow.step, SendRow.visit)
        keys_ = self.session.execute(twice).all()
        assert len(keys_) == len(set(keys_))

    @invariant()
    def no_statement_is_lost(self) -> None:
        for who, statements in self.said.items():
            rows = select(ConsentRow.at, ConsentRow.given).where(ConsentRow.prospect_id == who)
            kept = {tuple(row) for row in self.session.execute(rows)}
            # A lead that is taken back after its person was forgotten says no once more.
            assert set(statements) <= kept if who in self.gone else set(statements) == kept

    @invariant()
    def of_the_forgotten_nothing_is_left(self) -> None:
        for who in self.gone:
            row = self.session.get_one(ProspectRow, who)
            assert (row.email, row.phone, row.name, row.fields) == (None, None, None, {})
            left = select(ActivityRow.body).where(ActivityRow.prospect_id == who)
            assert not any(self.session.execute(left).scalars())
        filled = select(MergeRow).where(MergeRow.kept_id.in_(self.gone))
        assert not any(row.filled for row in self.session.execute(filled).scalars())

    def _take(self, ref: str, about: About, at: datetime, says: bool | None) -> None:
        fate = self._bring(ref, _read(ref, about, at, says))
        if fate.prospect_id is not None:
            self.came.append(Came(ref, about, at, says, fate.prospect_id))
            if says is not None:
                self.said[fate.prospect_id].append((at, says))
        self.now += MOMENT

    def _bring(self, ref: str, item: Item) -> Fate:
        which, delivery = CaptureId(new_id(self.now)), DeliveryId(new_id(self.now))
        space = "lead/withdrawn" if isinstance(item, Withdrawn) else "lead"
        key = keys.key_of(
            "api", space, item.ref if isinstance(item, Withdrawn) else ref, secret=SECRET
        )
        capture = Capture(id=which, delivery_id=delivery, n=0, source="api", item=item, key=key)
        row = DeliveryRow(id=delivery, source="api", received_at=self.now, size=1, headers={})
        row.state = DeliveryState.INGESTED
        self.session.add(row)
        self.session.flush()
        fate = decide(self.session, [capture], self.now, secret=SECRET)[which]
        found = {"state": fate.state, "reason": fate.reason, "prospect_id": fate.prospect_id}
        self.session.add(
            CaptureRow(id=which, delivery_id=delivery, n=0, source="api", space="lead", **found)
        )
        self.session.flush()
        self.session.expire_all()
        return fate

    def _erase(self, who: ProspectId) -> None:
        group = groups.whole(self.session, who)
        topics.erase(self.session, [str(who)], self.now, self.settings)
        self.session.expire_all()
        self.gone |= set(group)

    def _refuses(self, who: ProspectId) -> bool:
        """By the book: the last word of any of them is no, and none said yes since, being one."""
        group = groups.whole(self.session, who)
        stands = [row.at for row in merges.standing(self.session, who)]
        joined = max(stands, default=None)
        for each in group:
            last = sorted(self.said[each])[-1:]
            if last and not last[0][1]:
                later = [
                    at
                    for other in group
                    for at, given in self.said[other]
                    if given and joined is not None and at > max(joined, last[0][0])
                ]
                if not later:
                    return True
        return False

    def _people(self) -> list[ProspectId]:
        query = select(ProspectRow.id).where(ProspectRow.erased_at.is_(None))
        return [
            ProspectId(each)
            for each in self.session.execute(query.order_by(ProspectRow.id)).scalars()
        ]

    def _two(self, data: st.DataObject) -> tuple[ProspectId, ProspectId]:
        people = st.sampled_from(self._people())
        return data.draw(people), data.draw(people)

    def _standing(self) -> list[MergeRow]:
        query = select(MergeRow).join(ProspectRow, ProspectRow.id == MergeRow.kept_id)
        query = query.where(MergeRow.undone_at.is_(None), ProspectRow.erased_at.is_(None))
        return list(self.session.execute(query.order_by(MergeRow.id)).scalars())

    def _head(self, who: UUID) -> ProspectId:
        return groups.head_of(self.session, ProspectId(who))

    def _count(self, row: type[Base]) -> int:
        return self.session.execute(select(func.count()).select_from(table_of(row))).scalar_one()

    def _everything(self) -> dict[str, list[Any]]:
        self.session.flush()
        self.session.expire_all()
        return {
            table.name: sorted(
                tuple(str(each) for name, each in row._mapping.items() if name != "changed_at")
                for row in self.session.execute(select(table))
            )
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_COMPARED
        }


def _read(ref: str, about: About, at: datetime, says: bool | None) -> Read:
    said = () if says is None else (Agreement(TOPIC, says, "as shown", at),)
    return Read(
        space="lead",
        key=ref,
        label=ref,
        about=about,
        kind=Kind.FORM,
        happened_at=at,
        body={"form": "demo"},
        agreements=said,
    )


def test_one_person_per_identity_and_no_refusal_lost(
    sqlite_stores: SqliteStores, tmp_path: Path
) -> None:
    run(People, sqlite_stores, tmp_path, examples=8, steps=20)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("which", "examples"), [("sqlite_stores", 400), ("postgres_stores", 60)])
def test_one_person_per_identity_for_long(
    request: pytest.FixtureRequest, which: str, examples: int, tmp_path: Path
) -> None:
    run(People, request.getfixturevalue(which), tmp_path, examples=examples, steps=60)
