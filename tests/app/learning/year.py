"""A market whose truth is known put through the engine itself, day by day: `begun` and `Year.week`.

People come alone or to a company that is known already, by sources of different worth; what they do is
told late once in a while; everything due is drained as a worker does. Of the reps two answer soon and
one late, one confirms whatever is claimed, and one never answers. Models are trained, tried, switched
on and their crossings released by the product's own acts.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import reassess, training
from app.jobs.drain import drain
from app.learning import by_promise
from app.settings import Settings
from prospects import configuration, people, team, timeline
from prospects.identity import Identity, Lead
from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.ladder import LADDER
from prospects.member import Member
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.topics import Queue
from prospects.values import HandoffRef, Person
from routing import offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.lives import HandoffState
from routing.rows import HandoffRow
from scoring import current, kept_models, models
from scoring.changes import releases, rules_changes
from scoring.learning import taking_over, trainings
from scoring.learning.rows import TrainingRow
from scoring.models import By
from tests.app.learning import truth
from tests.app.learning.truth import ACTS, EVALUATION, OUT, SOURCES, Somebody

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SECRET = "a secret for tests"
MIA = By("mia@us.example")
ANSWERS = {"ann": 0.8, "bob": 0.8, "late": 0.25, "always": 0.8, "never": 0.0, "dora": 0.8}
"""How likely each answers in a week what they took a week ago or more; dora is the desk."""
HONEST = ("ann", "bob", "late", "dora")
LATE = 0.05
"""So many acts are told three days after they happened."""
TOGETHER = 0.3
"""So many of those who come work where somebody works who is known."""


@dataclass(slots=True)
class Year:
    """The market so far; `week` lives a week of it."""

    database: Database
    settings: Settings
    at: datetime
    dice: Random
    turns: datetime | None = None
    everybody: list[Somebody] = field(default_factory=list)
    found: dict[UUID, int] = field(default_factory=dict)
    """By handoff, the true stage when a rep took it, which is when they talked."""
    domains: list[str] = field(default_factory=list)
    told: list[tuple[datetime, Fact]] = field(default_factory=list)
    """What happened and is yet to be told, and when it will be."""
    cold: list[tuple[datetime, float]] = field(default_factory=list)
    """Of those who might have been drawn, week by week: the chance that a rep would have found them far enough."""
    held: list[int] = field(default_factory=list)
    """How many crossings each change of rules held."""

    @property
    def turned(self) -> bool:
        """Whether it is another market by now."""
        return self.turns is not None and self.at >= self.turns

    def week(self, newcomers: int) -> None:
        """People come, move and act; the engine reacts day by day; reps answer; models live."""
        perform(self.database, lambda session: self._arrive(session, newcomers))
        self._live()
        for _ in range(7):
            self.at += DAY
            perform(self.database, self._tell)
            self._drain()
            # At once: an offer nobody takes within hours goes on to the next.
            perform(self.database, self._accept)
        perform(self.database, self._answer)
        self._drain()
        self._count_cold()

    def learn(self) -> None:
        """What sweep and worker do for models: train what is due, let over, look at everybody, release who waits."""
        perform(self.database, lambda session: training.plan(session, self.at))
        with reading(self.database) as session:
            query = select(TrainingRow.id).where(TrainingRow.state == trainings.State.OPEN)
            waiting = session.execute(query).scalars().all()
        for each in waiting:
            assert by_promise.carry_out(self.database, each) == 0
        perform(self.database, lambda session: training.plan(session, self.at))
        perform(self.database, self._decide)
        perform(self.database, lambda session: reassess.plan(session, self.at))
        self._drain()
        perform(self.database, self._release)
        self._drain()

    def _decide(self, session: Session) -> None:
        """What a marketer does: tries what asks for a person, and switches it on when its week is over."""
        rules = current.current(session).scoring.learning
        tried = models.in_state(session, models.State.APPROVED)
        if tried is not None:
            if not taking_over.remaining(tried, rules, self.at):
                models.activate(session, tried.id, self.at, by=MIA, shadow=rules.shadow)
            return
        newest = next(iter(kept_models.kept(session, limit=1)), None)
        is_new = newest is not None and newest.state == models.State.TRAINED
        if newest is not None and is_new and taking_over.outcome(newest) == "ask":
            models.approve(session, newest.id, self.at, by=MIA)

    def _release(self, session: Session) -> None:
        waiting = [
            each.version
            for each in rules_changes.changes(session)
            if each.state == releases.State.WAITING
        ]
        for version, tally in rules_changes.tallies(session, waiting).items():
            self.held.append(tally.waiting)
            rules_changes.release(session, version, self.at, by=MIA, pace=None)

    def _drain(self) -> None:
        drain(self.database, self.settings, Queue.INSIDE)

    def _arrive(self, session: Session, newcomers: int) -> None:
        for _ in range(newcomers):
            n, senior = len(self.everybody), self.dice.random() < 0.4
            source = self.dice.choice([*SOURCES])
            start = truth.begins(source, turned=self.turned)
            stage = self.dice.choices(range(3), start)[0]
            who = self._resolved(session, n, senior=senior)
            self.everybody.append(Somebody(who, senior, source, stage, [*start, 0.0, 0.0]))
            came = Fact(
                prospect_id=who, kind=ACTS["guide"][0], happened_at=self.at, source=source,
                key=f"came {n}", body={"form": "newsletter"},
            )  # fmt: skip
            timeline.record(session, [came], self.at)

    def _resolved(self, session: Session, n: int, *, senior: bool) -> ProspectId:
        domain = "gmail.com"
        if self.domains and self.dice.random() < TOGETHER:
            domain = self.dice.choice(self.domains[-40:])
        elif self.dice.random() < 0.5:
            domain = f"acme{n}.example"
            self.domains.append(domain)
        email = f"p{n}@{domain}"
        title = "Director of Operations" if senior else "Clerk"
        lead = Lead(
            ref=email,
            identities=(Identity("email", email),),
            person=Person(email=email, name=f"P {n}", title=title),
            happened_at=self.at,
            domain=None if domain == "gmail.com" else domain,
        )
        (told,) = people.resolve(session, [lead], self.at, secret=SECRET)
        assert told.prospect_id is not None
        return ProspectId(told.prospect_id)

    def _live(self) -> None:
        for one in self.everybody:
            forward = truth.forward_of(one, turned=self.turned)
            if one.stage != OUT:
                one.stage = truth.moved(one.stage, forward, self.dice)
            did = list(truth.acts_of(one.stage, self.dice))
            one.chances = truth.seen_after(one.chances, forward, did)
            for name in did:
                when = self.at + WEEK * 0.95 * self.dice.random()
                one.did_at.append(when)
                late = 3 * DAY if self.dice.random() < LATE else timedelta()
                self.told.append((when + late, self._fact(one, name, when)))
        self.told.sort(key=lambda pair: pair[0])

    def _fact(self, one: Somebody, name: str, when: datetime) -> Fact:
        kind, body, _ = ACTS[name]
        return Fact(
            prospect_id=one.id, kind=kind, happened_at=when, source="site",
            key=f"{name} {when}", body=dict(body),
        )  # fmt: skip

    def _tell(self, session: Session) -> None:
        known = [fact for when, fact in self.told if when <= self.at]
        self.told = self.told[len(known) :]
        timeline.record(session, known, self.at)

    def _accept(self, session: Session) -> None:
        """Whoever is offered somebody takes them."""
        by_id = {one.id: one for one in self.everybody}
        for row, ref, rep in self._with_reps(session, HandoffState.OFFERED):
            self.found.setdefault(row.id, by_id[ref.prospect_id].stage)
            offers.accept(session, ref, rep, self.at)

    def _answer(self, session: Session) -> None:
        """What was taken a week ago is written up, or some time later."""
        by_id = {one.id: one for one in self.everybody}
        for row, ref, rep in self._with_reps(session, HandoffState.ACCEPTED):
            soon = row.accepted_at is None or row.accepted_at > self.at - WEEK
            if not soon and self.dice.random() < ANSWERS.get(rep.name, 0.0):
                told = self._finding(row, rep.name, self.found[row.id])
                confirm(session, ref, rep, told, now=self.at, secret=SECRET)
                if told.verdict != "not_reached":
                    by_id[ref.prospect_id].checked_at = self.at

    def _with_reps(
        self, session: Session, state: HandoffState
    ) -> list[tuple[HandoffRow, HandoffRef, Member]]:
        colleagues = {each.id: each for each in team.members(session)}
        rows = session.execute(
            select(HandoffRow).where(HandoffRow.state == state, HandoffRow.rep_id.is_not(None))
        )
        return [
            (
                row,
                HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id)),
                colleagues[MemberId(row.rep_id)],
            )
            for row in rows.scalars()
            if row.rep_id
        ]

    def _finding(self, row: HandoffRow, name: str, true: int) -> RepFinding:
        talk: dict[str, Any] = {
            "spoke_with": "Ida", "channel": "call", "fact": "two sites",
            "at": (row.accepted_at or self.at).isoformat(),
        }  # fmt: skip
        if name == "always":
            stage = {} if row.claimed_stage else {"stage_found": LADDER[EVALUATION]}
            return RepFinding.model_validate({"verdict": "confirmed", **talk, **stage})
        if self.dice.random() < 0.1:
            return RepFinding.model_validate({"verdict": "not_reached", **talk})
        if true == OUT:
            return RepFinding.model_validate({"verdict": "not_a_buyer", **talk})
        seen = truth.heard(true, self.dice)
        claimed = LADDER.index(row.claimed_stage) if row.claimed_stage in LADDER else -1
        verdict = "later" if seen > claimed else "earlier" if seen < claimed else "confirmed"
        return RepFinding.model_validate({"verdict": verdict, **talk, "stage_found": LADDER[seen]})

    def _count_cold(self) -> None:
        told, since = beliefs(self.database), self.at - 90 * DAY
        for one in self.everybody:
            row = told[one.id]
            checked = one.checked_at is not None and one.checked_at > since
            lately = bool(one.did_at) and max(one.did_at) > since
            ended = row.lifecycle in ("won", "lost", "disqualified", "offered", "with_a_rep")
            if lately and not (row.warm or checked or ended):
                self.cold.append((self.at, truth.conversion(one.stage)))


def begun(
    database: Database,
    settings: Settings,
    at: datetime,
    *,
    explore: float | None = None,
    turns: datetime | None = None,
    seed: int = 7,
) -> Year:
    """An office of five reps and a desk, before anybody has come; `explore` is written if given."""

    def found(session: Session) -> None:
        staff = [
            {"name": each, "roles": ["rep"], "email": f"{each}@us.example"}
            for each in ANSWERS
            if each != "dora"
        ]
        staff += [{"name": "max", "roles": ["manager"], "email": "max@us.example"}]
        staff += [{"name": "dora", "roles": ["desk"], "email": "dora@us.example"}]
        team.save(session, staff, at)
        reps = [each["email"] for each in staff if each["roles"] == ["rep"]]
        office = {
            "teams": [{"slug": "all", "people": reps}],
            "rules": [{"name": "all", "to": "team:all", "lane": "normal"}],
            "fallback": "max@us.example",
        }
        configuration.write(session, "routing", "routing", office, at, by="test")
        scoring = {} if explore is None else {"explore": explore}
        configuration.write(session, "scoring", "scoring", scoring, at, by="test")

    perform(database, found)
    return Year(database, settings, at, Random(seed), turns)


def beliefs(database: Database) -> dict[ProspectId, ProspectRow]:
    """What the engine believes of everybody."""
    with reading(database) as session:
        return {ProspectId(row.id): row for row in session.execute(select(ProspectRow)).scalars()}
