"""People whose true buying stage moves, put through the engine week by week: a market whose truth is known.

Everybody arrives by a form; what they do in a week follows from the stage they are in, and the stage moves
forward (sooner for who is senior), back, or out. A rep finds the true stage, one in ten times a stage
beside it; one rep confirms whatever is claimed, and one never answers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform, reading
from prospects import configuration, people, team, timeline
from prospects.identity import Identity, Lead
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.ladder import LADDER
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import HandoffRef, Person
from routing import offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.lives import HandoffState
from routing.rows import HandoffRow

WEEK = timedelta(weeks=1)
SECRET = "a secret for tests"
REPS = ("ann", "bob", "always", "never")
HONEST = ("ann", "bob")
OUT, OUTSIDE = -1, 4
AWARENESS, EVALUATION, DECISION = 0, 2, 3
START = (0.6, 0.25, 0.15)
FORWARD: Mapping[bool, float] = {True: 0.22, False: 0.09}
"""In a week, by whether they are senior."""
BACK, LEAVES = 0.03, 0.05
Did = tuple[str, Kind, Mapping[str, str]]
ACTS: Mapping[str, tuple[Kind, Mapping[str, str], tuple[float, ...]]] = {
    "blog": (Kind.PAGE_VIEW, {"page": "https://us.example/blog"}, (0.7, 0.6, 0.5, 0.4)),
    "pricing": (Kind.PAGE_VIEW, {"page": "https://us.example/pricing"}, (0.05, 0.2, 0.7, 0.9)),
    "guide": (Kind.FORM, {"form": "guide"}, (0.12, 0.15, 0.05, 0.02)),
    "webinar": (Kind.WEBINAR, {"name": "tour"}, (0.03, 0.12, 0.12, 0.05)),
    "demo": (Kind.FORM, {"form": "demo"}, (0.01, 0.03, 0.25, 0.4)),
}
"""Each act's chance in a week, by stage; who is out does nothing but read the blog once in a while."""


@dataclass(slots=True)
class Somebody:
    """One person: who they are to us, and the truth."""

    id: ProspectId
    senior: bool
    stage: int
    chances: list[float]
    """Of each stage, and of being out: Bayes' rule over the generator's own figures and all acts so far."""

    @property
    def best(self) -> int:
        """What who knew all the figures would claim."""
        return max(range(4), key=lambda stage: self.chances[stage])


def step_from(stage: int, *, senior: bool) -> dict[int, float]:
    """Where a week takes somebody (4 is out)."""
    if stage == OUTSIDE:
        return {OUTSIDE: 1.0}
    found = {OUTSIDE: LEAVES}
    for to, chance in (
        (max(stage - 1, AWARENESS), BACK),
        (min(stage + 1, DECISION), FORWARD[senior]),
        (stage, 1 - LEAVES - BACK - FORWARD[senior]),
    ):
        found[to] = found.get(to, 0.0) + chance
    return found


def chance_of(name: str, stage: int) -> float:
    """How likely somebody at this stage does this in a week."""
    if stage in (OUT, OUTSIDE):
        return 0.02 if name == "blog" else 0.0
    return ACTS[name][2][stage]


def seen_after(one: Somebody, did: Collection[str]) -> list[float]:
    """The chances a week later, having seen what they did and did not."""
    moved = [0.0] * (OUTSIDE + 1)
    for stage, share in enumerate(one.chances):
        for to, chance in step_from(stage, senior=one.senior).items():
            moved[to] += share * chance
    for stage in range(OUTSIDE + 1):
        for name in ACTS:
            at = chance_of(name, stage)
            moved[stage] *= at if name in did else 1 - at
    return [each / sum(moved) for each in moved]


