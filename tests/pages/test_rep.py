"""A rep's way through the pages: the day, the offer, the brief, the answer, and no word lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.member import Role
from prospects.values import HandoffRef
from routing.rows import HandoffRow
from routing.verdicts import standing
from tests.pages.conftest import PASSWORD, Visitor
from tests.routing import office

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]

MAIL = "ida@firm.example"
PHONE = "+49 40 123456"


@pytest.fixture
def rep(hire: Hire, visitor: Visitors, database: Database, now: datetime) -> Visitor:
    """Ann, who is offered the next lead."""
    hire("ann@us.example", Role.REP, name="Ann Arber")
    hire("max@us.example", Role.MANAGER, name="Max Mayer")
    rule = {
        "teams": [{"slug": "all", "people": ["ann@us.example"]}],
        "rules": [{"name": "all", "to": "team:all", "lane": "fast"}],
        "fallback": "max@us.example",
    }
    perform(database, lambda s: office.rules(s, now, **rule))
    return visitor().sign_in("ann@us.example")


@pytest.fixture
def lead(rep: Visitor, database: Database, now: datetime) -> str:
    """The address of an offer that waits for Ann."""

    def arrive(session: Session) -> HandoffRef:
        (prospect_id,) = office.arrive(session, now, MAIL, phone=PHONE)
        office.look(session, now, prospect_id)
        return office.ref(office.handoff(session, prospect_id))

    return f"/handoffs/{perform(database, arrive)}"


def accept(rep: Visitor, lead: str) -> None:
    assert rep.send(lead, f"{lead}/acceptance").status_code == 303


def found(**changes: object) -> dict[str, object]:
    fields = {
        "verdict": "confirmed",
        "spoke_with": "Ida",
        "channel": "call",
        "fact": "They need it by May.",
    }
    return {**fields, **changes}  # fmt: skip


def test_the_day_is_empty_and_says_what_will_happen(rep: Visitor) -> None:
    assert "Nobody is waiting for you" in rep.see("/today")


def test_what_is_lost_first_stands_on_top(
    rep: Visitor, lead: str, database: Database, now: datetime
) -> None:
    def later(session: Session) -> None:
        (other,) = office.arrive(session, now, "otto@other.example")
        office.look(session, now, other)
        row = office.handoff(session, other)
        row.expires_at = now + timedelta(minutes=3)

    perform(database, later)
    day = rep.see("/today")
    assert day.index("Otto") < day.index("Ida")
    assert "3 min left" in day


def test_before_accepting_nothing_tells_how_to_reach_the_buyer(
    rep: Visitor, lead: str, visitor: Visitors
) -> None:
    for shown in (rep.see(lead), rep.see("/today"), rep.see(f"{lead}/decline")):
        assert MAIL not in shown
        assert PHONE not in shown
        assert "Ida" in shown
    manager = visitor().sign_in("max@us.example")
    assert MAIL not in manager.see(lead)
    accept(rep, lead)
    brief = rep.see(lead)
    assert "tel:+4940123456" in brief
    assert MAIL in unescape(brief)


def test_a_foreign_lead_is_not_there(hire: Hire, visitor: Visitors, lead: str) -> None:
    hire("bob@us.example", Role.REP)
    stranger = visitor().sign_in("bob@us.example")
    stranger.see(lead, 404)
    stranger.see(f"{lead}/confirmation", 404)
    for act in ("acceptance", "decline", "confirmation", "confirmation/draft", "not-reached"):
        assert stranger.send("/you", f"{lead}/{act}", reason="no_time").status_code == 404


def test_taking_it_twice_is_taking_it_once(rep: Visitor, lead: str) -> None:
    accept(rep, lead)
    accept(rep, lead)
    assert "Say what you found" in rep.see(lead)


def test_passing_it_on_needs_a_reason(rep: Visitor, lead: str) -> None:
    answer = rep.send(f"{lead}/decline", f"{lead}/decline", note="On holiday <b>soon</b>")
    assert answer.status_code == 422
    assert "The reason is missing" in answer.text
    assert "On holiday &lt;b&gt;soon" in answer.text
    done = rep.send(f"{lead}/decline", f"{lead}/decline", reason="no_time")
    assert done.headers["Location"] == "/today"
    assert "has moved on" in rep.see(lead, 410)


def test_an_offer_that_ran_out_says_so(
    rep: Visitor, lead: str, database: Database, now: datetime
) -> None:
    from routing.rows import OfferRow

    late = {"expires_at": now - timedelta(minutes=1)}
    perform(database, lambda s: s.execute(update(OfferRow).values(**late)))
    answer = rep.send(lead, f"{lead}/acceptance")
    assert answer.status_code == 409
    assert "run out" in answer.text


def test_an_answer_of_one_screen_is_enough(
    rep: Visitor, lead: str, database: Database, now: datetime
) -> None:
    accept(rep, lead)
    form = rep.see(f"{lead}/confirmation")
    assert 'value="Ida"' in form
    done = rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **found())
    assert done.status_code == 303, done.text
    with reading(database) as session:
        row = standing(session, ref_of(lead))
        assert row
        assert (row.verdict, row.fact, row.at) == ("confirmed", "They need it by May.", now)
    assert "They need it by May." in rep.see(lead)


def ref_of(lead: str) -> HandoffRef:
    from uuid import UUID

    from app.pages.desk import ref_of as ref

    prospect, handoff = lead.split("/")[2:]
    return ref(UUID(prospect), UUID(handoff))


def test_everything_else_a_rep_learned_is_kept(
    rep: Visitor, lead: str, database: Database, now: datetime
) -> None:
    accept(rep, lead)
    fields = found(
        verdict="later",
        stage_found="decision",
        still_needed_more="A quote\nA reference",
        decider_name=["Ole", "", "Pia"],
        decider_role=["Owner", "", ""],
        decider_stance=["neutral", "", "against"],
        promise_what=["Send the quote", ""],
        promise_due=["2026-03-05", ""],
    )
    assert rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **fields).status_code == 303
    brief = rep.see(lead)
    assert "Stop selling" in brief
    assert "A reference" in brief
    day = rep.see("/today")
    assert "Send the quote" in day
    with reading(database) as session:
        row = standing(session, ref_of(lead))
        assert row
        assert [each["name"] for each in row.deciders] == ["Ole", "Pia"]


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
    rep: Visitor, lead: str
) -> None:
    accept(rep, lead)
    fields = found(
        verdict="earlier", fact=" ", still_needed_more="A quote", promise_what=["", "Call back"]
    )
    answer = rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **fields)  # fmt: skip
    assert answer.status_code == 422
    assert "The stage you found is missing" in answer.text
    assert "One thing they told you is missing" in answer.text
    assert 'id="promise-due-1-wrong"' in answer.text
    assert "A quote" in answer.text
    assert 'value="Call back"' in answer.text
    again = rep.see(f"{lead}/confirmation")
    assert "Your words are back" in again
    assert 'value="Call back"' in again


def test_not_reached_is_a_try_and_no_answer(rep: Visitor, lead: str, database: Database) -> None:
    accept(rep, lead)
    done = rep.send(f"{lead}/confirmation", f"{lead}/not-reached", channel="call")
    assert done.status_code == 303
    brief = rep.see(lead)
    assert "You tried" in brief
    assert "Say what you found" in brief
    with reading(database) as session:
        assert standing(session, ref_of(lead)) is None


def test_an_answer_is_corrected_with_a_reason_and_both_stay(
    rep: Visitor, lead: str, database: Database
) -> None:
    accept(rep, lead)
    rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **found())
    form = rep.see(f"{lead}/confirmation")
    with reading(database) as session:
        first = standing(session, ref_of(lead))
        assert first
    assert f'value="{first.id}"' in form
    fields = found(fact="By June.", supersedes=str(first.id))
    refused = rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **fields)
    assert refused.status_code in (409, 422)
    done = rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **fields, reason="misheard")
    assert done.status_code == 303
    assert "By June." in rep.see(lead)


def test_a_draft_survives_an_expired_sign_in(
    site: Flask, rep: Visitor, lead: str, visitor: Visitors
) -> None:
    accept(rep, lead)
    page = f"{lead}/confirmation"
    token = rep.token(page)
    rep.client.delete_cookie("warmline")
    answer = rep.client.post(page, data={"csrf_token": token, **found(fact="Do not lose me")})
    assert answer.status_code == 401
    kept = unescape(answer.text.split('name="kept" value="')[1].split('"')[0])
    assert "Do not lose me" in kept
    back = rep.send("/login", "/login", email="ann@us.example", password=PASSWORD, next=page, kept=kept)  # fmt: skip
    assert back.headers["Location"] == page
    assert "Do not lose me" in rep.see(page)


def test_a_form_whose_token_went_stale_can_be_sent_again(rep: Visitor, lead: str) -> None:
    accept(rep, lead)
    page = f"{lead}/confirmation"
    answer = rep.client.post(page, data={"csrf_token": "old", **found(fact="Keep this")})
    assert answer.status_code == 419
    assert 'name="fact" value="Keep this"' in answer.text


def test_a_draft_is_kept_while_typing_and_gone_with_the_answer(
    rep: Visitor, lead: str, visitor: Visitors
) -> None:
    accept(rep, lead)
    page = f"{lead}/confirmation"
    first = rep.send(page, f"{page}/draft", fact="Half a sent")
    second = rep.send(page, f"{page}/draft", fact="Half a sentence")
    assert (first.json["revision"], second.json["revision"]) == ("1", "2")
    other_phone = visitor().sign_in("ann@us.example")
    assert "Half a sentence" in other_phone.see(page)
    rep.send(page, page, **found())
    assert "Half a sentence" not in rep.see(page)


def test_a_manager_reads_the_brief_but_answers_nothing(
    rep: Visitor, lead: str, visitor: Visitors
) -> None:
    accept(rep, lead)
    manager = visitor().sign_in("max@us.example")
    assert "Say what you found" not in manager.see(lead)
    manager.see(f"{lead}/confirmation", 404)


def test_the_brief_shows_what_happened_since(
    rep: Visitor, lead: str, database: Database, now: datetime
) -> None:
    accept(rep, lead)

    def backdate(session: Session) -> None:
        session.execute(update(HandoffRow).values(accepted_at=now - timedelta(hours=1)))
        office.act(session, now, ref_of(lead).prospect_id)

    perform(database, backdate)
    assert "New since you took it" in rep.see(lead)


def test_a_promise_is_ticked_off_and_leaves_the_day(rep: Visitor, lead: str) -> None:
    accept(rep, lead)
    fields = found(promise_what="Send the quote", promise_due="2026-03-05")
    rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **fields)
    brief = rep.see(lead)
    promise = brief.split(f'action="{lead}/promises/')[1].split('"')[0]
    assert rep.send(lead, f"{lead}/promises/{promise}").status_code == 303
    assert "kept" in rep.see(lead)
    assert "You promised" not in rep.see("/today")


def test_a_lost_lead_says_why(rep: Visitor, lead: str) -> None:
    accept(rep, lead)
    too_early = rep.send(lead, f"{lead}/outcome", result="won")
    assert too_early.status_code == 409
    rep.send(f"{lead}/confirmation", f"{lead}/confirmation", **found())
    assert rep.send(lead, f"{lead}/outcome").status_code == 422
    unsaid = rep.send(lead, f"{lead}/outcome", result="lost")
    assert unsaid.status_code == 422
    assert "Why it was lost is missing" in unsaid.text
    assert "checked" in unsaid.text
    assert rep.send(lead, f"{lead}/outcome", result="lost", reason="Too dear").status_code == 303
    assert "lost" in rep.see(lead)
