"""`warmline explain PERSON`: why somebody scores as they do, where they stand, and who got them, in words."""

import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.cli.simulate import the_row
from app.door import reading
from app.settings import Settings
from prospects.ids import ProspectId
from prospects.snapshots import snapshots
from prospects.values import Assessment, Reason
from routing.rows import DecisionRow
from scoring import current as scoring
from scoring.assess import assess


@click.command("explain")
@click.argument("person", metavar="EMAIL|ID")
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, *, person: str, as_json: bool) -> None:
    """Say why a person has these points and this stage now, and why they went to whom they went."""
    with opened(settings) as database, reading(database) as session:
        now = database.clock.now()
        (seen,) = snapshots(session, [the_row(session, person)], now)
        believed = assess(seen, scoring.current(session), now)
        document = {
            "prospect": str(seen.prospect_id),
            "lifecycle": seen.lifecycle,
            **_believed(believed),
            "decision": _decision(session, seen.prospect_id),
        }
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    _show(document)


def _believed(believed: Assessment) -> dict[str, Any]:
    claim = believed.claim
    return {
        "points": round(believed.points, 1),
        "fit": round(believed.fit, 1),
        "engagement": round(believed.engagement, 1),
        "grade": believed.grade,
        "warm": believed.warm,
        "gate": believed.gate,
        "reasons": [_reason(each) for each in believed.reasons],
        "stage": claim
        and {
            "claimed": claim.stage,
            "confidence": round(claim.confidence, 2),
            "reasons": [_reason(each) for each in claim.reasons],
        },
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"text": reason.text, "term": reason.term, "value": round(reason.value, 1)}


def _decision(session: Session, who: ProspectId) -> dict[str, Any] | None:
    query = select(DecisionRow).where(DecisionRow.prospect_id == who)
    row = session.execute(query.order_by(DecisionRow.id.desc()).limit(1)).scalar_one_or_none()
    if row is None:
        return None
    at = row.at.isoformat().replace("+00:00", "Z")
    return {"at": at, "why": row.why, "lane": row.lane, "candidates": row.candidates}


def _show(told: dict[str, Any]) -> None:
    warm = "warm" if told["warm"] else "not warm"
    gate = f", held back by {told['gate']}" if told["gate"] else ""
    print(f"{told['points']} points, {told['grade']}, {warm}{gate}; {told['lifecycle']}")
    for each in told["reasons"]:
        print(f"  {each['value']:+6.1f}  {each['text']}")
    if stage := told["stage"]:
        print(f"claimed stage: {stage['claimed']}, confidence {stage['confidence']}")
        for each in stage["reasons"]:
            print(f"  {each['value']:+6.1f}  {each['text']}")
    if decision := told["decision"]:
        print(f"routing on {decision['at'][:16].replace('T', ' ')}: {decision['why']}")
        for each in decision["candidates"]:
            why = (
                "got it" if each["chosen"] else each["reason"] or "free, but it was not their turn"
            )
            print(f"  {each['name']}: {why}")
