"""Reads a person's score for their page: the figure where it may be shown, why, and what colleagues added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import course_view, hidden_percentage, words
from app.pages.standing_views import Added, Because, Standing
from app.pages.whose_person import may_see
from app.permissions import Act, may_at_all
from prospects import groups, overrides, percentages
from prospects.contact import Veil
from prospects.ids import ProspectId
from prospects.override_rows import AccountOverrideRow, OverrideRow
from prospects.rows import AssessmentRow, ProspectRow
from prospects.values import Reason
from scoring.saying import told

MOST_UP, MOST_DOWN = 5, 3
OF_ANYBODY = "card.intercept"


def read(session: Session, row: ProspectRow, viewer: Viewer, veil: Veil, now: datetime) -> Standing:
    """A person's score; a rep is shown one sentence, and who runs marketing figures and why."""
    if row.erased_at is not None:
        return Standing()
    objects = may_see(session, row, viewer, Act.OBJECT)
    object_url = f"/people/{row.id}/profiling" if objects else None
    if row.unprofiled_at is not None:
        return Standing(objected_at=row.unprofiled_at, profiling_url=object_url)
    whole = may_at_all(viewer.roles, Act.SEE_PEOPLE)
    steers = may_at_all(viewer.roles, Act.OVERRIDE)
    latest = session.get(AssessmentRow, (row.id, row.assessment_id)) if row.assessment_id else None
    beside = latest.own_points if latest and whole else None
    hides = percentages.hidden(session)
    share = row.score if hides is None else None
    return Standing(
        score=words.percent(share),
        likely=None if share is None else words.likely(share),
        hidden=hidden_percentage.since(hides, now, viewer.zone)
        if hides and row.score is not None
        else None,
        own_points=None if beside is None else round(beside),
        gate=row.gate,
        because=_because(latest, veil) if latest and whole else (),
        added=_added(session, row, veil, now, steers=steers) if whole else (),
        override_url=f"/people/{row.id}/override" if steers else None,
        profiling_url=object_url,
        whole=whole,
        course=course_view.read(session, row, veil, now, viewer.zone) if whole else None,
    )


def _because(row: AssessmentRow, veil: Veil) -> list[Because]:
    """The lines that weigh most: what raises, then what lowers."""
    by_card = row.logit is not None
    lines = [_reason(each) for each in row.reasons or ()]
    lines = [each for each in (told(lines) if by_card else lines) if each.term != OF_ANYBODY]
    least = 0.05 if by_card else 0.5
    up = sorted((each for each in lines if each.value >= least), key=lambda one: -one.value)
    down = sorted((each for each in lines if each.value <= -least), key=lambda one: one.value)
    return [
        Because(text=veil(each.text), share=_share(each.value, by_card=by_card))
        for each in (*up[:MOST_UP], *down[:MOST_DOWN])
    ]


def _reason(each: dict[str, Any]) -> Reason:
    return Reason(str(each.get("text", "")), str(each.get("term", "")), float(each["value"]))


def _share(value: float, *, by_card: bool) -> str:
    written = f"{value:+.1f}" if by_card else f"{value:+.0f}"
    return written.replace("-", "−")


def _added(
    session: Session, row: ProspectRow, veil: Veil, now: datetime, *, steers: bool
) -> list[Added]:
    people = groups.whole(session, ProspectId(row.id))
    theirs = select(OverrideRow).where(
        OverrideRow.prospect_id.in_(people), OverrideRow.ended_at.is_(None), OverrideRow.until > now
    )
    of_firm = select(AccountOverrideRow).where(
        AccountOverrideRow.account_id == row.account_id,
        AccountOverrideRow.ended_at.is_(None),
        AccountOverrideRow.until > now,
    )
    found: Sequence[overrides.Row] = [
        *session.execute(theirs.order_by(OverrideRow.id)).scalars(),
        *session.execute(of_firm.order_by(AccountOverrideRow.id)).scalars(),
    ]
    return [
        Added(
            text=_text(each, veil),
            share=_share(each.value, by_card=True),
            until=each.until,
            end_url=f"/people/{row.id}/overrides/{each.id}/end" if steers else None,
        )
        for each in found
    ]


def _text(row: overrides.Row, veil: Veil) -> str:
    whose = " (everybody at the company)" if isinstance(row, AccountOverrideRow) else ""
    return f"{row.by}: {veil(row.reason)}{whose}"
