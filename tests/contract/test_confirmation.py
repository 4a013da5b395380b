"""What a rep may answer about a lead, field by field, and what each answer does."""

import time
from typing import Any

import pytest

from tests.contract.office import Office, finding, someone, soon
from tests.support.running import until

pytestmark = pytest.mark.slow

RITA, TOM = "rita@vendor.example", "tom@vendor.example"


@pytest.fixture
def lead(office: Office) -> Any:
    """A lead that rita took; marketing claims evaluation."""
    return office.accepted(someone(), RITA, fields={"team": "rita"})


def refused(office: Office, lead: Any, body: dict[str, Any], *, status: int = 422) -> set[str]:
    """The fields a refusal names."""
    told = office.confirm(lead["id"], RITA, status, **body)
    assert told["status"] == status
    return {each["field"] for each in told.get("errors", ())}


def without(name: str, verdict: str = "confirmed", **more: Any) -> dict[str, Any]:
    return {key: value for key, value in finding(verdict, **more).items() if key != name}


@pytest.mark.parametrize(
    "verdict", ["confirmed", "earlier", "later", "wrong_person", "not_a_buyer"]
)
def test_a_finding_needs_whom_how_when_and_one_fact(
    office: Office, lead: Any, verdict: str
) -> None:
    whole = {"stage_found": {"earlier": "awareness", "later": "decision"}.get(verdict)}
    if verdict == "wrong_person":
        whole["right_person"] = {"name": "R", "email": someone()}
    whole = {key: value for key, value in whole.items() if value}
    for name in ("spoke_with", "channel", "at", "fact"):
        assert refused(office, lead, without(name, verdict, **whole)) == {name}
        assert (
            refused(office, lead, finding(verdict, **whole, **{name: None})) == {name}
            if name not in whole
            else True
        )
    for blank in ("", "   ", "\n\t"):
        assert refused(office, lead, {**finding(verdict, **whole), "fact": blank}) == {"fact"}
        assert refused(office, lead, {**finding(verdict, **whole), "spoke_with": blank}) == {
            "spoke_with"
        }
    assert refused(office, lead, {**finding(verdict, **whole), "channel": "pigeon"}) == {"channel"}
    assert refused(office, lead, {**finding(verdict, **whole), "at": soon(60)}) == {"at"}
    made = office.confirm(lead["id"], RITA, **finding(verdict, **whole))
    assert made["verdict"] == verdict


def test_an_unknown_verdict_or_field_is_named(office: Office, lead: Any) -> None:
    assert refused(office, lead, finding("perhaps")) == {"verdict"}
    assert refused(office, lead, {}) == {"verdict"}
    assert refused(office, lead, finding(colour="red")) == {"colour"}
    assert refused(office, lead, finding(deciders=[{"name": "x", "age": 3}])) == {"deciders.0.age"}
    assert refused(office, lead, finding(promises=[{"what": "x"}])) == {"promises.0.due_at"}
    assert refused(office, lead, finding(still_needed="a paper")) == {"still_needed"}
    assert refused(office, lead, finding(fact=7)) == {"fact"}
    assert refused(office, lead, finding(at="2026-11-01")) == {"at"}


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-1", 0, 1e99, [], {}]
)
def test_an_instant_beyond_all_time_is_refused(office: Office, lead: Any, at: Any) -> None:
    assert refused(office, lead, finding(at=at)) == {"at"}
    assert refused(office, lead, finding(promises=[{"what": "x", "due_at": at}])) == {
        "promises.0.due_at"
    }


def test_the_stage_must_lie_on_the_side_the_verdict_says(office: Office, lead: Any) -> None:
    for verdict, wrong in (
        ("earlier", ("evaluation", "decision")),
        ("later", ("evaluation", "awareness")),
    ):
        for stage in (*wrong, "nowhere", None):
            assert refused(office, lead, finding(verdict, stage_found=stage)) == {"stage_found"}
    office.confirm(lead["id"], RITA, **finding("later", stage_found="decision"))


def test_the_right_person_is_needed_and_becomes_a_lead_of_the_same_company(
    office: Office, lead: Any
) -> None:
    assert refused(office, lead, finding("wrong_person")) == {"right_person"}
    for bad in ({"name": "Ria"}, {"email": "x"}, {"name": "Ria", "email": "none"}):
        assert refused(office, lead, finding("wrong_person", right_person=bad))
    right = someone("right")
    made = office.confirm(
        lead["id"],
        RITA,
        **finding("wrong_person", right_person={"name": "Ria Right", "email": right}),
    )
    assert made["right_person"]["email"] == right
    person = office.person(right)
    assert (person["name"], person["account"]) == ("Ria Right", lead["account"])
    assert office.call("GET", f"/handoffs/{lead['id']}")["state"] == "recycled"


@pytest.mark.parametrize(
    ("verdict", "more", "state", "lifecycle", "confirmed"),
    [
        ("confirmed", {}, "checked", "checked", "evaluation"),
        ("confirmed", {"stage_found": "evaluation"}, "checked", "checked", "evaluation"),
        ("later", {"stage_found": "decision"}, "checked", "checked", "decision"),
        ("earlier", {"stage_found": "consideration"}, "recycled", "recycled", "consideration"),
        ("not_a_buyer", {}, "disqualified", "disqualified", None),
    ],
)
def test_each_verdict_does_what_it_means(
    office: Office,
    lead: Any,
    verdict: str,
    more: Any,
    state: str,
    lifecycle: str,
    confirmed: str | None,
) -> None:
    made = office.confirm(lead["id"], RITA, **finding(verdict, **more))
    assert made["claimed"] == "evaluation"
    handoff = office.call("GET", f"/handoffs/{lead['id']}")
    assert handoff["state"] == state
    assert handoff["confirmation"]["id"] == made["id"]
    assert handoff["brief"]["claim"]["stage"] == "evaluation"

    def believed() -> Any:
        found = office.call("GET", f"/prospects/{lead['prospect']}")
        return (
            found
            if found["confirmed_stage"] == confirmed and found["lifecycle"] == lifecycle
            else None
        )

    after = until(believed, 10, what=f"{lifecycle} at {confirmed}")
    assert "verdict" in office.kinds(after["id"])


