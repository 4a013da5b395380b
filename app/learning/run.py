"""One training from the record, start to end, in a process of its own: read, screen, train, keep what came of it.

Nothing is kept before the end, and the end is one transaction that only the holder of the lease can
make: killed anywhere, it has done nothing, and the next process begins anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.learning import pulled, staging
from app.learning.heart import Heart
from app.learning.made import Kept, made_of
from app.learning.pulled import Pulled
from app.learning.suspected import suspected
from app.learning.told import early
from prospects import percentages
from scoring import current, models
from scoring.card.card import Card, Label
from scoring.features.registry import VERSION
from scoring.learning import delay, past_leads, record, trainings
from scoring.learning.answering import Doubted
from scoring.learning.delay import Weighed
from scoring.learning.labels import Aim, Fate, aim_of
from scoring.learning.past_leads import SeenLead
from scoring.learning.record import Put
from scoring.learning.trainings import Hold, State
from scoring.models import By, Origin
from scoring.rules import ScoringRules
from scoring.training.laying import Layout
from scoring.training.suspects import Suspect
from scoring.training.train import TooLittleError, train
from scoring.training.trained import Outcome, Plan, Trained

Told = Callable[[str, int, int], None]
"""Hears which step it is at, and how much of it is done of how much."""
SLICES = ("came.source", "person.country", "account.size")


@dataclass(frozen=True, slots=True)
class Came:
    """How a training ended: the model if there is one, what is suspected, and sentences for people."""

    state: State
    words: tuple[str, ...]
    model: str | None = None
    suspects: tuple[Suspect, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is learned from, as of the instant anything was last learned of a lead."""

    rules: ScoringRules
    aim: Aim
    as_of: datetime
    puts: list[tuple[Put, Weighed]]
    ripe: timedelta
    leads: int
    findings: int
    active: Card | None
    contradicted: bool
    doubted: Mapping[str, Doubted]


def work(database: Database, hold: Hold, told: Told, *, by: By) -> Came:
    """Carry a training out and end it. Raises LeaseLostError if another process has taken it over."""
    with Heart(database, hold, told) as heart:
        basis = _basis(database, heart.step)
        if basis is None:
            came = Came(State.DONE, ("No lead was put to sales yet: there is nothing to learn.",))
            return _end(database, hold, came, 0)
        layout, kept = _read(database, basis, heart.step)
        heart.step("looking for columns that are filled after the fact", 0, 0)
        table = layout.table()
        # Looking takes seconds: no transaction is held over it.
        with reading(database) as session:
            words = trainings.words_on_columns(session)
        found, left_out = suspected(table, {name: row.known for name, row in words.items()})
        if found:
            return _end(database, hold, _held(found), basis.findings)
        table = table.without(list(left_out))
        heart.step("training", 0, 0)
        plan = _plan(basis, left_out)
        stages = staging.staged(kept, basis.rules, table.columns)
        try:
            trained = train(table, plan, active=basis.active)
            made = made_of(trained, kept, stages, doubted=basis.doubted, parent=basis.active)
        except TooLittleError as error:
            made = Kept(None, None, {"words": [f"{error} The points stay."]})
        made.report["words"] += early(basis.ripe, basis.aim.within)
        apart = pulled.pulled(basis.rules, stages, made.trained, plan, table)
    return _keep(database, hold, basis, made, apart=apart, by=by)


def _basis(database: Database, told: Told) -> Basis | None:
    told("reading what became of leads", 0, 0)
    with reading(database) as session:
        rules = current.current(session)
        as_of = record.newest(session, database.clock.now())
        if as_of is None:
            return None
        aim = aim_of(rules)
        puts, doubted = record.heeded(record.put_to_sales(session, aim, as_of), as_of)
        findings = record.findings(session)
        hides = {each.model_id for each in percentages.all_hidden(session)}
    rows = delay.weigh([put.lead for put in puts], aim.within, as_of)
    return Basis(
        rules=rules,
        aim=aim,
        as_of=as_of,
        puts=[(put, row) for put, row in zip(puts, rows, strict=True) if row is not None],
        ripe=delay.ripe([put.lead for put in puts], aim.within, as_of),
        leads=len(puts),
        findings=findings,
        active=rules.scoring_card,
        contradicted=rules.card_id in hides,
        doubted=doubted,
    )


