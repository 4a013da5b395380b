"""A rep who confirms everything, or never answers, stands out against what became of the leads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.reports.answers import beside, team_of, to_managers
from app.reports.rates import REP_SEES_FIRST
from prospects import team
from prospects.ids import new_id
from prospects.kinds import Verdict
from prospects.rows import ProspectRow
from prospects.store import table_of
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow
from scoring.learning.answering import NOBODY, Answers, Beside, Sign
from scoring.learning.labels import Fate, Lead
from scoring.learning.team_answers import TeamAnswers, TeamSign, in_words

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


@pytest.mark.parametrize(
    ("answers", "sign"),
    [
        (FAIR, None),
        (NOBODY, None),
        (Answers(answered=29, confirmed=29), None),
        (Answers(answered=60, confirmed=60), TeamSign.EVERYTHING_CONFIRMED),
        (Answers(answered=60, confirmed=52), None),
        (Answers(answered=60, confirmed=60, won=4, ended=40), TeamSign.EVERYTHING_CONFIRMED),
        # Most of them ordered: the claims were right.
        (Answers(answered=60, confirmed=60, won=30, ended=40), None),
        (
            Answers(answered=120, confirmed=60, won=8, ended=40, passed_won=8, passed_ended=40),
            TeamSign.TELLS_NOTHING,
        ),
        (
            Answers(answered=120, confirmed=60, won=12, ended=40, passed_won=4, passed_ended=40),
            None,
        ),
        (Answers(answered=120, confirmed=60, won=0, ended=40, passed_won=1, passed_ended=9), None),
    ],
)
def test_a_team_that_confirms_everything_stands_out_against_the_deals(
    answers: Answers, sign: TeamSign | None
) -> None:
    team = TeamAnswers(answers)
    assert team.sign is sign
    assert f"{answers.confirmed} of {answers.answered} claims" in team.words[0]


def test_a_whole_team_that_confirms_everything_is_seen_by_reps_first_and_then_by_managers(
    session: Session, now: datetime
) -> None:
    names = ("ann", "bob")
    team.save(session, [{"email": f"{n}@us.example", "roles": ["rep"]} for n in names], now)
    ann, bob = (m.id for n in names if (m := team.by_email(session, f"{n}@us.example")))
    began = now - 20 * DAY
    for rep in (ann, bob):
        lead(session, rep, began, ["confirmed"] * 20, state="lost")
        lead(session, rep, began, ["confirmed"] * 3, state="won")
    # Beside each other nobody stands out.
    first = beside(session, began + 2 * DAY)
    assert not any(each.signs for each in first.values())
    assert team_of(first[ann]).sign is TeamSign.EVERYTHING_CONFIRMED
    assert to_managers(session, began + REP_SEES_FIRST).team.sign is None
    told = to_managers(session, now)
    assert (told.reps, told.team.sign) == ({}, TeamSign.EVERYTHING_CONFIRMED)
    assert told.team.words[1].endswith("46 came to an end: 6 ordered.")
    # Where they find claims wrong meanwhile, nothing is said any more.
    lead(session, ann, now - 9 * DAY, ["earlier"] * 30)
    assert to_managers(session, now).team.sign is None


def test_what_was_learned_of_findings_that_are_all_alike_says_so(now: datetime) -> None:
    def found(verdict: Verdict, ended: Fate | None, drawn: float | None = None) -> Lead:
        return Lead(
            handoff="h", offered_at=now, fate=Fate.WIN, age=DAY, verdict=verdict, ended=ended,
            rep="ann", probability=drawn,
        )  # fmt: skip

    alike = [found(Verdict.CONFIRMED, Fate.LOSS)] * 40
    assert "nearly nothing is ever found wrong" in (in_words(alike) or "")
    honest = [*alike, *[found(Verdict.EARLIER, Fate.LOSS)] * 20]
    assert in_words(honest) is None
    # Who was drawn by chance is left out.
    assert in_words([found(Verdict.CONFIRMED, None, 0.05)] * 40) is None


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
    assert to_managers(session, began + REP_SEES_FIRST).reps == {}

    told = to_managers(session, now).reps
    assert set(told) == {yes, mute}

    # Who answered meanwhile is not spoken of.
    lead(session, mute, now - 9 * DAY, ["earlier"] * 60)
    assert set(to_managers(session, now).reps) == {yes}


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
