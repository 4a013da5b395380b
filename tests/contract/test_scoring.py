"""Points, stages, warmth and the conditions behind them, seen from outside, with half-lives of seconds."""

from typing import Any

import pytest

from tests.contract.office import Office, instant, someone
from tests.support.running import until

pytestmark = pytest.mark.slow


def terms(office: Office, **lead: Any) -> set[str]:
    """The fit rules that hold for such a lead."""
    email = someone()
    office.lead(email, "guide", **lead)
    found = office.settled(email)["reasons"]
    return {each["term"].removeprefix("fit.") for each in found if each["term"].startswith("fit.")}


def test_every_operator_does_what_it_says(office: Office) -> None:
    always = {"not_set", "not"}
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, always),
        ({"fields": {"word": "blue"}}, {"eq", "is_set", "any", "not"}),
        ({"fields": {"word": "BLUE "}}, {"eq", "is_set", "any", "not"}),
        ({"fields": {"word": "red"}}, {"ne", "is_set", "not"}),
        ({"fields": {"word": ""}}, always),
        ({"fields": {"word": None}}, always),
        ({"fields": {"number": 10}}, {"gte", "lte", *always}),
        ({"fields": {"number": "10"}}, {"gte", "lte", *always}),
        ({"fields": {"number": 11.5}}, {"gt", "gte", *always}),
        ({"fields": {"number": "-3"}}, {"lt", "lte", *always}),
        ({"fields": {"number": "many"}}, always),
        ({"country": "DE"}, {"in", "any", "not_set"}),
        ({"country": "fr"}, {"not_in", *always}),
        ({"title": "Head of IT"}, {"contains", "starts_with", *always}),
        ({"title": "Vice head"}, {"contains", *always}),
        ({"country": "DE", "fields": {"word": "blue"}}, {"in", "all", "any", "eq", "is_set"}),
    ]
    emails = [someone() for _ in cases]
    office.lead_of(
        [
            {"email": who, "form": "guide", **lead}
            for who, (lead, _) in zip(emails, cases, strict=True)
        ]
    )
    for who, (lead, expected) in zip(emails, cases, strict=True):
        reasons = office.settled(who)["reasons"]
        held = {
            each["term"].removeprefix("fit.") for each in reasons if each["term"].startswith("fit.")
        }
        assert held == expected, lead


def test_conditions_count_what_was_done(office: Office) -> None:
    email = someone()
    office.act(email, "page_view", body={"page": "/price"}, external_id=f"1{email}")
    assert "fit.twice" not in {each["term"] for each in office.settled(email)["reasons"]}
    office.act(email, "page_view", body={"page": "/price/list"}, external_id=f"2{email}")
    office.act(email, "chat", at="2026-01-01T00:00:00Z")
    found = {each["term"] for each in office.settled(email)["reasons"]}
    assert "fit.twice" in found
    assert "fit.lately" not in found
    office.act(email, "chat")
    until(
        lambda: "fit.lately" in {each["term"] for each in office.person(email)["reasons"]},
        what="lately",
    )


def test_reasons_add_up_to_the_points_and_name_activities(office: Office) -> None:
    email = someone()
    for n in range(3):
        office.act(email, "page_view", body={"page": "/price"}, external_id=f"{n}{email}")
    person = office.settled(email)
    assert sum(each["value"] for each in person["reasons"]) == pytest.approx(
        person["points"], abs=0.2
    )
    (price,) = [each for each in person["reasons"] if each["term"] == "engagement.price"]
    assert 0 < price["value"] <= 24
    known = {each["id"] for each in office.timeline(person["id"])}
    assert set(price["activities"]) <= known
    assert price["activities"]
    assert person["score"] is None


def test_engagement_halves_with_its_half_life_all_by_itself(office: Office) -> None:
    email = someone()
    office.lead(email, "heavy", fields={"size": "big", "team": "away"})
    office.act(email, "download")
    peak = until(lambda: _warm(office, email), what="warm by points")
    assert peak["points"] > 60

    def cool() -> Any:
        found = office.person(email)
        return found if not found["warm"] else None

    cooled = until(cool, 20, what="cooling down by decay alone")
    assert cooled["points"] < 45
    history = office.items(f"/prospects/{cooled['id']}/assessments?limit=200")
    between = [each for each in history if 45 <= each["points"] < 60]
    assert all(each["warm"] for each in between), "who is warm stays so down to leave_points"
    assert set(history[0]) >= {"at", "stage", "points", "reasons"}


def _warm(office: Office, email: str) -> Any:
    found = office.person(email)
    return found if found["warm"] else None


def test_points_between_the_lines_warm_nobody(office: Office) -> None:
    email = someone()
    office.lead(email, "heavy", fields={"size": "big"})
    office.act(email, "page_view", body={"page": "/price"}, external_id=f"a{email}")
    office.act(email, "page_view", body={"page": "/price"}, external_id=f"b{email}")
    person = office.settled(email)
    assert 45 < person["points"] < 60
    assert person["warm"] is False
    assert person["handoff"] is None


def test_a_stage_is_claimed_with_its_reasons_and_goes_back_when_its_evidence_is_old(
    office: Office,
) -> None:
    email = someone()
    office.lead(email, "guide", fields={"team": "away"})
    office.lead(email, "flash", external_id=f"flash-{email}")

    def claimed(stage: str) -> Any:
        found = office.person(email)
        return found if found["stage"]["claimed"] == stage else None

    ahead = until(lambda: claimed("evaluation"), what="evaluation")["stage"]
    assert 0.5 < ahead["confidence"] <= 1
    assert ahead["reasons"]
    assert ahead["model"]
    assert instant(ahead["expires_at"]) > instant(ahead["at"])
    assert {each for reason in ahead["reasons"] for each in reason["activities"]}
    back = until(lambda: claimed("awareness"), 40, what="going back to awareness")["stage"]
    assert back["reasons"]


def test_somebody_who_did_nothing_that_speaks_for_a_stage_has_no_claim(office: Office) -> None:
    email = someone()
    office.act(email, "note", body={"text": "met at a fair"})
    stage = office.settled(email)["stage"]
    assert (stage["claimed"], stage["confidence"], stage["reasons"]) == (None, None, [])


def test_what_robots_do_earns_nothing(office: Office) -> None:
    email = someone()
    for n in range(5):
        office.call(
            "POST", "/activities", expect=201,
            json={"kind": "download", "email": email, "suspect_robot": True, "external_id": f"{n}{email}"},
        )  # fmt: skip
    person = office.settled(email)
    assert person["engagement"] == 0
    assert {each["suspect_robot"] for each in office.timeline(person["id"])} == {True}


def test_people_can_be_asked_for_by_stage_lifecycle_and_words(office: Office) -> None:
    email = someone("find", domain="find-me.example")
    office.lead(email, "compare", name="Çağla 100%_Ünlü", company="Örnek A.Ş.")
    person = office.settled(email)
    for narrowed in (
        "stage=consideration&q=find-me",
        f"lifecycle={person['lifecycle']}&q=find-me",
        f"email={email.upper()}",
        "q=100%25_",
        "q=Örnek",
        "q=FIND-ME",
    ):
        assert person["id"] in {each["id"] for each in office.items(f"/prospects?{narrowed}")}, (
            narrowed
        )
    for narrowed in (
        "stage=decision&q=find-me",
        "lifecycle=won&q=find-me",
        "email=other@find-me.example",
        "email=",
        "email=x",
        "q=%25%25",
        "stage=",
    ):
        assert person["id"] not in {
            each["id"] for each in office.items(f"/prospects?{narrowed}")
        }, narrowed
