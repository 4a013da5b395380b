"""Which candidate earned its place: the simplest that nothing beats beyond the noise, on the newest rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scoring.training.bootstrap import Drawn, paired
from scoring.training.judging import Bench, Tried
from scoring.training.metrics import auc, auc_error
from scoring.training.table import Floats, Places
from scoring.training.trained import Candidate

ENOUGH = 50
"""Wins and losses among the newest rows; below, the folds over all rows decide."""
SURE = 0.9
"""In so many of the draws the more complicated one must have the lower log loss."""
NO_WORSE = -0.01
"""So much AUC it may cost, in all but 5 % of draws."""
RATHER = 0.5
"""In so many draws of the newest rows it must be better for all rows to be asked as well."""
CHANCE = 0.5
BEYOND_CHANCE = 2.58
"""So many standard errors above chance the AUC over all rows must lie. Folds share rows, so that noise reaches
further than a standard error says: at 2.0 a signal was seen in 4 of 44 files of 2,000 rows without one."""
ONE_SIDED = 1.645
"""So many the newest rows must lie above chance, where they lie as far below all rows; else only above chance."""
LADDER = (Candidate.PLATT, Candidate.SCORECARD, Candidate.ADDITIVE)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The rows that decide, with every candidate's logits on them."""

    rows: Places
    label: Floats
    logits: Mapping[Candidate, Floats]
    newest: bool
    seed: int

    def only(self, rows: Places) -> "Evidence":
        """These of its rows."""
        logits = {name: each[rows] for name, each in self.logits.items()}
        return replace(self, rows=self.rows[rows], label=self.label[rows], logits=logits)

    def beats(self, one: Floats, other: Floats) -> Drawn:
        """Hold two against each other."""
        return paired(self.label, one, other, self.seed)


@dataclass(frozen=True, slots=True)
class Choice:
    """The champion, whether there is any signal in it, and why in sentences."""

    champion: Candidate
    signal: bool
    words: tuple[str, ...]


def evidence(on: Bench, tried: Mapping[Candidate, Tried]) -> Evidence:
    """The newest rows where they have enough of both outcomes, else all rows by folds."""
    newest = on.newest
    if newest is not None and _enough(on.table.label[newest]):
        logits = {name: each.newest for name, each in tried.items() if each.newest is not None}
        return Evidence(newest, on.table.label[newest], logits, newest=True, seed=on.seed)
    return by_folds(on, tried)


def by_folds(on: Bench, tried: Mapping[Candidate, Tried]) -> Evidence:
    """All rows, each with what was said of it by a model that had not seen it."""
    none = np.array([], dtype=np.int64)
    rows = np.sort(np.concatenate([none, *(cut.newer for cut in on.cuts)]))
    found = {name: each.folded[rows] for name, each in tried.items()}
    return Evidence(rows, on.table.label[rows], found, newest=False, seed=on.seed)


def choose(seen: Evidence, folded: Evidence) -> Choice:
    """Climb the ladder as long as the next rung is better beyond the noise; say so if there is no signal.

    The newest rows decide; where they are too few to be sure but do not speak against it, all rows do.
    """
    rungs = [name for name in LADDER if name in seen.logits]
    if not rungs:
        return Choice(Candidate.POINTS, signal=False, words=("Nothing can be learned yet.",))
    champion, words = rungs[0], []
    for name in rungs[1:]:
        drawn = seen.beats(seen.logits[name], seen.logits[champion])
        climbs = _sure(drawn)
        if not climbs and seen.newest and drawn.loss_better >= RATHER:
            climbs = _sure(folded.beats(folded.logits[name], folded.logits[champion]))
        words.append(_held(name, champion, drawn, climbs=climbs))
        champion = name if climbs else champion
    return _with_signal(seen, folded, champion, words)


def _sure(drawn: Drawn) -> bool:
    return drawn.loss_better >= SURE and drawn.auc_low >= NO_WORSE


def _with_signal(seen: Evidence, folded: Evidence, champion: Candidate, words: list[str]) -> Choice:
    if not _tells(folded, champion) or not _lasts(seen, folded, champion):
        return Choice(Candidate.POINTS, signal=False, words=(_none(seen, folded, champion),))
    if champion is Candidate.PLATT and Candidate.SCORECARD in seen.logits:
        words.append(
            "Nothing that was learned beats the points beyond the noise: their order stays, "
            "each with its chance of a win."
        )
        return Choice(champion, signal=False, words=tuple(words))
    return Choice(champion, signal=True, words=tuple(words))


def _none(seen: Evidence, folded: Evidence, champion: Candidate) -> str:
    """That there is no signal, and of what sort."""
    reached = _reached(seen, champion)
    if _tells(folded, champion):
        return (
            "There is no signal that lasts: what tells wins from losses over all rows "
            f"(AUC {_reached(folded, champion):.2f}) does not on the newest (AUC {reached:.2f}). The points stay."
        )
    if Candidate.FULL_BOOSTING in folded.logits and _tells(folded, Candidate.FULL_BOOSTING):
        return (
            "There is no signal in any column by itself: added up they tell wins and losses apart "
            f"no better than by chance (AUC {reached:.2f}). The points stay."
        )
    return (
        "There is no signal: wins and losses are told apart no better than by chance "
        f"(AUC {reached:.2f}). The points stay."
    )


def _tells(seen: Evidence, name: Candidate) -> bool:
    """Whether it tells wins from losses better than chance would."""
    error = auc_error(seen.label, seen.logits[name])
    return _reached(seen, name) - BEYOND_CHANCE * error > CHANCE


def _lasts(seen: Evidence, folded: Evidence, name: Candidate) -> bool:
    """Whether the newest rows tell as well: beyond chance, or as much as all do, as far as so few can say."""
    reached, noise = _reached(seen, name), ONE_SIDED * auc_error(seen.label, seen.logits[name])
    as_ever = reached + noise >= _reached(folded, name)
    return reached > CHANCE and (as_ever or reached - noise > CHANCE)


def _reached(seen: Evidence, name: Candidate) -> float:
    return auc(seen.label, seen.logits[name])


def _held(name: Candidate, before: Candidate, drawn: Drawn, *, climbs: bool) -> str:
    verdict = "takes its place" if climbs else "does not take its place: that is within the noise"
    if not climbs and drawn.loss > 0:
        verdict = "does not take its place: it is no better"
    return (
        f"{NAMED[name]} against {NAMED[before]}: AUC {drawn.auc:+.3f}, log loss {drawn.loss:+.4f}, "
        f"better in {drawn.loss_better:.0%} of draws; it {verdict}."
    )


def _enough(label: Floats) -> bool:
    return bool(min(label.sum(), len(label) - label.sum()) >= ENOUGH)


NAMED = {
    Candidate.PLATT: "the points with a chance of a win",
    Candidate.SCORECARD: "the scorecard",
    Candidate.ADDITIVE: "additive boosting",
}
