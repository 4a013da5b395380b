"""A market whose truth is known put through the engine itself, two days at a time: `begun` and `Year.week`.

People come alone or to a company that is known already, by sources of different worth; what they do is
told late once in a while; everything due is drained as a worker does. Of five reps two answer soon and
one late, one confirms whatever is claimed, and one never answers, until a manager takes back what they had;
in a larger market there are more of those who look.
What they found far enough they work on until it is won, lost, or given back for now, and who did not
decide may be offered again. Models are trained, tried, switched on and their crossings released by the
product's own acts.
"""

from collections.abc import Mapping
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
from routing import interventions, offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.lives import HandoffState
from routing.outcome import Result, conclude
from routing.rows import HandoffRow, OpenHandoffRow
from scoring import current, kept_models, models
from scoring.changes import rules_changes
from scoring.changes.rows import State
from scoring.learning import taking_over, trainings
from scoring.learning.rows import TrainingRow
from scoring.models import By
from tests.app.learning import truth
from tests.app.learning.truth import ACTS, CUSTOMER, DECISION, EVALUATION, OUT, SOURCES, Somebody

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SECRET = "a secret for tests"
MIA = By("mia@us.example")
ANSWERS = {"ann": 0.8, "bob": 0.8, "late": 0.25, "always": 0.8, "never": 0.0, "dora": 0.8}
"""How likely each answers in a week what they took a week ago or more; dora is the desk."""
MANAGER = "max"
SENIOR = "Director of Operations"
SILENT = 5 * WEEK
LOOKS = 4
"""So often a week what is due is done: within the two days after which a draw by chance lapses."""
PATIENCE = 1 / 6
"""So much of what is worked on ends in a week: bought where the buyer decides, else lost."""
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
    known: int = 40
    """So many of the newest companies somebody else may come from."""
    told: list[tuple[datetime, Fact]] = field(default_factory=list)
    """What happened and is yet to be told, and when it will be."""
    cold: list[tuple[datetime, float]] = field(default_factory=list)
    """Of those who might have been drawn, look by look: the chance that a rep would have found them far enough."""
    offered: list[tuple[datetime, str | None, int, int]] = field(default_factory=list)
    """Each lead as it was taken: the stage claimed, the true one, and the best claim there was."""
    held: list[int] = field(default_factory=list)
    """How many crossings each change of rules held."""

    @property
    def by_id(self) -> Mapping[ProspectId, Somebody]:
        """Everybody by who they are to us."""
        return {one.id: one for one in self.everybody}

    @property
    def turned(self) -> bool:
        """Whether it is another market by now."""
        return self.turns is not None and self.at >= self.turns

    def week(self, newcomers: int) -> None:
        """People come, move and act; the engine reacts; reps answer; models live."""
        perform(self.database, lambda session: self._arrive(session, newcomers))
        self._live()
        for _ in range(LOOKS):
            self.at += WEEK / LOOKS
            perform(self.database, self._tell)
            self._drain()
            self._count_cold()
            # At once: an offer nobody takes within hours goes on to the next.
            perform(self.database, self._accept)
        perform(self.database, self._answer)
        perform(self.database, self._end)
        perform(self.database, self._take_back)
        self._keep_watch()

    def learn(self) -> None:
        """What a worker does for models that are due: trains them, in this process."""
        with reading(self.database) as session:
            query = select(TrainingRow.id).where(TrainingRow.state == trainings.State.OPEN)
            waiting = session.execute(query).scalars().all()
        for each in waiting:
            assert by_promise.carry_out(self.database, each) == 0
        self._keep_watch()

    def _keep_watch(self) -> None:
        """What sweep and colleagues do for models: ask, let over, look at everybody, release who waits."""
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
        # One training may bring stages by themselves as well, and these go first.
        newest = kept_models.kept(session, limit=2)
        for each in newest:
            is_new = each.state == models.State.TRAINED
            if (
                is_new
                and each.trained_at == newest[0].trained_at
                and taking_over.outcome(each) == "ask"
            ):
                models.approve(session, each.id, self.at, by=MIA)
                return

    def _release(self, session: Session) -> None:
        waiting = [
            each.version for each in rules_changes.changes(session) if each.state == State.WAITING
        ]
        for version, tally in rules_changes.tallies(session, waiting).items():
            self.held.append(tally.waiting)
            rules_changes.release(session, version, self.at, by=MIA, pace=None)

    def _drain(self) -> None:
        drain(self.database, self.settings, Queue.INSIDE)

    def _arrive(self, session: Session, newcomers: int) -> None:
        leads = [self._lead(len(self.everybody) + n) for n in range(newcomers)]
        told = people.resolve(session, leads, self.at, secret=SECRET)
        came = []
        for lead, resolved in zip(leads, told, strict=True):
            assert resolved.prospect_id is not None
            who, source = ProspectId(resolved.prospect_id), self.dice.choice([*SOURCES])
            start = truth.begins(source, turned=self.turned)
            stage = self.dice.choices(range(3), start)[0]
            senior = lead.person.title == SENIOR
            self.everybody.append(Somebody(who, senior, source, stage, [*start, 0.0, 0.0]))
            came.append(Fact(
                prospect_id=who, kind=ACTS["guide"][0], happened_at=self.at, source=source,
                key=f"came {lead.ref}", body={"form": "newsletter"},
            ))  # fmt: skip
        timeline.record(session, came, self.at)

    def _lead(self, n: int) -> Lead:
        domain = "gmail.com"
        if self.domains and self.dice.random() < TOGETHER:
            domain = self.dice.choice(self.domains[-self.known :])
        elif self.dice.random() < 0.5:
            domain = f"acme{n}.example"
            self.domains.append(domain)
        email = f"p{n}@{domain}"
        title = SENIOR if self.dice.random() < 0.4 else "Clerk"
        return Lead(
            ref=email,
            identities=(Identity("email", email),),
            person=Person(email=email, name=f"P {n}", title=title),
            happened_at=self.at,
            domain=None if domain == "gmail.com" else domain,
        )

    def _live(self) -> None:
        for one in self.everybody:
            forward = truth.forward_of(one, turned=self.turned)
            if one.stage == CUSTOMER:
                continue
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
        """Whoever is offered somebody takes them, and talks to them."""
        by_id = self.by_id
        for row, ref, rep in self._with_reps(session, HandoffState.OFFERED):
            one = by_id[ref.prospect_id]
            if row.id not in self.found:
                self.found[row.id] = one.stage
                self.offered.append((self.at, row.claimed_stage, one.stage, one.best))
            offers.accept(session, ref, rep, self.at)

    def _answer(self, session: Session) -> None:
        """What was taken a week ago is written up, or some time later."""
        by_id = self.by_id
        for row, ref, rep in self._with_reps(session, HandoffState.ACCEPTED):
            soon = row.accepted_at is None or row.accepted_at > self.at - WEEK
            if not soon and self.dice.random() < ANSWERS[_kind_of(rep)]:
                told = self._finding(row, _kind_of(rep), self.found[row.id])
                confirm(session, ref, rep, told, now=self.at, secret=SECRET)
                if told.verdict != "not_reached":
                    by_id[ref.prospect_id].checked_at = self.at

    def _end(self, session: Session) -> None:
        """What was found far enough is worked on until it is bought, or is not."""
        by_id = self.by_id
        for _, ref, rep in self._with_reps(session, HandoffState.CHECKED):
            one = by_id[ref.prospect_id]
            if self.dice.random() >= PATIENCE:
                continue
            won = one.stage == DECISION
            result, reason = (Result.WON, None) if won else (Result.LOST, "not now")
            if won:
                one.stage = CUSTOMER
            conclude(
                session, ref, rep, result=result, reason=reason, opportunity=None, now=self.at
            )  # fmt: skip

    def _take_back(self, session: Session) -> None:
        """What nobody wrote a word about for too long, a manager takes back: they may be offered anew."""
        manager = next(each for each in team.members(session) if each.name == MANAGER)
        for row, ref, _ in self._with_reps(session, HandoffState.ACCEPTED):
            if row.accepted_at < self.at - SILENT:
                order = interventions.Order(
                    by=manager.name, reason="no word of it", now=self.at, batch=row.id
                )
                interventions.withdraw(session, ref, order)
                self.by_id[ref.prospect_id].checked_at = self.at

    def _with_reps(
        self, session: Session, state: HandoffState
    ) -> list[tuple[Any, HandoffRef, Member]]:
        colleagues = {each.id: each for each in team.members(session)}
        row = HandoffRow
        asked = select(row.id, row.prospect_id, row.rep_id, row.claimed_stage, row.accepted_at)
        rows = session.execute(asked.where(row.state == state, row.rep_id.is_not(None))).all()
        return [
            (
                each,
                HandoffRef(ProspectId(each.prospect_id), HandoffId(each.id)),
                colleagues[MemberId(each.rep_id)],
            )
            for each in rows
        ]

    def _finding(self, row: Any, kind: str, true: int) -> RepFinding:
        talk: dict[str, Any] = {
            "spoke_with": "Ida", "channel": "call", "fact": "two sites",
            "at": (row.accepted_at or self.at).isoformat(),
        }  # fmt: skip
        if kind == "always":
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
        """Whom chance might have drawn now (`routing.drawing.may_be_drawn`): not warm, lately active, free.

        All through the week: at its end who is far enough has mostly done what makes warm.
        """
        told, since = beliefs(self.database), self.at - 90 * DAY
        with reading(self.database) as session:
            taken = set(session.execute(select(OpenHandoffRow.whose)).scalars())
        for one in self.everybody:
            row = told[one.id]
            checked = one.checked_at is not None and one.checked_at > since
            lately = bool(one.did_at) and max(one.did_at[-5:]) > since
            ended = row.lifecycle in ("won", "lost", "disqualified")
            whose = f"account:{row.account_id}" if row.account_id else f"person:{one.id}"
            if lately and not (row.warm or checked or ended or whose in taken):
                self.cold.append((self.at, truth.conversion(one.stage)))


