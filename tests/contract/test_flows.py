"""Flows as marketers write them: each kind of step, who enters, who leaves, at the scale of seconds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.office import Office, finding, instant, someone
from tests.support.running import until
from tests.support.smtp import MailSink

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"


def templates(office: Office, email: str) -> list[str]:
    return [each["template"] for each in office.sends(office.person(email)["id"])]


def activity(office: Office, email: str, kind: str) -> Any:
    """When something is on somebody's record for the first time."""
    found = [each for each in office.timeline(office.person(email)["id"]) if each["kind"] == kind]
    return found[-1] if found else None


@pytest.fixture(scope="module")
def walkers(office: Office) -> dict[str, str]:
    """Four people who set out on one journey together; two of them do something on the way."""
    people = {name: someone(name) for name in ("idle", "clicks", "loads", "buys")}
    office.lead_of(
        [
            {
                "email": each,
                "form": "journey",
                "country": "DE" if name == "idle" else "FR",
                "fields": {"team": "rita"},
            }
            for name, each in people.items()
        ]
    )
    for each in people.values():
        until(lambda each=each: templates(office, each), what="the first mail")
    office.act(people["clicks"], "click", body={"url": "https://vendor.example"})
    office.act(people["loads"], "download", body={"file": "picture"})
    office.act(people["buys"], "purchase")
    until(
        lambda: (office.enrollment(people["loads"], "journey") or {}).get("step") == "look",
        what="the wait",
    )
    office.act(people["loads"], "download", body={"file": "paper"})
    return people


def test_nobody_does_anything_and_the_time_runs_out(
    office: Office, walkers: dict[str, str]
) -> None:
    over = office.left(walkers["idle"], "journey")
    assert (over["state"], over["reason"], over["step"]) == ("exited", "done", "end")
    assert templates(office, walkers["idle"]) == ["hello", "nudge", "german"]
    took = instant(over["left_at"]) - instant(over["entered_at"])
    assert timedelta(seconds=3) <= took < timedelta(seconds=9)


def test_an_act_ends_the_wait_for_it(office: Office, walkers: dict[str, str]) -> None:
    over = office.left(walkers["loads"], "journey")
    assert (over["state"], over["reason"]) == ("exited", "done")
    assert templates(office, walkers["loads"]) == ["hello"]


def test_an_act_before_the_wait_was_reached_counts_for_nothing(
    office: Office, walkers: dict[str, str]
) -> None:
    office.left(walkers["clicks"], "journey")
    assert templates(office, walkers["clicks"]) == ["hello", "nudge"]


def test_an_exit_ends_it_wherever_they_are(office: Office, walkers: dict[str, str]) -> None:
    over = office.left(walkers["buys"], "journey")
    assert (over["state"], over["reason"]) == ("exited", "bought")
    assert templates(office, walkers["buys"]) == ["hello"]


def test_every_mail_is_on_the_ledger_with_its_key(office: Office, walkers: dict[str, str]) -> None:
    office.left(walkers["idle"], "journey")
    who = office.person(walkers["idle"])

    def sent() -> Any:
        found = office.sends(who["id"])
        return found if {each["state"] for each in found} == {"sent"} else None

    sends = until(sent, what="the mails")
    (enrollment,) = [each for each in who["enrollments"] if each["flow"] == "journey"]
    assert [(each["step"], each["visit"], each["enrollment"]) for each in sends] == [
        (step, 1, enrollment["id"]) for step in ("hello", "nudge", "german")
    ]
    for each in sends:
        assert set(each) >= {"id", "prospect", "flow", "template", "topic", "state", "reason"}
        assert (each["flow"], each["topic"], each["prospect"]) == (
            "journey",
            "newsletter",
            who["id"],
        )
    assert office.kinds(who["id"]).count("mail_sent") == 3
    assert {"entered_flow", "left_flow"} <= set(office.kinds(who["id"]))
    one = office.call("GET", f"/sends/{sends[0]['id']}")
    assert "this is hello" in one["html"]


def test_a_flow_may_ask_sales_and_goes_on_after_the_verdict(office: Office) -> None:
    email = someone()
    office.lead(email, "asks", fields={"team": "rita"})
    offered = office.offer(email)
    held = office.enrollment(email, "asks")
    assert (held["state"], held["step"]) == ("held", "go")
    office.call(
        "POST", f"/handoffs/{offered['id']}/acceptance", token=office.rep(RITA), json={}, expect=201
    )
    office.confirm(offered["id"], RITA, verdict="not_reached")
    office.settled(email)
    assert office.enrollment(email, "asks")["state"] == "held"
    office.confirm(offered["id"], RITA, **finding("confirmed", stage_found="awareness"))
    over = office.left(email, "asks")
    assert (over["state"], templates(office, email)) == ("finished", ["hello"])


