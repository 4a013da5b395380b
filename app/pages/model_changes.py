"""What a model counts otherwise than what scores now, term by term, and how far it pulls buying stages."""

from collections.abc import Iterator
from dataclasses import replace

from app.pages.model_views import Change
from scoring.card.card import Card, Rung
from scoring.learning import taking_over
from scoring.learning.taking_over import Difference
from scoring.rows import ModelRow
from scoring.rules import ScoringRules
from scoring.saying import named

MOST_CHANGES = 40
OF_STAGES = "Above 0 reps found buyers at this stage more often than your evidence rules say, below 0 less often: 0.7 doubles the odds, −0.7 halves them."


def against(row: ModelRow, rules: ScoringRules) -> str:
    """Beside what it is held."""
    if row.body.get("rung") == Rung.STAGES:
        return "Your points stay as they are; only what is said of buying stages changes."
    if rules.card_id == row.id:
        return "It is what scores now: this is what it counts."
    if rules.scoring_card is None:
        return "Your points score now, which know none of these sums; this is what it would count."
    return f"Against {rules.card_id}, which scores now: every term that differs, the largest change first."


def read(row: ModelRow, card: Card, rules: ScoringRules) -> list[Change]:
    """What differs; of the card that scores, beside which nothing stands, what it counts."""
    if rules.card_id != row.id:
        return _changes(card, rules.card, rules)
    alone = _changes(card, None, rules)
    return [replace(each, sort="", rows=[(at[0], at[-1]) for at in each.rows]) for each in alone]


def _changes(card: Card, other: Card | None, rules: ScoringRules) -> list[Change]:
    terms = [_change(each) for each in taking_over.differences(card, other)[:MOST_CHANGES]]
    return [*_pull(card, other, rules), *terms]


def _pull(card: Card, other: Card | None, rules: ScoringRules) -> Iterator[Change]:
    """How far findings pull each stage from the evidence rules: above 0 buyers were found there more often."""
    if card.stage is None or (other and other.stage == card.stage):
        return
    names = {stage.slug: stage.name for stage in rules.stages}
    stands = other.stage if other else None
    was = dict(zip(stands.ladder, stands.cuts, strict=True)) if stands else {}
    yield Change(
        name=f"Buying stages, pulled by {card.stage.verdicts:,} findings",
        sort="changed" if was else "new",
        note=OF_STAGES,
        rows=[
            (names.get(slug, slug), _weight(-was[slug] if slug in was else None), _weight(-cut))
            for slug, cut in zip(card.stage.ladder, card.stage.cuts, strict=True)
        ],
    )


def _change(each: Difference) -> Change:
    before, after = each.before or {}, each.after or {}
    sort = "new" if each.before is None else "gone" if each.after is None else "changed"
    places = list(dict.fromkeys([*before, *after]))
    return Change(
        name=named(each.feature),
        sort=sort,
        rows=[(place, _weight(before.get(place)), _weight(after.get(place))) for place in places],
    )


def _weight(weight: float | None) -> str:
    return "–" if weight is None else f"{weight:+.2f}".replace("-", "−")
