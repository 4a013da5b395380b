"""A LinkedIn source from outside: challenge, thin notifications, leads taken back."""

import hashlib
import hmac

import pytest
import requests

from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from tests.contract.office import Office, someone
from tests.support.running import until

pytestmark = pytest.mark.slow


def test_linkedins_challenge_is_answered_and_a_bad_one_is_400(
    office: Office, linkedin: LinkedIn
) -> None:
    webhook = f"{office.url}/webhooks/linkedin"
    assert linkedin.challenge(webhook)
    for bad in (
        "",
        "?challengeCode=",
        "?challengeCode=x",
        '?challengeCode={"a":1}',
        "?other=1",
        "?challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0x",
    ):
        answer = requests.get(f"{webhook}{bad}", timeout=10)
        assert answer.status_code == 400
        assert "challengeResponse" not in answer.text


def test_a_linkedin_lead_is_fetched_once_and_taken_back(office: Office, linkedin: LinkedIn) -> None:
    webhook = f"{office.url}/webhooks/linkedin"
    email = someone("li")
    filled = linkedin.fill(
        Member(
            first_name="Lia",
            last_name="Inn",
            email=email,
            title="CTO",
            company="Inn",
            person=f"urn:li:person:{email}",
        )
    )
    body, headers = linkedin.signed(filled)
    prefixed = {
        **headers,
        "X-LI-Signature": f"hmacsha256={hmac.new(linkedin.secret.encode(), body, hashlib.sha256).hexdigest()}",
    }
    assert office.post("linkedin", body, prefixed).status_code == 401
    assert office.post("linkedin", body + b" ", headers).status_code == 401
    assert {linkedin.notify(webhook, filled) for _ in range(3)} == {200}
    person = office.person(email)
    assert person["name"] == "Lia Inn"
    form = office.timeline(person["id"])[-1]
    assert form["kind"] == "form"
    assert form["source"] == "linkedin"
    linkedin.take_back(filled)
    assert linkedin.notify(webhook, filled, "DELETED") == 200
    until(lambda: office.find(email) is None, what="the withdrawal")
    assert linkedin.notify(webhook, filled, "CREATED") == 200


def test_a_linkedin_lead_deleted_before_it_came_never_comes(
    office: Office, linkedin: LinkedIn
) -> None:
    webhook = f"{office.url}/webhooks/linkedin"
    email = someone("li")
    filled = linkedin.fill(
        Member(first_name="Del", last_name="First", email=email, person=f"urn:li:person:{email}")
    )
    assert linkedin.notify(webhook, filled, "DELETED") == 200
    assert linkedin.notify(webhook, filled, "CREATED") == 200
    other = linkedin.fill(
        Member(first_name="B", last_name="C", email=someone("li"), person="urn:li:person:other-one")
    )
    linkedin.notify(webhook, other)
    office.person(other.member.email)
    assert office.find(email) is None


def test_a_platform_in_trouble_is_asked_again(office: Office, linkedin: LinkedIn) -> None:
    email = someone("li")
    filled = linkedin.fill(
        Member(first_name="Try", last_name="Again", email=email, person=f"urn:li:person:{email}")
    )
    linkedin.refuse(429, retry_after="1")
    assert linkedin.notify(f"{office.url}/webhooks/linkedin", filled) == 200
    assert until(lambda: office.find(email), 30, what="the second try")
