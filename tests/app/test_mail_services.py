"""How our mails are named for those who carry them, and where they come back to."""

import json
from datetime import UTC, datetime

import pytest

from app.letters import Content, Headers, pack
from app.mail_services import marks_of
from prospects.ids import ProspectId, SendId, new_id
from prospects.mail_names import MailName, named, return_address
from webhooks.fed_back import MARK

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
NAME = MailName(ProspectId(new_id(NOW)), SendId(new_id(NOW)))


@pytest.mark.parametrize(
    "host",
    [
        "smtp.sendgrid.net",
        "smtp.eu.mailgun.org",
        "smtp.postmarkapp.com",
        "email-smtp.eu-west-1.amazonaws.com",
    ],
)
def test_each_service_is_told_our_name_of_the_mail_in_its_own_way(host: str) -> None:
    headers = marks_of(f"smtp://user:password@{host}:587", NAME)
    assert named(headers.values()) == NAME
    assert MARK in json.dumps(headers)


@pytest.mark.parametrize("url", [None, "smtp://mail.acme.example", "smtp://notsendgrid.net"])
def test_no_other_server_is_told_anything(url: str | None) -> None:
    assert marks_of(url, NAME) == {}


def test_a_mail_returns_to_its_own_address_and_carries_its_marks() -> None:
    headers = Headers(
        sender="Acme <hi@acme.example>",
        recipient="ada@buyer.example",
        message_id="<1@acme.example>",
        at=NOW,
        return_to=return_address(NAME, "back.acme.example"),
        marks={"X-Mark": "one"},
    )
    parcel = pack(Content(subject="Hi", text="Hello"), headers)
    assert named([parcel.sender]) == NAME
    assert b"\r\nX-Mark: one\r\n" in parcel.content
    assert b"From: Acme <hi@acme.example>" in parcel.content
