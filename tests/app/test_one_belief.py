"""Whatever changes, dies, is merged, forgotten and pushed while everybody is looked at: nobody crosses by the change alone."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from app.merge import MergeError, merge, undo
from prospects import configuration, outbox, overrides, team, timeline
from prospects.beliefs import noticeable
from prospects.groups import whole
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.overrides import Wanted
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from prospects.timeline import Fact
from prospects.topics import Topic
from routing.rows import HandoffRow
from scoring import current, models
from scoring.assess import assess
from scoring.card.card import sha256
from scoring.changes import releases, rules_changes
from scoring.changes.releases import NotWaitingError
from scoring.changes.rows import RulesChangeRow, State
from scoring.models import By, ModelMoveError, Origin
from scoring.rows import ModelRow
from tests.app.one_belief import Believed
from tests.app.test_pipeline import arrive
from tests.support import many
from tests.support.stores import SqliteStores
from tests.support.worlds import run

MIA = By("mia@acme.example", None)
NAMES = ("ann", "ben", "cleo", "dan", "eve", "finn")
LINES = (12.0, 25.0, 45.0, 90.0)
KINDS = (Kind.PAGE_VIEW, Kind.DOWNLOAD, Kind.FORM, Kind.CLICK)
SHADOW = timedelta(days=7)


class Beliefs(Believed):
    """What may happen, in any order."""

    @initialize(explore=st.sampled_from([0.0, 0.9]))
    def everybody_comes(self, explore: float) -> None:
        desk = {"email": "dora@vendor.example", "name": "Dora", "roles": ["desk"]}
        rita = {"email": "rita@vendor.example", "name": "Rita", "roles": ["rep"]}
        team.save(self.session, [desk, rita], self.now)
        everybody = {"name": "all", "if": {"field": "email", "op": "is_set"}, "to": "team:sales"}
        routing = {
            "teams": [{"slug": "sales", "people": [rita["email"]]}],
            "rules": [everybody],
            "fallback": rita["email"],
        }
        configuration.write(self.session, "routing", "routing", routing, self.now, by="test")
        self.explore = explore
        self._rules({"points": 90.0, "leave_points": 80.0})
        self._sweep()
        self.people = sorted(arrive(self.session, self.now, *NAMES))
        timeline.record(self.session, _acts(self.people, self.now), self.now)
        for n in range(2):
            card = many.card_of(self.now, shift=n / 2)
            models.keep(self.session, card, {}, self.now, origin=Origin.RECORD, by=MIA)
        self._settle()

    @rule(line=st.sampled_from(LINES), nearer=st.booleans(), gated=st.booleans())
    def rules_change(self, line: float, nearer: bool, gated: bool) -> None:
        gate = {"name": "rival", "if": {"field": "email", "op": "contains", "value": "dan"}}
        more: dict[str, Any] = {"gates": [gate]} if gated else {}
        if nearer:
            more["evidence"] = many.NEARER["evidence"]
        self._rules({"points": line, "leave_points": line * 0.75}, more)

    @rule(which=st.integers(0, 1), how=st.sampled_from(["approve", "activate", "retire"]))
    def a_model_moves(self, which: int, how: str) -> None:
        rows = self.session.execute(select(ModelRow).order_by(ModelRow.id)).scalars().all()
        version = current.current(self.session).version
        try:
            match how:
                case "approve":
                    models.approve(self.session, rows[which].id, self.now, by=MIA)
                case "activate":
                    models.activate(
                        self.session, rows[which].id, self.now, by=MIA, shadow=SHADOW, reason="now"
                    )
                case _:
                    models.retire(self.session, rows[which].id, self.now, by=MIA)
        except ModelMoveError:
            pass
        self.session.flush()
        if current.current(self.session).version != version:
            self._bind_all()
        self._goes_on()

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def somebody_does_something(self, data: st.DataObject, kind: Kind) -> None:
        who = data.draw(st.sampled_from(self.people))
        fact = Fact(
            prospect_id=who, kind=kind, happened_at=self.now, source="site", key=f"{self.now}", body={}
        )  # fmt: skip
        timeline.record(self.session, [fact], self.now)
        self._unbind(who)
        self._goes_on()

    @rule(data=st.data(), value=st.sampled_from([-3.0, 3.0]), days=st.integers(1, 30))
    def somebody_is_pushed(self, data: st.DataObject, value: float, days: int) -> None:
        who = data.draw(st.sampled_from(self._heads()))
        wanted = Wanted(
            value=value, reason="met at the fair", until=self.now + timedelta(days=days), by="Mia"
        )
        overrides.add(self.session, who, wanted, self.now)
        self._unbind(who)
        self._goes_on()

    @precondition(lambda self: self._pushes())
    @rule(data=st.data())
    def a_push_is_lifted(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self._pushes()))
        overrides.end(self.session, row, "Mia", self.now)
        self._unbind(ProspectId(row.prospect_id))
        self._goes_on()

    @precondition(lambda self: len(self._heads()) > 1)
    @rule(data=st.data())
    def two_are_merged(self, data: st.DataObject) -> None:
        heads = st.sampled_from(self._heads())
        one, other = data.draw(heads), data.draw(heads)
        bound = self.bound & {one, other}
        cold = not any(self._row(each).warm for each in (one, other))
        try:
            row = merge(self.session, one, other, Said(by="mia"), self.now)
        except MergeError:
            return
        self.were_bound[row.id] = bound
        self.bound -= {one, other}
        if bound and cold:
            self._bind(ProspectId(row.kept_id))
        self._goes_on()

    @precondition(lambda self: self._merges())
    @rule(data=st.data())
    def a_merge_is_undone(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self._merges()))
        two, at = {ProspectId(row.kept_id), ProspectId(row.prospect_id)}, row.at
        kept_bound = self.bound & two
        try:
            undo(self.session, row.id, "mia", self.now)
        except MergeError:
            return
        changed = rules_changes.changes(self.session, limit=1)[0].at
        self.bound -= two
        for who in two:
            if changed >= at or who in self.were_bound[row.id] | kept_bound:
                self._bind(who)
        self._goes_on()

    @precondition(lambda self: len(self._heads()) > 3)
    @rule(data=st.data())
    def somebody_is_forgotten(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(self._heads()))
        self.gone |= set(whole(self.session, who))
        outbox.post(self.session, Topic.ERASE, [who], self.now)
        self._work(topics=frozenset({Topic.ERASE}))
        self._goes_on()

    @rule(pace=st.sampled_from([None, 1]), how=st.sampled_from(["release", "keep", "stop"]))
    def somebody_decides(self, pace: int | None, how: str) -> None:
        version = rules_changes.changes(self.session, limit=1)[0].version
        try:
            match how:
                case "release":
                    rules_changes.release(self.session, version, self.now, by=MIA, pace=pace)
                case "keep":
                    rules_changes.keep(self.session, version, self.now, by=MIA)
                case _:
                    rules_changes.stop(self.session, version, self.now, by=MIA)
        except NotWaitingError:
            pass
        self._goes_on()

    @rule(data=st.data())
    def somebodys_history_is_poison_or_is_mended(self, data: st.DataObject) -> None:
        self.poison ^= {data.draw(st.sampled_from(self.people))}

    @rule(dies=st.booleans(), seed=st.integers(0, 99))
    def workers_work(self, dies: bool, seed: int) -> None:
        self._sweep()
        self._work(dies=dies, chance=random.Random(seed))
        self._goes_on()

    @rule(hours=st.sampled_from([1, 30, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def everything_is_done(self) -> None:
        self.poison.clear()
        self._settle()
        change = rules_changes.changes(self.session, limit=1)[0]
        assert change.state != State.LOOKING
        assert change.looked <= change.people
        rules = current.current(self.session)
        held = {row.prospect_id for row in self._held()}
        for who in self._heads():
            (seen,) = timeline.lock_and_see(self.session, [who], self.now).snapshots
            found = assess(seen, rules, self.now)
            if seen.warm != found.warm:
                assert who in held, "who is on the wrong side of the line waits for a word"
                found = releases.hold_back(self.session, [(seen, found)], rules, self.now)[0][1]
            # Points may have decayed without a look, where nothing follows from it.
            found = replace(found, points=seen.points, grade=seen.grade or "", score=seen.score)
            assert not noticeable(seen, found), f"{who} was not looked at"

    @invariant()
    def nobody_crosses_by_the_change_alone(self) -> None:
        warm = select(ProspectRow.id).where(ProspectRow.warm)
        assert not self.bound & {*self.session.execute(warm).scalars()}

    @invariant()
    def progress_never_lies(self) -> None:
        for row in self.session.execute(select(RulesChangeRow)).scalars():
            assert self.seen.get(row.version, 0) <= row.looked <= row.people
            self.seen[row.version] = row.looked

    @invariant()
    def of_the_forgotten_nobody_waits(self) -> None:
        assert not self.gone & {row.prospect_id for row in self._held()}

    @invariant()
    def one_model_scores_and_one_is_tried_and_none_was_changed(self) -> None:
        rows = self.session.execute(select(ModelRow)).scalars().all()
        for state in (models.State.ACTIVE, models.State.APPROVED):
            assert sum(row.state == state for row in rows) <= 1
        active = [row.id for row in rows if row.state == models.State.ACTIVE]
        assert models.is_followed(self.session, current.current(self.session).card_id), active
        assert all(sha256(models.card_of(row)) == row.sha256 for row in rows)

    @invariant()
    def history_tells_only_of_changes(self) -> None:
        query = select(AssessmentRow).order_by(AssessmentRow.prospect_id, AssessmentRow.id)
        before: Any = None
        for row in self.session.execute(query).scalars():
            told = (row.stage, row.grade, row.warm, row.gate, round(row.points, 6), row.score)
            assert (row.prospect_id, told) != before, "written twice"
            before = (row.prospect_id, told)

    @invariant()
    def whoever_was_drawn_was_drawn_once_and_by_a_known_chance(self) -> None:
        drawn = select(HandoffRow.id).where(HandoffRow.drawn.is_not(None))
        told = select(ActivityRow.body).where(ActivityRow.kind == Kind.EXPLORED)
        bodies = [body for body in self.session.execute(told).scalars() if body]
        named = [body["handoff"] for body in bodies]
        assert len(named) == len(set(named))
        assert all(body["probability"] == self.explore for body in bodies)
        if not self.gone:
            assert {str(each) for each in self.session.execute(drawn).scalars()} == set(named)


def _acts(people: Sequence[ProspectId], now: datetime) -> list[Fact]:
    """Each did more than the one before, so that every line has some on either side."""
    return [
        Fact(prospect_id=who, kind=kind, happened_at=now, source="site", key=f"{n}", body={})
        for n, who in enumerate(people)
        for n, kind in enumerate([Kind.DOWNLOAD, *[Kind.PAGE_VIEW] * 4][:n])
    ]


def test_nobody_crosses_by_a_change_alone_whatever_comes_between(
    sqlite_stores: SqliteStores, tmp_path: Path
) -> None:
    run(Beliefs, sqlite_stores, tmp_path, examples=5, steps=20)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("which", "examples"), [("sqlite_stores", 300), ("postgres_stores", 40)])
def test_nobody_crosses_by_a_change_alone_for_long(
    request: pytest.FixtureRequest, which: str, examples: int, tmp_path: Path
) -> None:
    run(Beliefs, request.getfixturevalue(which), tmp_path, examples=examples, steps=50)
