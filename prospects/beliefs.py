"""What we believe of people now, with its reasons; history is kept whenever a person would notice the change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from prospects import announcing
from prospects.ids import new_id
from prospects.noticeable import NOTICEABLE_POINTS, scored_otherwise
from prospects.rows import AssessmentRow, ProspectRow
from prospects.store import among, table_of
from prospects.values import Assessment, Reason, Snapshot

DECIMALS = 12
"""Of a reason's value: the reasons of a card add up to the logit to a billionth."""
_LATEST = ("stage", "points", "fit", "engagement", "grade", "score", "warm", "gate")
"""What a person's row holds as the last row of history does."""
_ITS_OWN = ("assessment_id", "rules_version")


def record(
    session: Session, assessed: Sequence[tuple[Snapshot, Assessment]], now: datetime
) -> None:
    """Write new beliefs: one history row where something noticeable changed, and the latest on the person.

    A claim that stays the same keeps the time of its first statement.
    """
    changed = [pair for pair in assessed if noticeable(*pair)]
    _note_rules(session, [pair for pair in assessed if not noticeable(*pair)])
    if not changed:
        return
    rows = [_history_row(seen, assessment, now) for seen, assessment in changed]
    session.execute(insert(table_of(AssessmentRow)), rows)
    table = table_of(ProspectRow)
    written = list(zip(changed, rows, strict=True))
    session.execute(
        update(table)
        .where(table.c.id == bindparam("prospect"))
        .values({name: bindparam(f"new_{name}") for name in (*_LATEST, *_ITS_OWN)}),
        [
            {f"new_{name}": row[name] for name in _LATEST}
            | {
                "prospect": row["prospect_id"],
                "new_assessment_id": row["id"],
                "new_rules_version": _version(seen, belief),
            }
            for (seen, belief), row in written
        ],
    )
    claimed = [_ref(row, announcing.STAGE) for pair, row in written if _claims_anew(*pair)]
    announcing.post(session, [announcing.STAGE_CLAIMED], claimed, now)
    warmed = [
        _ref(row, announcing.WARM) for (seen, belief), row in written if belief.warm > seen.warm
    ]
    announcing.post(session, [announcing.WARMED, announcing.WARM], warmed, now)


def _note_rules(session: Session, assessed: Sequence[tuple[Snapshot, Assessment]]) -> None:
    """By which rules they were assessed, where it is not on the person yet."""
    table = table_of(ProspectRow)
    by_version: dict[int, list[UUID]] = {}
    for seen, assessment in assessed:
        version = _version(seen, assessment)
        if version is not None and version != seen.rules_version:
            by_version.setdefault(version, []).append(seen.prospect_id)
    for version, who in by_version.items():
        session.execute(
            update(table).where(among(session, ProspectRow.id, who)).values(rules_version=version)
        )


def _version(seen: Snapshot, assessment: Assessment) -> int | None:
    """By which rules they are assessed now, or were last where that is not told."""
    told = assessment.rules_version
    return seen.rules_version if told is None else told


def _claims_anew(seen: Snapshot, assessment: Assessment) -> bool:
    before, after = seen.claim, assessment.claim
    return after is not None and (before is None or before.stage != after.stage)


def _ref(row: dict[str, Any], what: str) -> str:
    return f"{row['prospect_id']}/{row['id']}/{what}"


def noticeable(seen: Snapshot, assessment: Assessment) -> bool:
    """Whether a person would notice this change of what is believed."""
    before, after = seen.claim, assessment.claim
    return (
        seen.grade is None
        or (before.stage if before else None) != (after.stage if after else None)
        or seen.warm != assessment.warm
        or seen.grade != assessment.grade
        or seen.gate != assessment.gate
        or abs(seen.points - assessment.points) >= NOTICEABLE_POINTS
        or scored_otherwise(seen.score, assessment.score)
    )


def _history_row(seen: Snapshot, assessment: Assessment, now: datetime) -> dict[str, Any]:
    claim = assessment.claim
    return {
        "prospect_id": seen.prospect_id,
        "id": new_id(now),
        "at": now,
        "stage": claim.stage if claim else None,
        "confidence": claim.confidence if claim else None,
        "expires_at": claim.expires_at if claim else None,
        "model": claim.model if claim else assessment.model,
        "scored_by": assessment.model,
        "logit": assessment.logit,
        "own_points": assessment.own_points,
        "points": assessment.points,
        "fit": assessment.fit,
        "engagement": assessment.engagement,
        "grade": assessment.grade,
        "score": assessment.score,
        "warm": assessment.warm,
        "gate": assessment.gate,
        "reasons": _written(assessment.reasons),
        "stage_chances": dict(claim.chances) if claim else None,
        "stage_reasons": _written(claim.reasons) if claim else [],
    }


def _written(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    # What is said of one kind of act names the same acts, as one object, many times over.
    named = {id(each.activities): each.activities for each in reasons}
    acts = {which: [str(one) for one in some] for which, some in named.items()}
    return [
        {
            "text": reason.text,
            "term": reason.term,
            "value": round(reason.value, DECIMALS),
            "activities": acts[id(reason.activities)],
        }
        for reason in reasons
    ]
