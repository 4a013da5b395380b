"""The score on a person's page: what it changes is seen before it is set, and who objects is scored no more."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform, reading
from prospects.audit import AuditRow
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.override_rows import AccountOverrideRow, OverrideRow
from prospects.rows import ConsentRow, ProspectRow
from tests.app.test_pipeline import arrive
from tests.pages.conftest import Visitor

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]


@pytest.fixture
def ann(database: Database, now: datetime) -> str:
    """The page of somebody who was looked at."""

    def work(session: Session) -> UUID:
        (who,) = arrive(session, now, "ann")
        pipeline.react(session, [who], now)
        return who

    return f"/people/{perform(database, work)}"


@pytest.fixture
def mia(visitor: Visitors, hire: Hire) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def react(database: Database, page: str, now: datetime) -> None:
    who = ProspectId(UUID(page.rsplit("/", 1)[1]))
    perform(database, lambda session: pipeline.react(session, [who], now))


def test_what_it_changes_is_seen_before_it_is_set(
    mia: Visitor, ann: str, database: Database, now: datetime
) -> None:
    asked = "value=0,8&days=30&reason=met+at+the+fair"
    page = mia.see(f"{ann}/override?{asked}")
    assert "What it changes" in page
    with reading(database) as session:
        assert session.execute(select(OverrideRow)).first() is None

    fields = {"value": "0,8", "days": "30", "reason": "met at the fair"}
    assert mia.send(f"{ann}/override?{asked}", f"{ann}/override", **fields).status_code == 303
    react(database, ann, now)
    page = mia.see(ann)
    assert "met at the fair" in page
    with reading(database) as session:
        row = session.execute(select(OverrideRow)).scalar_one()
        assert row.value == 0.8
        signed = select(AuditRow.who).where(AuditRow.act == "override set")
        assert session.execute(signed).scalar_one() == "mia@us.example"
    ended = mia.send(ann, f"{ann}/overrides/{row.id}/end")
    assert ended.status_code == 303
    assert "Added by colleagues" not in mia.see(ann)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_for_the_company_and_one_that_makes_no_sense(
    mia: Visitor, ann: str, database: Database
) -> None:
    wrong = mia.see(f"{ann}/override?value=much&days=3&reason=x", 422)
    assert "Value: a number" in wrong
    fields = {"value": "-1", "days": "3", "reason": "a rival", "company": "1"}
    mia.send(f"{ann}/override", f"{ann}/override", **fields)
    with reading(database) as session:
        assert session.execute(select(AccountOverrideRow.value)).scalar_one() == -1
    assert "(everybody at the company)" in mia.see(ann)


def test_who_objects_is_scored_no_more(
    mia: Visitor, ann: str, database: Database, now: datetime
) -> None:
    mia.send(ann, f"{ann}/profiling", given="0", said="on the phone")
    react(database, ann, now)
    page = mia.see(ann)
    assert "They do not want to be profiled" in page
    assert "How often" not in page
    with reading(database) as session:
        said = session.execute(select(ConsentRow)).scalar_one()
        assert (said.topic, said.given, said.text) == ("profiling", False, "on the phone")
        assert session.execute(select(ProspectRow.grade)).scalar_one() == ""
    assert "They may be profiled again" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_manager_sees_why_and_sets_nothing(visitor: Visitors, hire: Hire, ann: str) -> None:
    boss = visitor().sign_in(hire("boss@us.example", Role.MANAGER))
    page = boss.see(ann)
    assert "Grade" in page
    assert "Why" in page
    assert "/override" not in page
    boss.see(f"{ann}/override", 403)