def _read(database: Database, basis: Basis, told: Told) -> tuple[Layout, list[SeenLead]]:
    """Every lead as it was seen when it was offered; those that are settled are handed back as well."""
    layout, settled = Layout(basis.ripe, basis.as_of), []
    weighed = {(put.prospect_id, put.lead.handoff): row for put, row in basis.puts}
    for n, some in enumerate(past_leads.batches([put for put, _ in basis.puts])):
        told("seeing them as they were", n * past_leads.AT_ONCE, len(basis.puts))
        with reading(database) as session:
            seen = past_leads.as_offered(session, some, basis.rules)
        for lead in seen:
            layout.add(lead, weighed[lead.put.prospect_id, lead.put.lead.handoff])
        settled += [lead for lead in seen if lead.put.lead.fate is not Fate.OPEN]
    return layout, settled


def _held(found: list[Suspect]) -> Came:
    words = tuple(f"“{each.name}”: {each.why}." for each in found)
    document = [{"name": each.name, "why": each.why, "auc": each.auc} for each in found]
    return Came(State.HELD, words, suspects=tuple(found), report={"suspects": document})


def _plan(basis: Basis, left_out: Mapping[str, str]) -> Plan:
    stage, days = basis.aim.stage, round(basis.aim.within / timedelta(days=1)) or 1
    offers = [put.lead.offered_at for put, _ in basis.puts]
    return Plan(
        label=Label(name="found by a rep", positive=stage, horizon_days=days),
        feature_version=VERSION,
        # Not the present: the same record gives the same card, whenever it is trained on.
        trained_at=basis.as_of,
        since=min(offers, default=None),
        until=basis.as_of,
        slices=SLICES,
        contradicted=basis.contradicted,
        left_out=left_out,
        allowed={each.name: each.because for each in basis.rules.scoring.allowed_features},
    )


def _keep(
    database: Database, hold: Hold, basis: Basis, kept: Kept, *, apart: Pulled | None, by: By
) -> Came:
    card = kept.card
    words = (*kept.report["words"], *([apart.words] if apart else []))
    shown = card or (apart and apart.card)
    came = Came(State.DONE, words, model=shown.id if shown else None, report=kept.report)

    def settle(session: Session) -> None:
        now = database.clock.now()
        if card is not None:
            models.keep(session, card, kept.report, now, origin=Origin.RECORD, by=by)
            _approve(session, card.id, kept.trained, now)
        if apart is not None:
            by_itself = current.current(session).scoring.learning.by_itself
            pulled.keep(session, apart, now, by=by, by_itself=by_itself)
        _settle(session, hold, came, basis.findings, now)

    perform(database, settle)
    return came


def _approve(session: Session, model_id: str, trained: Trained | None, now: datetime) -> None:
    """What passes every check is tried in the shadow at once; of the rest a person decides, or nobody."""
    row = models.one(session, model_id)
    is_new = row is not None and row.state == models.State.TRAINED
    by_itself = current.current(session).scoring.learning.by_itself
    if (
        is_new
        and by_itself
        and trained
        and trained.gate
        and trained.gate.outcome is Outcome.PROMOTE
    ):
        models.approve(session, model_id, now, by=models.ITSELF)


def _end(database: Database, hold: Hold, came: Came, labels: int) -> Came:
    now = database.clock.now()
    perform(database, partial(_settle, hold=hold, came=came, labels=labels, now=now))
    return came


def _settle(session: Session, hold: Hold, came: Came, labels: int, now: datetime) -> None:
    trainings.end(
        session,
        hold,
        came.state,
        now,
        labels=labels,
        model_id=came.model,
        reason=" ".join(came.words) if came.state is State.HELD else None,
        report={"words": list(came.words), **_without_model(came)},
    )


def _without_model(came: Came) -> dict[str, Any]:
    """What the training's own row keeps: all of it where there is no model to keep it with."""
    return {} if came.model else {k: v for k, v in came.report.items() if k != "words"}