def test_not_reached_is_a_try_and_no_finding(office: Office, lead: Any) -> None:
    made = office.confirm(lead["id"], RITA, verdict="not_reached")
    office.confirm(
        lead["id"], RITA, verdict="not_reached", channel="call", at=soon(), fact="rang twice"
    )
    assert refused(office, lead, {"verdict": "not_reached", "at": soon(60)}) == {"at"}
    handoff = office.call("GET", f"/handoffs/{lead['id']}")
    assert (handoff["state"], handoff["confirmation"]) == ("accepted", None)
    assert len(handoff["attempts"]) == 2
    assert made["id"] in {each["id"] for each in handoff["attempts"]}
    office.confirm(lead["id"], RITA, **finding())


def test_everything_that_was_answered_is_kept(office: Office, lead: Any) -> None:
    told = finding(
        still_needed=["a paper", "a price"],
        deciders=[{"name": "Dan", "role": "decision maker", "stance": "for"}, {"name": "Eva"}],
        promises=[{"what": "send the paper", "due_at": soon(3600)}],
    )
    made = office.confirm(lead["id"], RITA, **told)
    kept = office.call("GET", f"/handoffs/{lead['id']}")
    for each in (made, kept["confirmation"]):
        for name in ("verdict", "spoke_with", "channel", "fact", "still_needed"):
            assert each[name] == told[name]
        assert each["at"] == told["at"]
        assert each["deciders"][0] == told["deciders"][0]
        assert each["deciders"][1]["name"] == "Eva"
    (promise,) = kept["promises"]
    assert promise["what"] == "send the paper"
    assert promise["due_at"] == told["promises"][0]["due_at"]
    assert isinstance(promise["id"], str)


def test_a_second_answer_names_the_first_and_says_why(office: Office, lead: Any) -> None:
    first = office.confirm(lead["id"], RITA, **finding())
    second = finding("earlier", stage_found="awareness")
    office.confirm(lead["id"], RITA, 409, **finding())
    office.confirm(lead["id"], RITA, 409, **second)
    office.confirm(lead["id"], RITA, 409, **second, supersedes=first["id"])
    office.confirm(lead["id"], RITA, 409, **second, reason="I misheard")
    office.confirm(lead["id"], RITA, 409, **second, supersedes=lead["id"], reason="I misheard")
    office.confirm(lead["id"], RITA, 409, **second, supersedes=first["id"], reason="  ")
    made = office.confirm(lead["id"], RITA, **second, supersedes=first["id"], reason="I misheard")
    assert (made["supersedes"], made["reason"]) == (first["id"], "I misheard")
    now = office.call("GET", f"/handoffs/{lead['id']}")
    assert (now["confirmation"]["id"], now["state"]) == (made["id"], "recycled")
    office.confirm(lead["id"], RITA, 409, **second, supersedes=first["id"], reason="again")


def test_only_who_took_it_may_answer_and_only_then(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    office.confirm(offered["id"], RITA, 409, **finding())
    office.confirm(offered["id"], TOM, 404, **finding())
    office.call(
        "POST", f"/handoffs/{offered['id']}/acceptance", token=office.rep(RITA), json={}, expect=201
    )
    office.confirm(offered["id"], TOM, 404, **finding())
    office.confirm(offered["id"], RITA, 201, **finding())


def test_won_or_lost_comes_after_a_finding(office: Office, lead: Any) -> None:
    path = f"/handoffs/{lead['id']}/outcome"
    rita = office.rep(RITA)
    office.call("POST", path, token=rita, json={"result": "won"}, expect=409)
    office.confirm(lead["id"], RITA, **finding())
    for bad in ({}, {"result": "maybe"}, {"result": "lost"}, {"result": "won", "opportunity": "x"}):
        office.call("POST", path, token=rita, json=bad, expect=422)
    won = office.call(
        "POST", path, token=rita, json={"result": "won", "reason": "price"}, expect=201
    )
    assert won["state"] == "won"
    office.call("POST", path, token=rita, json={"result": "lost", "reason": "x"}, expect=409)
    until(
        lambda: office.call("GET", f"/prospects/{lead['prospect']}")["lifecycle"] == "won",
        what="won",
    )
    assert "outcome" in office.kinds(lead["prospect"])


def test_the_same_answer_under_one_key_is_recorded_once(office: Office, lead: Any) -> None:
    path, told = f"/handoffs/{lead['id']}/confirmation", finding()
    headers = {"Idempotency-Key": lead["id"]}
    made = [
        office.call("POST", path, token=office.rep(RITA), json=told, headers=headers, expect=201)
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_a_recycled_lead_comes_back_only_by_what_they_do_next(office: Office, lead: Any) -> None:
    person = office.call("GET", f"/prospects/{lead['prospect']}")
    office.confirm(lead["id"], RITA, **finding("earlier", stage_found="awareness"))
    until(lambda: office.person(person["email"])["lifecycle"] == "recycled", what="recycled")
    time.sleep(0.5)
    assert len(office.handoffs(person["id"])) == 1
    office.lead(person["email"], "demo", external_id=f"again-{person['id']}")

    def back() -> Any:
        return [each for each in office.handoffs(person["id"]) if each["state"] == "offered"]

    (second,) = until(back, what="a second offer")
    assert second["id"] != lead["id"]
