"""What the demo tells: each of its stories is there, made by the engine, within its limits, and nobody is mailed."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo import people
from app.demo.cast import Buyer
from app.demo.said import FOUND_AT, FOUND_ELSE
from app.door import reading
from app.pages import papers, stuck
from nurture.rows import SendRow
from prospects import configuration, given_up, segments, team
from prospects.rows import AccountRow, ActivityRow, IdentityRow, OpportunityRow, ProspectRow
from prospects.stakes import StakeRow
from routing.finding_rows import ConfirmationRow, PromiseRow
from routing.rows import DecisionRow, HandoffRow
from routing.transfer_rows import TransferRow
from routing.write_up_rows import WriteUpRow
from tests.pages.conftest import Visitor
from tests.support.demo import FilledDemo
from webhooks import health, silence
from webhooks.rows import CaptureRow, DeliveryRow

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def session(demo: FilledDemo) -> Iterator[Session]:
    with reading(demo.database) as opened:
        yield opened


def person(session: Session, who: Buyer) -> ProspectRow:
    query = select(ProspectRow).join(IdentityRow, IdentityRow.prospect_id == ProspectRow.id)
    return session.execute(query.where(IdentityRow.key == who.email)).scalar_one()


def handoffs(session: Session, who: Buyer) -> list[HandoffRow]:
    query = select(HandoffRow).where(HandoffRow.prospect_id == person(session, who).id)
    return list(session.execute(query.order_by(HandoffRow.id)).scalars())


def findings(session: Session, who: Buyer) -> list[ConfirmationRow]:
    query = select(ConfirmationRow).where(ConfirmationRow.prospect_id == person(session, who).id)
    return list(session.execute(query.order_by(ConfirmationRow.id)).scalars())


def count(session: Session, row: type) -> int:
    return session.execute(select(func.count()).select_from(row)).scalar_one()


def test_it_is_small_and_everybody_came_in_by_the_door(session: Session) -> None:
    assert 100 <= count(session, ProspectRow) <= 150
    assert 200 <= count(session, DeliveryRow) <= 2_000
    came = select(CaptureRow.prospect_id).where(CaptureRow.prospect_id.is_not(None))
    named = select(ConfirmationRow.right_prospect_id).where(
        ConfirmationRow.right_prospect_id.is_not(None)
    )
    strangers = select(func.count()).where(
        ProspectRow.id.not_in(came), ProspectRow.id.not_in(named)
    )
    assert session.execute(strangers).scalar_one() == 0


def test_its_names_are_of_many_scripts_and_none_is_test(session: Session) -> None:
    names = " ".join(session.execute(select(ProspectRow.name)).scalars())
    for script in ("[À-ž]", "[Α-ω]", "[А-я]", "[\u0600-\u06ff]", "[\u4e00-\u9fff]", "[ğışİ]"):
        assert re.search(script, names), script
    companies = " ".join(filter(None, session.execute(select(AccountRow.name)).scalars()))
    domains = session.execute(select(AccountRow.domain)).scalars().all()
    assert "test" not in f"{names} {companies}".lower()
    assert all(domain.endswith(".example") for domain in domains if domain)


def test_nobody_is_mailed(session: Session) -> None:
    ways = session.execute(select(SendRow.transport, SendRow.state).distinct()).all()
    assert ways == [("outbox", "sent")]
    assert count(session, SendRow) > 100


def test_an_over_claim_was_corrected_by_the_rep(session: Session) -> None:
    (found,) = findings(session, people.FRIEDERIKE)
    assert (found.claimed, found.verdict, found.stage_found) == (
        "decision",
        "earlier",
        "evaluation",
    )
    assert person(session, people.FRIEDERIKE).lifecycle in ("recycled", "nurturing")


def test_a_finding_was_disputed_and_put_right(session: Session) -> None:
    first, second = findings(session, people.HUSEYIN)
    assert (first.verdict, second.verdict) == ("not_a_buyer", "confirmed")
    assert first.superseded_at is not None
    assert (second.supersedes, bool(second.reason)) == (first.id, True)


def test_somebody_is_against_us(session: Session) -> None:
    stake = session.get_one(StakeRow, person(session, people.WOLFRAM).id)
    assert (stake.stake, stake.stance) == ("blocker", "against")
    (found,) = findings(session, people.ADELHEID)
    assert {each["stance"] for each in found.deciders} == {"for", "against"}


def test_three_rows_are_stuck_each_for_another_cause(demo: FilledDemo, session: Session) -> None:
    mara = team.by_email(session, "mara@isotherm.example")
    assert mara is not None
    groups = {each.id: each.lines for each in stuck.read(session, mara.id, demo.present).groups}
    assert {"promises", "fallback", "lapsing", "unconfirmed"} <= set(groups)
    late = session.execute(select(PromiseRow).where(PromiseRow.kept_at.is_(None))).scalars()
    assert any(each.due_at < demo.present for each in late)


def test_three_offers_are_open_for_a_day(demo: FilledDemo, session: Session) -> None:
    for who in (people.THEODORA, people.CHRISTINA, people.BJORG):
        newest = handoffs(session, who)[-1]
        assert newest.state == "offered"
        assert newest.expires_at is not None
        assert newest.expires_at - demo.present > timedelta(hours=22)
    assert len(handoffs(session, people.BJORG)) == 2, "a recycled lead came back"


def test_a_rep_who_is_away_was_passed_over(session: Session) -> None:
    newest = handoffs(session, people.THEODORA)[-1]
    assert newest.decision_id is not None
    decision = session.get_one(DecisionRow, (newest.prospect_id, newest.decision_id))
    why = {each["name"]: each["reason"] for each in decision.candidates}
    assert why["Jonas Weidner"] == "absent until 2026-03-22"
    rita = team.by_email(session, "rita@isotherm.example")
    assert rita is not None
    assert newest.rep_id == rita.id


def test_deals_were_won_and_lost_and_one_waits_for_the_account_team(session: Session) -> None:
    states = dict(
        session.execute(select(HandoffRow.state, func.count()).group_by(HandoffRow.state)).all()
    )
    assert states["won"] >= 3
    assert states["lost"] >= 2
    assert states["recycled"] >= 3
    amounts = session.execute(select(OpportunityRow.amount)).scalars().all()
    assert len(amounts) >= 3
    assert all(amount and amount > 0 for amount in amounts)
    transfers = session.execute(select(TransferRow.state)).scalars().all()
    assert {"proposed", "accepted"} <= set(transfers)


def test_the_desk_has_something_to_write_and_has_written_something(session: Session) -> None:
    states = session.execute(select(WriteUpRow.state)).scalars().all()
    assert sorted(states) == ["asked", "asked", "written"]


def test_what_reps_heard_fits_what_they_found(session: Session) -> None:
    whose = ProspectRow.id == ConfirmationRow.prospect_id
    rows = session.execute(select(ConfirmationRow, ProspectRow.name).join(ProspectRow, whose)).all()
    crowds = {fact: found for found, facts in (FOUND_AT | FOUND_ELSE).items() for fact in facts}
    heard = [(row, name) for row, name in rows if row.fact in crowds]
    assert len(heard) > 20
    for row, name in heard:
        assert crowds[row.fact] in (row.verdict, row.stage_found, row.claimed), (name, row.fact)
        assert row.spoke_with == name
    assert {"not_a_buyer", "decision", "evaluation"} <= {crowds[row.fact] for row, _ in heard}


def test_the_offer_that_waits_shows_the_track_record_it_is_told_with(session: Session) -> None:
    newest = handoffs(session, people.THEODORA)[-1]
    track = newest.brief["track"]
    assert track["of"] >= 10
    assert 0.4 <= track["confirmed"] / track["of"] <= 0.8
    assert papers.held(track) == f"{track['confirmed']} of {track['of']} such claims held"


def test_the_demo_asks_for_no_server_of_anybodys(demo: FilledDemo) -> None:
    visitor = Visitor(demo.site.test_client())
    visitor.send("/demo", "/demo/role", role="admin")
    for page in ("/setup", "/outbox"):
        told = visitor.see(page)
        assert "WARMLINE_" not in told
        assert "demo" in told


def test_not_everything_that_came_in_was_good(demo: FilledDemo, session: Session) -> None:
    assert health.of(session, ["linkedin"])["linkedin"].refused == 2
    states = session.execute(select(DeliveryRow.state).distinct()).scalars().all()
    assert "unreadable" in states
    pace = silence.paces(session, ["meta"], demo.present)["meta"]
    assert pace is not None
    assert pace.silent
    (dead,) = given_up.listed(session, limit=10)
    assert dead.reason == "status 410"
    quarantined = select(CaptureRow.reason).where(CaptureRow.state == "quarantined")
    assert "website" in session.execute(quarantined).scalar_one()


def test_buyers_said_and_clicked_something_themselves(session: Session) -> None:
    kinds = set(session.execute(select(ActivityRow.kind).distinct()).scalars())
    assert {"click", "reply", "webinar", "page_view", "note", "declined", "transferred"} <= kinds


def test_each_segment_holds_somebody_and_none_holds_everybody(
    demo: FilledDemo, session: Session
) -> None:
    groups = configuration.read(session, segments.SEGMENT)
    assert len(groups) == 2
    for each in groups.values():
        found = segments.members(session, each.body["if"], demo.present, after=None, limit=60)
        assert 3 <= len(found.ids) < 60, each.slug
