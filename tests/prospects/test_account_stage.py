"""How far a company is: as far as enough is said, by who has a say; contradictions are shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from prospects import team
from prospects.account_claims import stages_of
from prospects.account_stage import Saying, combine
from prospects.ids import MemberId, ProspectId
from prospects.ladder import LADDER
from prospects.rows import AccountRow, AssessmentRow, ProspectRow
from prospects.stakes import Stake, say

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def saying(stage: str, confidence: float = 0.8, *, who: int = 1, **more: object) -> Saying:
    at, end = NOW - DAY, NOW + 29 * DAY
    told = Saying(
        prospect_id=ProspectId(UUID(int=who)), stage=stage, confidence=confidence, at=at, expires_at=end
    )  # fmt: skip
    return replace(told, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("says", "stage"),
    [
        ([], None),
        ([saying("gone")], None),
        ([saying("evaluation", seniority="director")], "evaluation"),
        # One who decides goes before many who use.
        ([saying("decision", stake="decision_maker"), *[saying("awareness", stake="user")] * 5], "decision"),
        # One user alone is not enough to carry a company further, three are.
        ([saying("decision", 0.6, stake="user"), saying("awareness", 0.9)], "awareness"),
        ([*[saying("decision", 0.6, stake="user")] * 3, saying("awareness", 0.9)], "decision"),
        # Whoever is further is at least as far.
        ([saying("decision", 0.5, stake="user"), saying("evaluation", 0.7, stake="user")], "evaluation"),
        ([saying("decision", 0.5, stake="user")], "decision"),
    ],
)  # fmt: skip
def test_a_company_is_as_far_as_enough_is_said(says: list[Saying], stage: str | None) -> None:
    found = combine(says, LADDER, NOW)
    assert (found.stage if found else None) == stage


def test_claims_that_contradict_each_other_are_a_conflict() -> None:
    first, second = saying("awareness", who=1), saying("evaluation", who=2, stake="champion")
    near, far = (combine([first, replace(second, stage=s)], LADDER, NOW) for s in LADDER[1:3])

    assert near is not None
    assert far is not None
    assert (near.conflict, far.conflict) == (False, True)
    assert [each.prospect_id.int for each in far.says] == [2, 1]


def test_a_claim_fades_to_its_end_and_is_gone_after_it() -> None:
    told = saying("decision", 0.9)
    assert told.left(NOW - DAY) == 0.9
    assert told.left(NOW + 14 * DAY) == pytest.approx(0.65)
    assert combine([told], LADDER, NOW + 30 * DAY) is None
    assert replace(told, expires_at=None).left(NOW + 900 * DAY) == 0.9


SAYINGS = st.builds(
    saying,
    st.sampled_from(LADDER),
    st.floats(0.4, 1),
    stake=st.sampled_from(["", *Stake]),
    who=st.integers(1, 9),
)


@given(st.lists(SAYINGS, min_size=1, max_size=6), SAYINGS)
def test_one_more_who_says_something_never_makes_a_company_less_sure_of_where_it_was(
    says: list[Saying], more: Saying
) -> None:
    before, after = combine(says, LADDER, NOW), combine([*says, more], LADDER, NOW)
    assert before is not None
    assert after is not None
    assert 0 <= before.confidence <= 1
    assert before.stage in {each.stage for each in says}
    if before.confidence >= 0.5:
        assert LADDER.index(after.stage) >= LADDER.index(before.stage)


def test_companies_are_read_at_once_and_only_those_who_are_still_there(session: Session) -> None:
    team.save(session, [{"email": "rita@us.example", "roles": ["rep"]}], NOW)
    rita = team.by_email(session, "rita@us.example")
    assert rita is not None
    acme, bare = (AccountRow(id=UUID(int=n), created_at=NOW) for n in (1, 2))
    session.add_all([acme, bare])
    session.flush()
    boss = claimed(session, 11, acme, "decision", title="CEO")
    user = claimed(session, 12, acme, "awareness", title="Engineer")
    claimed(session, 13, acme, "customer", erased_at=NOW)
    claimed(session, 14, acme, "customer", absorbed_by=boss)
    claimed(session, 15, bare, None)
    say(session, ProspectId(user), Stake.USER, None, by=MemberId(rita.id), now=NOW)
    session.flush()

    found = stages_of(session, [acme.id, bare.id], LADDER, NOW)

    assert set(found) == {acme.id}
    assert (found[acme.id].stage, found[acme.id].conflict) == ("decision", True)
    assert [(each.prospect_id, each.stake) for each in found[acme.id].says] == [
        (boss, ""),
        (user, "user"),
    ]
    assert stages_of(session, [], LADDER, NOW) == {}


def claimed(
    session: Session, n: int, account: AccountRow, stage: str | None, **about: object
) -> UUID:
    who, belief = UUID(int=n), UUID(int=100 + n)
    row = ProspectRow(
        id=who, account_id=account.id, stage=stage, assessment_id=belief, created_at=NOW, changed_at=NOW, **about,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(
        AssessmentRow(
            prospect_id=who, id=belief, at=NOW, stage=stage, confidence=0.8, model="points/1",
            expires_at=NOW + 9 * DAY, points=9, fit=0, engagement=0, grade="A1", warm=False,
        )
    )  # fmt: skip
    session.flush()
    return who
