"""A rep who confirms everything, or never answers, stands out against what became of the leads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.reports.answers import beside, told_to_managers
from app.reports.rates import REP_SEES_FIRST
from prospects import team
from prospects.ids import new_id
from prospects.rows import ProspectRow
from prospects.store import table_of
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow
from scoring.learning.answering import NOBODY, Answers, Beside, Sign

DAY = timedelta(days=1)
FAIR = Answers(answered=40, confirmed=22, silent=2, won=8, ended=20)
"""As colleagues together answer: 55 % as claimed, and of those that ended two in five bought."""


@pytest.mark.parametrize(
    ("own", "signs"),
    [
        (FAIR, ()),
        (NOBODY, ()),
        (Answers(answered=30, confirmed=30), (Sign.CONFIRMS_EVERYTHING,)),
        (Answers(answered=30, confirmed=30, won=1, ended=20), (Sign.CONFIRMS_EVERYTHING,)),
        # Nearly all were as claimed, and they bought: so it was true.
        (Answers(answered=30, confirmed=30, won=10, ended=20), ()),
        (Answers(answered=10, confirmed=10), ()),
        (Answers(answered=30, confirmed=20), ()),
        (Answers(answered=10, confirmed=5, silent=9), (Sign.NEVER_ANSWERS,)),
        (Answers(answered=0, confirmed=0, silent=5), (Sign.NEVER_ANSWERS,)),
        (Answers(answered=0, confirmed=0, silent=4), ()),
    ],
)
def test_what_stands_out_is_more_than_chance(own: Answers, signs: Sequence[Sign]) -> None:
    assert Beside(own=own, others=FAIR).signs == tuple(signs)


def test_who_is_alone_is_compared_with_nobody() -> None:
    assert Beside(own=Answers(answered=50, confirmed=50), others=NOBODY).signs == ()
    silent = Beside(own=Answers(answered=1, silent=9), others=NOBODY)
    assert silent.signs == (Sign.NEVER_ANSWERS,)


def test_a_rep_sees_what_stands_out_a_fortnight_before_their_manager(
    session: Session, now: datetime
) -> None:
    names = ("yes", "fair", "mute")
    team.save(session, [{"email": f"{n}@us.example", "roles": ["rep"]} for n in names], now)
    found = (team.by_email(session, f"{name}@us.example") for name in names)
    yes, fair, mute = (member.id for member in found if member)
    began = now - 20 * DAY
    lead(session, yes, began, ["confirmed"] * 20, state="lost")
    lead(session, fair, began, ["confirmed", "earlier"] * 10, state="won")
    lead(session, mute, began, [None] * 6)

    first = beside(session, began + 2 * DAY)
    assert first[yes].signs == (Sign.CONFIRMS_EVERYTHING,)
    assert first[mute].signs == (Sign.NEVER_ANSWERS,)
    assert first[fair].signs == ()
    assert first[fair].own.buying.count == 10
    assert told_to_managers(session, began + REP_SEES_FIRST) == {}

    told = told_to_managers(session, now)
    assert set(told) == {yes, mute}

    # Who answered meanwhile is not spoken of.
    lead(session, mute, now - 9 * DAY, ["earlier"] * 60)
    assert set(told_to_managers(session, now)) == {yes}


def lead(
    session: Session,
    rep: UUID,
    at: datetime,
    verdicts: Sequence[str | None],
    *,
    state: str | None = None,
) -> None:
    """Leads that were taken at `at`, found a day later and ended at once; None: not a word was said."""
    keys = [(new_id(at), new_id(at), verdict) for verdict in verdicts]
    people = [{"id": who, "created_at": at, "changed_at": at} for who, _, _ in keys]
    session.execute(insert(ProspectRow), people)
    common = {"lane": "normal", "rep_id": rep, "brief_template": 1, "requested_by": "grew warm"}
    session.execute(
        insert(table_of(HandoffRow)),
        [
            {
                **common, "prospect_id": who, "id": handoff, "opened_at": at, "accepted_at": at,
                "state": (state or "checked") if verdict else "accepted", "brief": {}, "buyer": {},
                "product": "", "fallback": False, "confirm_by": at + DAY,
                "closed_at": at + DAY if state and verdict else None,
            }
            for who, handoff, verdict in keys
        ],
    )  # fmt: skip
    said = [
        {
            "prospect_id": who, "id": new_id(at), "handoff_id": handoff, "rep_id": rep,
            "verdict": verdict, "claimed": "evaluation", "spoke_with": "Ida", "channel": "call",
            "at": at, "fact": "x", "recorded_at": at + DAY, "still_needed": [], "deciders": [],
            "right_person": {},
        }
        for who, handoff, verdict in keys
        if verdict
    ]  # fmt: skip
    if said:
        session.execute(insert(table_of(ConfirmationRow)), said)
