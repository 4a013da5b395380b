"""Random flows, random people, random clocks: no step skipped or doubled, each mail planned once, an end to everything."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nurture.advance import (
    MOST_MOVES,
    Exit,
    Finish,
    HandOff,
    Held,
    Mail,
    Park,
    Place,
    Set,
    Wait,
    advance,
    enter,
)
from nurture.flow import Branch, Flow, Leaving, WaitFor
from nurture.setting import Setting
from nurture.splitting import Split
from nurture.wiring import FlowFaultsError, read_flow
from prospects.change import changed
from prospects.values import Activity
from tests.nurture.flows_for_tests import activity, person

START = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
IDS = [f"s{n}" for n in range(7)]
TARGET = st.sampled_from(IDS)
KINDS = st.sampled_from(["click", "reply", "form"])
CONDITION = st.sampled_from(
    [
        {"field": "points", "op": "gte", "value": 50},
        {"activity": "click", "within": "3d"},
        {"not": {"activity": "reply"}},
        {"field": "tags", "op": "contains", "value": "a"},
    ]
)
BODY = st.one_of(
    st.builds(lambda: {"mail": {"template": "t"}}),
    st.builds(lambda n: {"wait": f"{n}h"}, st.integers(1, 60)),
    st.builds(
        lambda kind, to, other, n: {
            "wait_for": {
                "first": [{"activity": kind, "then": to}],
                "within": f"{n}h",
                "else": other,
            }
        },
        KINDS,
        TARGET,
        TARGET,
        st.integers(1, 60),
    ),
    st.builds(
        lambda when, to, other: {"branch": {"when": [{"if": when, "then": to}], "else": other}},
        CONDITION,
        TARGET,
        TARGET,
    ),
    st.builds(
        lambda one, other, weight: {
            "split": {"ways": [{"then": one}, {"then": other, "weight": weight}]}
        },
        TARGET,
        TARGET,
        st.integers(0, 3),
    ),
    st.builds(
        lambda tag, on: {"set": {"tag": tag, "value": on}},
        st.sampled_from(["a", "b"]),
        st.booleans(),
    ),
    st.builds(lambda: {"hand_off": {}}),
    st.builds(lambda: {"exit": {"reason": "done"}}),
)


def mended(bodies: list[dict[str, Any]], nexts: list[str | None]) -> Flow | None:
    """A flow of these steps, unless they run in a circle; steps nobody reaches are left out."""
    steps = [
        {"id": name, **body, **({"next": to} if to and not {"exit", "split"} & set(body) else {})}
        for name, body, to in zip(IDS, bodies, nexts, strict=True)
    ]
    for _ in IDS:
        document = {"flow": "f", "enter": {"activity": "form"}, "steps": steps}
        try:
            return read_flow(document)
        except FlowFaultsError as error:
            unreached = [f.place.split(".")[1] for f in error.faults if "no step leads" in f.reason]
            if not unreached:
                return None
            steps = [step for n, step in enumerate(steps) if str(n) not in unreached]
    return None


class OnePerson(RuleBasedStateMachine):
    """Somebody in a flow, looked at whenever something happens or time passes, sometimes twice."""

    @initialize(
        bodies=st.lists(BODY, min_size=7, max_size=7),
        nexts=st.lists(st.none() | TARGET, min_size=7, max_size=7),
        points=st.integers(0, 100),
        who=st.uuids(),
    )
    def enter(self, bodies: Any, nexts: Any, points: int, who: UUID) -> None:
        found = mended(bodies, nexts)
        assume(found is not None)
        assert found is not None
        self.flow, self.points = found, float(points)
        self.now = START
        self.history: list[Activity] = []
        self.who = who
        self.tags: tuple[str, ...] = ()
        self.path: list[tuple[str, int]] = []
        self.effects: list[tuple[str, int]] = []
        self.over = False
        self.due: datetime | None = START
        self.place: Place = enter(self.seen(), self.flow, self.now)
        self.path.append((self.place.step, self.place.visit))
        self.look()

    def seen(self) -> Any:
        return person(
            self.now, *self.history, points=self.points, prospect_id=self.who, tags=self.tags
        )

    def look(self) -> None:
        if self.over:
            return
        progress = advance(self.seen(), self.flow, self.place, self.now)
        again = advance(self.seen(), self.flow, self.place, self.now)
        assert again == progress, "a decision must not depend on when it is made again"
        self.follow(progress)
        self.place = progress.place
        for each in progress.effects:
            if isinstance(each, Set):
                before, after = self.seen(), changed(self.seen(), each.change)
                assert before is not after, "what changes nothing is no effect"
                self.tags = after.tags
        match progress.rest:
            case Wait(until) | Held(until):
                assert until > self.now, "a wait that is over must not be waited for"
                self.due = until
            case Exit() | Finish():
                self.over, self.due = True, None
            case Park(reason):
                raise AssertionError(f"parked: {reason}")

    def follow(self, progress: Any) -> None:
        """Each place follows from the one before by one of its own ways out."""
        assert len(progress.reached) <= MOST_MOVES
        for place in progress.reached:
            before = self.flow.by_id[self.path[-1][0]]
            assert place.step in [to for _, to in self.flow.ways(before)]
            assert place.since == self.now
            self.path.append((place.step, place.visit))
        self.effects += [
            (each.step, each.visit)
            for each in progress.effects
            if isinstance(each, Mail | HandOff | Set)
        ]

    @rule(hours=st.integers(0, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.look()

    @rule()
    @precondition(lambda self: self.due is not None)
    def the_timer_rings(self) -> None:
        assert self.due is not None
        self.now = max(self.now, self.due)
        before = (self.place, self.over)
        self.look()
        assert (self.place, self.over) != before or self.due > self.now, "stuck"

    @rule(kind=KINDS, minutes=st.integers(0, 600), times=st.integers(1, 3))
    def something_happens(self, kind: str, minutes: int, times: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.history.append(activity(kind, self.now))
        for _ in range(times):
            self.look()

    @rule(verdict=st.sampled_from(["confirmed", "earlier", "not_reached"]))
    def the_rep_answers(self, verdict: str) -> None:
        self.history.append(activity("verdict", self.now, handoff="h", verdict=verdict))
        self.look()

    @rule()
    def the_rep_accepts(self) -> None:
        self.history.append(activity("accepted", self.now, handoff="h", rep="r"))
        self.look()

    @invariant()
    def no_visit_is_doubled(self) -> None:
        if hasattr(self, "path"):
            assert len(set(self.path)) == len(self.path)
            assert len(set(self.effects)) == len(self.effects)

    @invariant()
    def every_effect_belongs_to_a_visit(self) -> None:
        if hasattr(self, "path"):
            assert set(self.effects) <= set(self.path)
            left = self.path if self.over else self.path[:-1]
            for step, visit in left:
                action = self.flow.by_id[step].action
                silent = isinstance(
                    action, timedelta | WaitFor | Branch | Split | Setting | Leaving
                )
                done = silent or (step, visit) in self.effects
                assert done or self.left_early(step, visit), "a step was skipped"

    def left_early(self, step: str, visit: int) -> bool:
        return self.over and (step, visit) == self.path[-1]


OnePerson.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
test_one_person = OnePerson.TestCase