@dataclass(slots=True)
class Year:
    """The market so far; `step` lives a week of it."""

    database: Database
    at: datetime
    dice: Random
    everybody: list[Somebody] = field(default_factory=list)
    found: dict[UUID, int] = field(default_factory=dict)
    """By handoff, the true stage when it was offered."""

    def step(self, newcomers: int) -> None:
        """A week: people come, move, act; the engine reacts; reps answer."""
        self.at += WEEK
        perform(self.database, lambda session: self._arrive(session, newcomers))
        moved = [one for one in self.everybody if one.stage != OUT]
        for one in moved:
            one.stage = self._moved(one)
        perform(self.database, self._act)
        waking = [one.id for one in self.everybody]
        for start in range(0, len(waking), 200):
            some = waking[start : start + 200]
            perform(self.database, partial(pipeline.react, prospect_ids=some, now=self.at))
        perform(self.database, self._answer)

    def _arrive(self, session: Session, newcomers: int) -> None:
        for _ in range(newcomers):
            n, senior = len(self.everybody), self.dice.random() < 0.4
            email = f"p{n}@gmail.com"
            title = "Director of Operations" if senior else "Clerk"
            person = Person(email=email, name=f"P {n}", title=title)
            lead = Lead(
                ref=email,
                identities=(Identity("email", email),),
                person=person,
                happened_at=self.at,
            )
            (told,) = people.resolve(session, [lead], self.at, secret=SECRET)
            assert told.prospect_id is not None
            stage = self.dice.choices(range(3), START)[0]
            self.everybody.append(Somebody(told.prospect_id, senior, stage, [*START, 0.0, 0.0]))

    def _moved(self, one: Somebody) -> int:
        drawn = self.dice.random()
        if drawn < LEAVES:
            return OUT
        if drawn < LEAVES + BACK:
            return max(one.stage - 1, AWARENESS)
        return min(one.stage + (drawn > 1 - FORWARD[one.senior]), DECISION)

    def _act(self, session: Session) -> None:
        facts = []
        for one in self.everybody:
            did = {name for name in ACTS if self.dice.random() < chance_of(name, one.stage)}
            one.chances = seen_after(one, did)
            facts += [self._fact(one, name) for name in sorted(did)]
        timeline.record(session, facts, self.at, ring=False)

    def _fact(self, one: Somebody, name: str) -> Fact:
        when = self.at - WEEK * 0.9 * self.dice.random()
        kind, body, _ = ACTS[name]
        return Fact(
            prospect_id=one.id, kind=kind, happened_at=when, source="site",
            key=str(new_id(when)), body=dict(body),
        )  # fmt: skip

    def _answer(self, session: Session) -> None:
        """Whoever was offered somebody takes them; what was taken a week ago or more is answered by most."""
        by_id = {one.id: one for one in self.everybody}
        colleagues = {each.id: each for each in team.members(session)}
        rows = session.execute(
            select(HandoffRow).where(
                HandoffRow.state.in_((HandoffState.OFFERED, HandoffState.ACCEPTED))
            )
        ).scalars()
        for row in list(rows):
            assert row.rep_id is not None
            rep = colleagues[MemberId(row.rep_id)]
            ref = HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id))
            if row.state == HandoffState.OFFERED:
                self.found.setdefault(row.id, by_id[ref.prospect_id].stage)
                offers.accept(session, ref, rep, self.at)
            elif rep.name != "never" and self.dice.random() < 0.8:
                told = self._finding(row, rep.name, self.found[row.id])
                confirm(session, ref, rep, told, now=self.at, secret=SECRET)

    def _finding(self, row: HandoffRow, name: str, true: int) -> RepFinding:
        talk: dict[str, Any] = {
            "spoke_with": "Ida", "channel": "call", "at": self.at.isoformat(), "fact": "two sites",
        }  # fmt: skip
        if name == "always":
            stage = {} if row.claimed_stage else {"stage_found": LADDER[EVALUATION]}
            return RepFinding.model_validate({"verdict": "confirmed", **talk, **stage})
        if self.dice.random() < 0.1:
            return RepFinding.model_validate({"verdict": "not_reached", **talk})
        if true == OUT:
            return RepFinding.model_validate({"verdict": "not_a_buyer", **talk})
        seen = (
            min(max(true + self.dice.choice((-1, 1)), 0), 3) if self.dice.random() < 0.1 else true
        )
        claimed = LADDER.index(row.claimed_stage) if row.claimed_stage in LADDER else -1
        verdict = "later" if seen > claimed else "earlier" if seen < claimed else "confirmed"
        return RepFinding.model_validate({"verdict": verdict, **talk, "stage_found": LADDER[seen]})


def begun(database: Database, at: datetime, *, explore: float, seed: int = 7) -> Year:
    """An office of four reps and a desk, before anybody has come."""

    def found(session: Session) -> None:
        staff = [{"name": each, "roles": ["rep"], "email": f"{each}@us.example"} for each in REPS]
        staff += [{"name": "max", "roles": ["manager"], "email": "max@us.example"}]
        staff += [{"name": "dora", "roles": ["desk"], "email": "dora@us.example"}]
        team.save(session, staff, at)
        office = {
            "teams": [{"slug": "all", "people": [f"{each}@us.example" for each in REPS]}],
            "rules": [{"name": "all", "to": "team:all", "lane": "normal"}],
            "fallback": "max@us.example",
        }
        configuration.write(session, "routing", "routing", office, at, by="test")
        configuration.write(session, "scoring", "scoring", {"explore": explore}, at, by="test")

    perform(database, found)
    return Year(database, at, Random(seed))


def beliefs(database: Database) -> dict[ProspectId, ProspectRow]:
    """What the engine believes of everybody."""
    with reading(database) as session:
        return {ProspectId(row.id): row for row in session.execute(select(ProspectRow)).scalars()}
