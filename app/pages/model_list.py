"""Reads the page of all models: what scores, what is missing for the next, what was trained, and trainings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import hidden_percentage, model_words, turning
from app.pages.model_views import ModelLine, Models, Suspected, TrainingLine
from app.pages.views import Tone
from app.permissions import Act, may_at_all
from prospects import percentages
from prospects.percentages import Hidden
from scoring import current, kept_models, models
from scoring.kept_models import KeptModel
from scoring.learning import limits, next_rung, record, trainings
from scoring.learning.rows import KnownBeforeRow, TrainingRow
from scoring.learning.trainings import State
from scoring.rules import ScoringRules
from scoring.written.learning import Learning

MOST_TRAININGS = 5
STATES: Mapping[str, tuple[str, Tone]] = {
    State.OPEN: ("under way", Tone.SOON),
    State.HELD: ("waits for your word", Tone.SOON),
    State.DONE: ("done", Tone.GOOD),
    State.FAILED: ("did not work", Tone.BAD),
}


def read(session: Session, viewer: Viewer, now: datetime, *, below: str | None = None) -> Models:
    """Everything the page shows; of models those that come after the model `below`, else the newest."""
    rules = current.current(session)
    newest = kept_models.kept(session, limit=turning.PAGE + 1)
    found = kept_models.kept(session, limit=turning.PAGE + 1, below=below) if below else newest
    rows, last = turning.one_page([*found])
    query = select(TrainingRow).order_by(TrainingRow.asked_at.desc(), TrainingRow.id.desc())
    runs = session.scalars(query.limit(MOST_TRAININGS)).all()
    said = trainings.words_on_columns(session)
    learning = rules.scoring.learning
    hides = {each.model_id: each for each in percentages.all_hidden(session)}
    return Models(
        scoring_now=_scoring_now(rules),
        missing=next_rung.missing(record.findings(session), _learned(newest, runs)),
        lines=[
            *(_line(row, learning, now, viewer, hides) for row in rows),
            *([] if below else [_points(rules)]),
        ],
        next_url=turning.next_url("/scoring/models", {}, last.id) if last else None,
        trainings=[_training(row, said, newest=n == 0, now=now) for n, row in enumerate(runs)],
        under_way=any(row.state == State.OPEN for row in runs),
        may_steer=may_at_all(viewer.roles, Act.STEER_MODELS),
        hidden=hidden_percentage.now_hidden(session, now, viewer.zone),
        undrawn=limits.undrawn(rules),
    )


def _scoring_now(rules: ScoringRules) -> str:
    if rules.scoring_card is None and rules.card_id:
        return f"Your points score; buying stages are claimed with what findings taught ({rules.card_id})."
    if rules.card is None:
        return "Your points score. They run from the first day, and go on beside every model."
    return f"{model_words.kind(rules.card.rung)} scores ({rules.card_id}); your points go on beside it."


def _learned(rows: Sequence[KeptModel], runs: Sequence[TrainingRow]) -> tuple[int, int] | None:
    """Who was found far enough, and who not, by the newest training that says so: its own row, or its model."""
    reports = [row.report for row in runs if "positives" in row.report]
    ours = [
        row.report if "losses" in row.report else row.body["window"]
        for row in rows
        if row.origin == models.Origin.RECORD
    ]
    newest = next(
        iter([*reports, *ours] if runs and not runs[0].model_id else [*ours, *reports]), None
    )
    if newest is None:
        return None
    won: int = newest["positives"]
    lost: int = newest.get("losses", newest["rows"] - won)
    return won, lost


def _line(
    row: KeptModel, rules: Learning, now: datetime, viewer: Viewer, hides: Mapping[str, Hidden]
) -> ModelLine:
    hidden = hides.get(row.id)
    report = row.report
    told = (
        hidden and hidden_percentage.since(hidden, now, viewer.zone),
        model_words.no_signal(report),
        model_words.better_for(report, parent=row.parent is not None),
        model_words.only_stages(row),
        model_words.percentage(row),
    )
    return ModelLine(
        name=row.id,
        kind=model_words.kind(str(row.body.get("rung"))),
        state=model_words.state(row, rules, now, viewer.zone),
        tone=model_words.TONES.get(row.state, Tone.PLAIN),
        at=row.trained_at,
        says=next(each for each in told if each),
        url=f"/scoring/models/{row.id}",
    )


def _points(rules: ScoringRules) -> ModelLine:
    alone = rules.scoring_card is None
    return ModelLine(
        name=rules.model,
        kind=model_words.kind("points"),
        state="score everybody" if alone else "go on beside the model",
        tone=Tone.GOOD if alone else Tone.PLAIN,
        at=None,
        says="The rules that you wrote. Whatever is learned must be better than these.",
    )


def _training(
    row: TrainingRow, said: Mapping[str, KnownBeforeRow], *, newest: bool, now: datetime
) -> TrainingLine:
    state, tone = STATES[row.state]
    if row.state == State.OPEN and not trainings.is_held(row, now):
        state = "waits for a worker"
    words = [str(each) for each in row.report.get("words", ())]
    return TrainingLine(
        state=state,
        tone=tone,
        asked_by="Warmline" if row.asked_by == models.ITSELF.name else row.asked_by,
        because=row.because,
        at=row.ended_at or row.begun_at or row.asked_at,
        step=row.step,
        done=min(row.done, row.total),
        total=row.total,
        model_url=f"/scoring/models/{row.model_id}" if row.model_id else None,
        words=[] if row.state == State.HELD else words or ([row.reason] if row.reason else []),
        suspects=_suspects(row, said) if newest and row.state == State.HELD else (),
    )


def _suspects(row: TrainingRow, said: Mapping[str, KnownBeforeRow]) -> list[Suspected]:
    return [
        Suspected(
            name=str(each["name"]),
            why=str(each.get("why", "")),
            known=said[each["name"]].known if each["name"] in said else None,
            by=said[each["name"]].by if each["name"] in said else "",
        )
        for each in row.report.get("suspects", ())
    ]