def test_marketing_is_quiet_while_a_rep_works(office: Office) -> None:
    email = someone()
    offered = office.offered(email, fields={"team": "rita"})
    office.lead(email, "journey")
    office.settled(email)
    until(lambda: office.enrollment(email, "journey"), what="an enrollment")
    assert office.enrollment(email, "journey")["state"] == "held"
    assert templates(office, email) == []
    office.call(
        "POST", f"/handoffs/{offered['id']}/acceptance", token=office.rep(RITA), json={}, expect=201
    )
    office.confirm(offered["id"], RITA, **finding("earlier", stage_found="awareness"))
    until(lambda: "hello" in templates(office, email), what="the mail after the verdict")


def test_a_verdict_lets_people_into_a_flow(office: Office) -> None:
    email = someone()
    taken = office.accepted(email, RITA, fields={"team": "rita"})
    office.confirm(taken["id"], RITA, **finding("earlier", stage_found="consideration"))
    assert office.left(email, "earlier")["state"] == "finished"
    assert "nudge" in templates(office, email)


def test_a_stage_lets_people_into_a_flow(office: Office) -> None:
    email = someone()
    office.lead(email, "compare")
    assert office.left(email, "staged")["state"] == "finished"
    assert templates(office, email) == ["deep"]


def test_how_often_somebody_enters_is_what_again_says(office: Office) -> None:
    email = someone()

    def entered(flow: str) -> int:
        return len([each for each in office.person(email)["enrollments"] if each["flow"] == flow])

    office.act(email, "webinar", external_id=f"1-{email}")
    until(lambda: entered("again-2s"), what="the first time")
    office.act(email, "webinar", external_id=f"2-{email}")
    until(lambda: entered("again-always") == 2, what="the second time")
    assert (entered("again-never"), entered("again-2s")) == (1, 1)
    first = instant(office.enrollment(email, "again-2s")["entered_at"])
    until(lambda: datetime.now(UTC) > first + timedelta(seconds=2.2), what="two seconds")
    office.act(email, "webinar", external_id=f"3-{email}")
    until(lambda: entered("again-2s") == 2, what="the time after the gap")
    assert (entered("again-never"), entered("again-always")) == (1, 3)


def test_robots_enter_nothing(office: Office) -> None:
    email = someone()
    office.call(
        "POST", "/activities", expect=201,
        json={"kind": "webinar", "email": email, "suspect_robot": True},
    )  # fmt: skip
    assert office.settled(email)["enrollments"] == []


def test_the_same_act_twice_enters_once(office: Office) -> None:
    email = someone()
    for _ in range(3):
        office.act(email, "webinar", external_id=f"same-{email}")
    office.left(email, "again-always")
    office.settled(email)
    assert len([e for e in office.person(email)["enrollments"] if e["flow"] == "again-always"]) == 1


def test_a_mail_is_never_planned_twice_for_one_visit(
    office: Office, walkers: dict[str, str]
) -> None:
    for each in walkers.values():
        sends = office.sends(office.person(each)["id"])
        keys = [(one["enrollment"], one["step"], one["visit"]) for one in sends]
        assert len(keys) == len(set(keys))


def test_a_branch_takes_the_first_way_that_is_open(office: Office) -> None:
    rich, far, chatty, known, plain = (
        someone(name) for name in ("rich", "far", "chatty", "known", "plain")
    )
    office.lead_of([{"email": far, "form": "compare"}, {"email": chatty, "activity": "chat"}])
    office.act(chatty, "chat", external_id=f"second-{chatty}")
    for each in (far, chatty):
        office.settled(each)
    office.lead(rich, "branches", fields={"size": "big"})
    office.lead_of([{"email": each, "form": "branches"} for each in (far, chatty, plain)])
    office.lead(known, "branches", country="FR")
    ways = {"rich": rich, "far": far, "chatty": chatty, "known": known, "plain": plain}
    assert {name: office.left(each, "branches")["reason"] for name, each in ways.items()} == {
        name: name for name in ways
    }


def test_who_is_won_or_no_buyer_leaves_every_flow(office: Office) -> None:
    for verdict, reason in (("confirmed", "bought"), ("not_a_buyer", None)):
        email = someone()
        office.lead(email, "waiting")
        office.settled(email)
        taken = office.accepted(email, RITA, fields={"team": "rita"})
        office.confirm(taken["id"], RITA, **finding(verdict))
        if verdict == "confirmed":
            path = f"/handoffs/{taken['id']}/outcome"
            office.call("POST", path, token=office.rep(RITA), json={"result": "won"}, expect=201)
        over = office.left(email, "waiting")
        assert over["state"] == "exited"
        assert reason is None or over["reason"] == reason


def test_colleagues_hear_of_their_leads_and_not_how_to_reach_the_buyer(
    office: Office, mailbox: MailSink
) -> None:
    email = someone("heard")
    office.offered(email, fields={"team": "alone"}, name="Heard Of", phone="+49 30 9998887")

    def told() -> list[str]:
        bodies = [mail.get_body().get_content() for mail in mailbox.to("alan@vendor.example")]
        return [each for each in bodies if "Heard Of" in each]

    (first, *_) = until(told, what="the notice")
    assert "/handoffs/" in first
    assert email not in first
    assert "9998887" not in first
