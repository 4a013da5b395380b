"""`warmline explain PERSON`: why somebody scores as they do, where they stand, and who got them, in words."""

import json
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.cli.simulate import the_row
from app.door import reading
from app.settings import Settings
from prospects import percentages
from prospects.ids import ProspectId
from prospects.snapshots import snapshots
from prospects.values import Assessment, Reason
from routing.rows import DecisionRow
from scoring import current as scoring
from scoring.assess import assess
from scoring.by_rules.stage_model import unasked
from scoring.colleagues_seen import with_colleagues


@click.command("explain")
@click.argument("person", metavar="EMAIL|ID")
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, *, person: str, as_json: bool) -> None:
    """Say why a person has these points and this stage now, and why they went to whom they went."""
    with opened(settings) as database, reading(database) as session:
        now, rules = database.clock.now(), scoring.current(session)
        found = snapshots(session, [the_row(session, person)], now)
        (seen,) = with_colleagues(session, found, rules, now)
        beside = (
            assess(seen, replace(rules, card=None, card_id=None), now)
            if rules.scoring_card
            else None
        )
        hides = percentages.hidden(session)
        document = {
            "prospect": str(seen.prospect_id),
            "lifecycle": seen.lifecycle,
            "profiled": seen.profiled,
            **_believed(assess(seen, rules, now), hides=hides is not None),
            "percentage_hidden": hides
            and {"since": hides.since.isoformat(), "words": list(hides.words)},
            "by_points": beside and _by_points(beside),
            "model": scoring.unread(session),
            "stages": unasked(rules.card, rules.ladder),
            "decision": _decision(session, seen.prospect_id),
        }
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    _show(document)


def _believed(believed: Assessment, *, hides: bool) -> dict[str, Any]:
    claim = believed.claim
    return {
        "points": round(believed.points, 1),
        "fit": round(believed.fit, 1),
        "engagement": round(believed.engagement, 1),
        "grade": believed.grade or None,
        "score": None if hides else believed.score,
        "logit": believed.logit,
        "scored_by": believed.model,
        "warm": believed.warm,
        "gate": believed.gate,
        "reasons": [_reason(each, exact=believed.logit is not None) for each in believed.reasons],
        "stage": claim
        and {
            "claimed": claim.stage,
            "confidence": round(claim.confidence, 2),
            "model": claim.model,
            "chances": dict(claim.chances),
            "reasons": [_reason(each) for each in claim.reasons],
        },
    }


def _by_points(beside: Assessment) -> dict[str, Any]:
    """What the marketer's points say beside a card."""
    reasons = [_reason(each) for each in beside.reasons]
    return {"points": beside.points, "grade": beside.grade or None, "reasons": reasons}


def _reason(reason: Reason, *, exact: bool = False) -> dict[str, Any]:
    """One line; the terms of a card are told to the last digit, for they add up to the logit."""
    value = reason.value if exact else round(reason.value, 1)
    return {"text": reason.text, "term": reason.term, "value": value}


def _decision(session: Session, who: ProspectId) -> dict[str, Any] | None:
    query = select(DecisionRow).where(DecisionRow.prospect_id == who)
    row = session.execute(query.order_by(DecisionRow.id.desc()).limit(1)).scalar_one_or_none()
    if row is None:
        return None
    at = row.at.isoformat().replace("+00:00", "Z")
    return {"at": at, "why": row.why, "lane": row.lane, "candidates": row.candidates}


def _show(told: dict[str, Any]) -> None:
    print(_head(told))
    if not told["profiled"]:
        print("  They do not want to be profiled: there is no score, no grade and no claim.")
    if hidden := told["percentage_hidden"]:
        print(
            f"  The percentage is hidden since {hidden['since'][:10]}. {' '.join(hidden['words'])}"
        )
    by_card = told["logit"] is not None
    for each in told["reasons"]:
        print(f"  {each['value']:{'+7.2f' if by_card else '+6.1f'}}  {each['text']}")
    if by_card:
        print(f"  {told['logit']:+7.2f}  together, by {told['scored_by']}")
    if beside := told["by_points"]:
        print(f"by your points: {beside['points']} points, {beside['grade']}")
        for each in beside["reasons"]:
            print(f"  {each['value']:+6.1f}  {each['text']}")
    _show_stage(told)
    _show_decision(told)


def _head(told: dict[str, Any]) -> str:
    warm = "warm" if told["warm"] else "not warm"
    gate = f", held back by {told['gate']}" if told["gate"] else ""
    if not told["profiled"]:
        return f"{warm}{gate}; {told['lifecycle']}"
    score = "" if told["score"] is None else f"score {told['score']:.0%}, "
    return f"{score}{told['points']} points, {told['grade']}, {warm}{gate}; {told['lifecycle']}"


def _show_stage(told: dict[str, Any]) -> None:
    if stage := told["stage"]:
        print(f"claimed stage: {stage['claimed']}, confidence {stage['confidence']}")
        for each in stage["reasons"]:
            print(f"  {each['value']:+6.1f}  {each['text']}")
    if told["model"]:
        print(told["model"])
    if told["stages"]:
        print(told["stages"])


def _show_decision(told: dict[str, Any]) -> None:
    if decision := told["decision"]:
        print(f"routing on {decision['at'][:16].replace('T', ' ')}: {decision['why']}")
        for each in decision["candidates"]:
            why = (
                "got it" if each["chosen"] else each["reason"] or "free, but it was not their turn"
            )
            print(f"  {each['name']}: {why}")
