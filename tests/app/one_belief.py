"""Six people, rules that change all the time, and workers that die and fail: the world of `test_one_belief.py`."""

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import pipeline
from app.jobs import reassess
from app.jobs.topics import INSIDE
from prospects import configuration, outbox, timeline
from prospects.groups import whole
from prospects.ids import ProspectId
from prospects.merge_rows import MergeRow
from prospects.outbox import Leased
from prospects.override_rows import OverrideRow
from prospects.rows import ProspectRow
from prospects.topics import Queue, Topic
from scoring import current
from scoring.assess import assess
from scoring.changes import releases
from scoring.changes.crossing import CrossingState, by_themselves, may_cross
from scoring.changes.rows import CrossingRow, State
from tests.support import many
from tests.support.worlds import MOMENT, World

WORKED = frozenset({Topic.REACT, Topic.REASSESS, Topic.RELEASE, Topic.HANDOFF})
MERGES = select(MergeRow).where(MergeRow.undone_at.is_(None)).order_by(MergeRow.id)


class PoisonedError(Exception):
    """Nobody can look at them."""


class Believed(World):
    """What steps do to this world; which steps there are, and what must hold, stands with the test.

    `bound` are those of whom it is known that the rules in force alone would make them warm.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bound: set[ProspectId] = set()
        self.were_bound: dict[UUID, set[ProspectId]] = {}
        self.poison: set[ProspectId] = set()
        self.gone: set[ProspectId] = set()
        self.seen: dict[int, int] = {}
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(reassess, "PART", 2)
        self.patch.setattr(reassess, "BATCH", 1)
        self.patch.setattr(reassess, "believe", self._believe)

    def teardown(self) -> None:
        self.patch.undo()
        super().teardown()

    def _rules(self, warm: Mapping[str, float], more: Mapping[str, Any] | None = None) -> None:
        standing = configuration.read(self.session, "scoring")
        model = standing["scoring"].body.get("model", "points") if standing else "points"
        body = {
            **many.POINTS,
            "warm": {"stage": "evaluation", **warm},
            "explore": self.explore,
            "model": model,
            **(more or {}),
        }
        configuration.write(self.session, "scoring", "scoring", body, self.now, by="test")
        self._bind_all()
        self._goes_on()

    def _bind_all(self) -> None:
        self.bound.clear()
        for who in self._heads():
            self._bind(who)

    def _bind(self, who: ProspectId) -> None:
        """Note whom the rules in force alone would make warm."""
        rules = current.current(self.session)
        found = releases.standing(self.session, rules)
        if found is not None and found.state == State.RELEASED and found.decided_at is not None:
            return
        changed = found.at if found is not None else self.now
        for seen in timeline.lock_and_see(self.session, [who], self.now).snapshots:
            crossing = assess(seen, rules, self.now)
            free = by_themselves(seen, changed, up=True)
            if crossing.warm and may_cross(seen, crossing) and not free:
                self.bound.add(who)

    def _unbind(self, who: ProspectId) -> None:
        self.bound -= {*whole(self.session, who)}

    def _goes_on(self) -> None:
        self.session.flush()
        self.session.expire_all()
        over = select(CrossingRow.prospect_id).where(CrossingRow.state == CrossingState.RELEASED)
        version = current.current(self.session).version
        over = over.where(CrossingRow.version == version)
        self.bound -= {*self.session.execute(over).scalars()}
        self.now += MOMENT

    def _sweep(self) -> None:
        if reassess.due(self.session, self.now):
            reassess.plan(self.session, self.now)
        self.session.flush()

    def _work(
        self,
        *,
        dies: bool = False,
        chance: random.Random | None = None,
        topics: frozenset[Topic] = WORKED,
    ) -> int:
        """One turn of a worker: what is due, piece by piece; one that dies leaves the rest in its hands."""
        leased = outbox.lease(self.session, Queue.INSIDE, self.now, limit=50)
        leased += outbox.lease_suspect(self.session, Queue.INSIDE, self.now)
        if chance:
            chance.shuffle(leased)
        for n, each in enumerate(leased):
            if dies and chance and n >= chance.randrange(4):
                return n
            if each.topic in topics or each.topic in WORKED:
                self._one(each)
            else:
                outbox.done(self.session, [each])
        return len(leased)

    def _one(self, each: Leased) -> None:
        try:
            with self.session.begin_nested():
                busy = INSIDE[each.topic](self.session, [each.ref], self.now, self.settings)
                assert not busy
                outbox.done(self.session, [each])
        except PoisonedError:
            outbox.put_off(self.session, [each], self.now, error="poison")
        self.session.expire_all()

    def _believe(self, session: Session, people: list[ProspectId], *rest: Any) -> Any:
        if self.poison & set(people):
            raise PoisonedError
        return pipeline.believe(session, people, *rest)

    def _settle(self) -> None:
        for _ in range(400):
            self._sweep()
            done = self._work()
            self._goes_on()
            if not done and not reassess.due(self.session, self.now):
                return
        raise AssertionError("it never comes to rest")

    def _heads(self) -> list[ProspectId]:
        query = select(ProspectRow.id).where(
            ProspectRow.absorbed_by.is_(None), ProspectRow.erased_at.is_(None)
        )
        found = self.session.execute(query.order_by(ProspectRow.id)).scalars()
        return [ProspectId(each) for each in found]

    def _row(self, who: ProspectId) -> ProspectRow:
        return self.session.get_one(ProspectRow, who)

    def _held(self) -> list[CrossingRow]:
        held = select(CrossingRow).where(CrossingRow.state == CrossingState.HELD)
        return list(self.session.execute(held).scalars())

    def _merges(self) -> list[MergeRow]:
        return [
            row
            for row in self.session.execute(MERGES).scalars()
            if row.kept_id not in self.gone and row.id in self.were_bound
        ]

    def _pushes(self) -> list[Any]:
        row = OverrideRow
        standing = select(row).where(row.ended_at.is_(None), row.until > self.now)
        return [
            each
            for each in self.session.execute(standing.order_by(row.id)).scalars()
            if each.prospect_id not in self.gone
        ]
