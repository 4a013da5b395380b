"""Reads one model for its page: in a marketer's words first, then what it was judged by, made of, and may change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import (
    hidden_percentage,
    model_changes,
    model_deeds,
    model_drift,
    model_movers,
    model_words,
    plots,
)
from app.pages.model_views import CheckLine, LeftOut, ModelPage, TableShown
from app.pages.views import Tone
from app.permissions import Act, may_at_all
from prospects import team
from scoring import current, models
from scoring.card.adding import points_are_chances
from scoring.card.card import Card
from scoring.learning import shadowing
from scoring.learning.limits import LIMITS, undrawn
from scoring.models import State
from scoring.rows import ModelRow
from scoring.rules import ScoringRules
from scoring.saying import named

FIGURES = (
    ("auc", "AUC"),
    ("pr_auc", "PR AUC"),
    ("log_loss", "log loss"),
    ("brier", "Brier"),
    ("ece", "ECE"),
    ("lift10", "lift 10 %"),
)


def read(session: Session, row: ModelRow, viewer: Viewer, now: datetime) -> ModelPage:
    """Everything the page shows."""
    rules, card = current.current(session), models.card_of(row)
    steers = may_at_all(viewer.roles, Act.STEER_MODELS)
    looked = row.report.get("looked") or {}
    drawn = (
        plots.calibration(looked.get("reliability") or ()),
        plots.lift(looked.get("lift") or ()),
    )
    return ModelPage(
        url=f"/scoring/models/{row.id}",
        name=row.id,
        kind=model_words.kind(card.rung),
        state=model_words.state(row, rules.scoring.learning, now, viewer.zone),
        tone=model_words.TONES.get(row.state, Tone.PLAIN),
        headline=list(_headline(row)),
        waits=row.waits if row.state == State.APPROVED else None,
        percentage=model_words.percentage(row),
        hidden=hidden_percentage.of_model(session, row.id, now, viewer.zone),
        undrawn=_undrawn(row, rules),
        words=[str(each) for each in row.report.get("words", ())],
        verdict=model_words.verdict(row),
        checks=_checks(row.report),
        plots=[each for each in drawn if each is not None],
        against=model_changes.against(row, rules),
        in_force=rules.card_id == row.id,
        changes=model_changes.read(row, card, rules),
        shadow=_shadow(session, row),
        movers=model_movers.read(session, row),
        drift=model_drift.read(session, row),
        made_of=list(_made_of(session, row, card)),
        tables=list(_tables(row.report)),
        limits=LIMITS,
        left_out=_left_out(row, card),
        allowed=_pairs(card.allowed),
        deeds=model_deeds.deeds(row, rules.scoring.learning, now, viewer.zone) if steers else (),
    )


def _undrawn(row: ModelRow, rules: ScoringRules) -> str | None:
    """What to do where only people drawn by chance could prove its percentage, and nobody is drawn."""
    card = models.card_of(row)
    is_ours = row.origin == models.Origin.RECORD and card.scores
    return undrawn(rules) if is_ours and not card.calibration.passed else None


def _headline(row: ModelRow) -> Iterator[str]:
    """What a marketer reads first."""
    none = model_words.no_signal(row.report)
    if none:
        yield none
        return
    higher = model_words.better_for(row.report, parent=row.parent is not None)
    first = [str(each) for each in row.report.get("words", ())[:1]]
    yield higher or next(iter(first), "There was nothing to hold it against.")


def _checks(report: Mapping[str, Any]) -> list[CheckLine]:
    checks = (report.get("gate") or {}).get("checks") or ()
    return [
        CheckLine(
            title=model_words.CHECKS.get(str(each["name"]), str(each["name"])),
            passed=bool(each["passed"]),
            words=str(each["words"]),
        )
        for each in checks
    ]


def _shadow(session: Session, row: ModelRow) -> list[str]:
    churn = shadowing.churn(session, row.id) if row.state == State.APPROVED else None
    if churn is None:
        return []
    if not churn.people:
        return [
            "Nobody was looked at since it is tried; it is tried on whoever does something next."
        ]
    return [
        f"So far {churn.people:,} people were looked at by it beside what scores now.",
        f"For {churn.moved:,} of them the grade would be two steps away or more.",
        f"{churn.warmer:,} would be warm who are not, {churn.colder:,} would be warm no longer.",
    ]


def _made_of(session: Session, row: ModelRow, card: Card) -> Iterator[tuple[str, str]]:
    window, label = card.window, card.label
    if not card.scores and card.stage is not None:
        yield "Learned from", f"{card.stage.verdicts:,} findings of reps"
        yield "It says", "how far buyers are; your points go on scoring"
        yield from _origin(session, row, card)
        return
    within = f" within {label.horizon_days} days" if label.horizon_days else ""
    yield "Learned from", f"{window.rows:,} leads, {window.positives:,} of them found far enough"
    here = row.origin == models.Origin.RECORD
    aim = (
        f"that a rep finds {label.positive} or further"
        if here
        else f"{label.name}: {label.positive}"
    )
    yield "It foresees", f"{aim}{within}"
    yield from _origin(session, row, card)
    if points_are_chances(card):
        yield (
            "Points by it",
            "100 times its probability: it was learned without points to set a scale by",
        )
    yield "Things it looks at", f"{len(card.terms)}, as features of version {card.feature_version}"


def _origin(session: Session, row: ModelRow, card: Card) -> Iterator[tuple[str, str]]:
    window, here = card.window, row.origin == models.Origin.RECORD
    if window.since and window.until:
        yield "Leads from", f"{window.since:%-d %b %Y} to {window.until:%-d %b %Y}"
    yield "Out of", "this workspace's own record" if here else "a file somebody brought"
    by = next((m.name for m in team.members(session) if m.id == row.trained_by), "Warmline itself")
    yield "Trained", f"{row.trained_at:%-d %b %Y}, by {by}"
    if row.parent:
        yield "Came after", row.parent
    yield "Fingerprint", f"data {window.sha256[:12]}, seed {window.seed}"


def _tables(report: Mapping[str, Any]) -> Iterator[TableShown]:
    tried = report.get("candidates") or ()
    if tried:
        yield TableShown(
            title="Everything that was tried",
            head=("What", "On", *(name for _, name in FIGURES)),
            rows=[row for each in tried for row in _candidate(each)],
            note="Nothing of this is a promise: figures of few leads move by themselves.",
        )
    slices = (report.get("looked") or {}).get("slices") or ()
    if slices:
        yield TableShown(
            title="By source, country and size",
            head=("Who", "Leads", "AUC", "AUC of what scored then", "Foreseen over found"),
            rows=[_slice(each) for each in slices],
        )


def _candidate(each: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    name = model_words.kind(str(each["name"]))
    for key, where in (("cv", "five parts in turn"), ("time_split", "the newest fifth")):
        found = each.get(key)
        if found:
            yield name, where, *(_figure(found.get(figure)) for figure, _ in FIGURES)
    if each.get("why_not"):
        yield name, str(each["why_not"]), *("–" for _ in FIGURES)


def _slice(each: Mapping[str, Any]) -> Sequence[str]:
    who = f"{named(str(each['column']))}: {each['level']}"
    figures = (each["auc"], each["auc_now"], each["ratio"])
    return (who, f"{each['rows']:,}", *map(_figure, figures))


def _figure(found: float | None) -> str:
    return "–" if found is None else f"{found:.3f}"


def _left_out(row: ModelRow, card: Card) -> list[LeftOut]:
    """What was left out by its reason; what is said of fewest comes first, for somebody may mend that."""
    report = row.report
    gone = {**card.left_out, **(report.get("dropped") or {}), **(report.get("left_out") or {})}
    names: dict[str, list[str]] = {}
    for name, why in _pairs(gone):
        names.setdefault(why, []).append(name)
    found = [LeftOut(why=why, names=some) for why, some in names.items()]
    return sorted(found, key=lambda each: len(each.names))


def _pairs(reasons: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(named(name), str(why)) for name, why in sorted(reasons.items())]
