"""`warmline evaluate`: the model and the points against what reps found in the last ninety days."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import reading
from app.settings import Settings
from prospects import percentages
from prospects.percentages import HiddenPercentageRow
from scoring.learning import answering, base_rate, evaluating, watching
from scoring.learning.backtest import Backtest
from scoring.learning.evaluating import Evaluated
from scoring.learning.limits import undrawn
from scoring.learning.rows import DriftRow


@click.command("evaluate")
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, *, as_json: bool) -> None:
    """Say how the model that scores, and the points, did on leads that reps have checked since."""
    with opened(settings) as database, reading(database) as session:
        found = evaluating.basis(session, database.clock.now())
        told = evaluating.evaluate(found, list(evaluating.seen(session, found)))
        drift = watching.latest(session, told.model) if told.model else ()
        hides = percentages.of_model(session, told.model) if told.model else []
        nobody = undrawn(found.rules)
        words = [
            *_in_words(told),
            *_of_hidden(hides),
            *([nobody] if nobody else ()),
            *_of_drift(drift),
        ]
        if as_json:
            document = {**_document(told, words, drift), "hidden": [_stretch(h) for h in hides]}
            print(json.dumps(document, ensure_ascii=False))
            return
    print("\n".join(words))


def _in_words(told: Evaluated) -> Iterator[str]:
    days = evaluating.LOOKS_BACK.days
    yield (
        f"In {days} days {told.past.leads} leads were checked, {told.past.wins} of them found far "
        f"enough in time; {told.open} are open."
    )
    yield (
        f"Model: {told.model} ({told.state})."
        if told.model
        else "Model: none yet; the points score."
    )
    yield from told.past.words
    if told.since is not None and told.since.auc_model is not None:
        yield f"Of the {told.since.leads} offered since it was trained:"
        yield from told.since.words
    shown = told.since if told.since and told.since.calibration else told.past
    for each in shown.calibration:
        yield f"  foreseen {each.foreseen:6.1%}  found {each.found:6.1%}  ({each.rows} leads)"
    doubts = (answering.in_words(told.doubted), told.team, base_rate.in_words(told.unrouted))
    yield from (each for each in doubts if each)


def _of_drift(days: Sequence[DriftRow]) -> Iterator[str]:
    for day in days[:1]:
        yield from day.body["words"]


def _of_hidden(hides: Sequence[HiddenPercentageRow]) -> Iterator[str]:
    """Whether its percentages are hidden now, since when and why; and when they were before."""
    for row in hides:
        if row.ended_at is None:
            yield f"The percentage is hidden since {row.since:%-d %b %Y}. {' '.join(row.body['words'])}"
        else:
            yield f"The percentage was hidden from {row.since:%-d %b %Y} to {row.ended_at:%-d %b %Y}."


def _stretch(row: HiddenPercentageRow) -> dict[str, Any]:
    ended = row.ended_at.isoformat() if row.ended_at else None
    return {"since": row.since.isoformat(), "until": ended, **row.body}


def _document(told: Evaluated, words: list[str], drift: Sequence[DriftRow]) -> dict[str, Any]:
    return {
        "model": told.model,
        "state": told.state,
        "days": evaluating.LOOKS_BACK.days,
        "words": words,
        "open": told.open,
        "past": _backtest(told.past),
        "since_trained": _backtest(told.since) if told.since else None,
        "unrouted": asdict(told.unrouted),
        "doubted": [each.doubt for each in told.doubted.values()],
        "drift": [{"day": each.day.isoformat(), **each.body} for each in drift],
    }


def _backtest(of: Backtest) -> dict[str, Any]:
    return asdict(of)