def begun(
    database: Database,
    settings: Settings,
    at: datetime,
    *,
    explore: float | None = None,
    turns: datetime | None = None,
    seed: int = 7,
    offices: int = 1,
) -> Year:
    """Five reps and a desk, before anybody has come, and more such `offices` where all look and answer.

    `explore` is written if given.
    """

    def found(session: Session) -> None:
        more = (f"{each}{n}" for n in range(1, offices) for each in HONEST)
        names = [*ANSWERS, *more]
        staff = [
            {
                "name": each,
                "roles": ["desk" if each.startswith("dora") else "rep"],
                "email": f"{each}@us.example",
            }
            for each in names
        ]
        staff += [{"name": MANAGER, "roles": ["manager"], "email": "max@us.example"}]
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
    return Year(database, settings, at, Random(seed), turns, known=40 * offices)


def _kind_of(rep: Member) -> str:
    """Which of `ANSWERS` a colleague is like."""
    return rep.name.rstrip("0123456789")


def beliefs(database: Database) -> Mapping[ProspectId, Any]:
    """What the engine believes of everybody: stage, score, warmth, whose they are and where they stand."""
    row = ProspectRow
    asked = select(row.id, row.stage, row.score, row.warm, row.lifecycle, row.account_id)
    with reading(database) as session:
        return {ProspectId(each.id): each for each in session.execute(asked)}
