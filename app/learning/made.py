"""What a training made: the card with its stages and parent, and all that is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.learning import staging
from app.learning.told import in_words
from scoring.card.card import Card
from scoring.learning import answering, base_rate, shares, team_answers
from scoring.learning.answering import Doubted
from scoring.learning.base_rate import Found
from scoring.learning.labels import Fate
from scoring.learning.past_leads import SeenLead
from scoring.training.model_card import in_markdown
from scoring.training.report import as_json
from scoring.training.stages import FittedStages
from scoring.training.trained import Trained


@dataclass(frozen=True, slots=True)
class Kept:
    """What was trained, and what is told of it; nothing where there was too little."""

    trained: Trained | None
    card: Card | None
    report: dict[str, Any]


def made_of(
    trained: Trained,
    settled: Sequence[SeenLead],
    stages: FittedStages,
    *,
    doubted: Mapping[str, Doubted],
    parent: Card | None,
) -> Kept:
    """The card and its report; `settled` are the leads whose fate is known, `doubted` whose findings count less."""
    drawn = base_rate.unrouted([_found(lead) for lead in settled])
    team = team_answers.in_words([lead.put.lead for lead in settled])
    said = (answering.in_words(doubted), team, base_rate.in_words(drawn))
    trained = replace(trained, words=(*trained.words, *(each for each in said if each)))
    if trained.card is not None:
        more = {"parent": parent.id if parent else None, "stage": stages.table}
        trained = replace(trained, card=trained.card.model_copy(update=more))
    told = {**as_json(trained), "markdown": in_markdown(trained), "stages": staging.told(stages)}
    told["unrouted"] = asdict(drawn)
    told["doubted"] = [asdict(each) for each in doubted.values()]
    if trained.card is not None:
        told["shares"] = shares.spread(trained.card, (lead.features for lead in settled))
    wins = sum(lead.put.lead.fate is Fate.WIN for lead in settled)
    told["words"] = list(in_words(trained, settled=len(settled), wins=wins))
    told["words"].append(staging.in_words(stages))
    return Kept(trained, trained.card, told)


def _found(lead: SeenLead) -> Found:
    of = lead.put.lead
    return Found(0.0, of.fate is Fate.WIN, of.weight, of.probability)
