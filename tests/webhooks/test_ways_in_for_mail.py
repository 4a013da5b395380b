"""The ways by which mails come in: each service's own, and a mailbox's address."""

import base64
import json
from typing import Any

import pytest

from prospects.kinds import Kind
from prospects.mail_names import mark
from tests.webhooks import mail_services as services
from tests.webhooks.mail_services import ADA, NOW, PATH_TOKEN, form, incoming
from tests.webhooks.test_inbound import BACK, HEADER, OURS, failed, mail, the
from webhooks.adapter import Posted, Refused, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.mailboxes import read_mailbox
from webhooks.sources import Source
from webhooks.written import SourceError, read_source


def source(kind: str, **more: Any) -> Source:
    usual: dict[str, Any] = {
        "mailgun_inbound": {"secrets": [services.SIGNING_KEY]},
        "imap": {"mailbox": "imaps://a:b@mail.example/INBOX"},
    }
    return read_source(
        {"slug": "in", "kind": kind, **usual.get(kind, {"token": PATH_TOKEN}), **more}
    )


HEADERS = f"From: Ada <{ADA}>\nTo: hi@acme.example\nSubject: Re: Hello\nMessage-ID: <1@buyer.example>\nIn-Reply-To: {HEADER}\n"
PAIRS = [line.split(": ", 1) for line in HEADERS.splitlines()]
POSTMARK = {
    "From": ADA,
    "Subject": "Re: Hello",
    "Headers": [{"Name": name, "Value": value} for name, value in PAIRS],
    "TextBody": "Yes.",
}
ANSWERED: list[tuple[str, bytes]] = [
    ("sendgrid_inbound", form({"headers": HEADERS, "text": "Yes.", "envelope": json.dumps({"to": ["hi@acme.example"]})})),
    ("sendgrid_inbound", form({"email": mail("Yes.", In_Reply_To=HEADER)})),
    ("sendgrid_inbound", form({"headers": HEADERS.replace(f"In-Reply-To: {HEADER}\n", ""), "text": "Yes.", "envelope": json.dumps({"to": [BACK]})})),
    ("mailgun_inbound", form({**services.mailgun_proof("t"), "message-headers": json.dumps(PAIRS), "body-plain": "Yes."})),
    ("mailgun_inbound", form({**services.mailgun_proof("t"), "body-mime": mail("Yes.", In_Reply_To=HEADER)})),
    ("postmark_inbound", json.dumps(POSTMARK).encode()),
    ("postmark_inbound", json.dumps({"From": ADA, "RawEmail": mail("Yes.", In_Reply_To=HEADER).decode()}).encode()),
    ("imap", mail("Yes.", In_Reply_To=HEADER)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), ANSWERED)
def test_an_answer_is_the_same_whichever_way_it_came(kind: str, body: bytes) -> None:
    item = the(ADAPTERS[source(kind).kind].parse(Posted(body, NOW), source(kind)))
    assert (item.kind, item.mail, item.address, item.body["text"]) == (
        Kind.REPLY,
        OURS,
        ADA,
        "Yes.",
    )


def test_a_report_taken_apart_by_a_service_is_put_together_again() -> None:
    files = (
        (
            "attachment1",
            "message/delivery-status",
            f"Reporting-MTA: dns; x\n\n{failed()}\n".encode(),
        ),
        ("attachment2", "message/rfc822", f"Message-ID: {HEADER}\n\nHello".encode()),
    )
    body = form(
        {"headers": "From: MAILER-DAEMON@x.example\nMessage-ID: <b@x>\n", "text": "failed"}, *files
    )
    item = the(
        ADAPTERS[source("sendgrid_inbound").kind].parse(
            Posted(body, NOW), source("sendgrid_inbound")
        )
    )
    assert (item.kind, item.mail, item.body["bounce"]) == (Kind.BOUNCED, OURS, "hard")
    coded = [
        {"Content": base64.b64encode(each).decode(), "ContentType": sort} for _, sort, each in files
    ]
    told = {"From": "MAILER-DAEMON@x.example", "TextBody": "failed", "Attachments": coded}
    body = json.dumps(told).encode()
    item = the(
        ADAPTERS[source("postmark_inbound").kind].parse(
            Posted(body, NOW), source("postmark_inbound")
        )
    )
    assert (item.kind, item.mail) == (Kind.BOUNCED, OURS)


def test_each_alphabet_of_a_form_is_read_as_it_says() -> None:
    fields: dict[str, str | bytes] = {
        "headers": HEADERS,
        "text": "Grüße".encode("cp1252"),
        "charsets": json.dumps({"text": "windows-1252"}),
    }
    item = the(
        ADAPTERS[source("sendgrid_inbound").kind].parse(
            Posted(form(fields), NOW), source("sendgrid_inbound")
        )
    )
    assert item.body["text"] == "Grüße"


def test_who_posts_a_mail_must_be_who_we_gave_the_address_or_signed_it() -> None:
    def judged(kind: str, body: bytes, token: str | None = None) -> Any:
        return ADAPTERS[source(kind).kind].verify(incoming(body, {}, token), source(kind), NOW)

    for kind, body in ANSWERED:
        proved = judged(
            kind, body, PATH_TOKEN if kind.startswith(("sendgrid", "postmark")) else None
        )
        assert isinstance(proved, Refused if kind == "imap" else Verified), kind
        assert (
            isinstance(judged(kind, body, "another-last-part"), Refused)
            or kind == "mailgun_inbound"
        )
    forged = ANSWERED[3][1].replace(b'name="token"\r\n\r\nt', b'name="token"\r\n\r\nu')
    assert judged("mailgun_inbound", forged) == Refused(401, "the sender could not be proved")
    assert judged("sendgrid_inbound", b"", PATH_TOKEN) == Refused(400, "this is no form")


@pytest.mark.parametrize(
    ("told", "kind", "bounce"),
    [
        ({"event": "bounced", "code": "550", "error": "5.1.1 user unknown"}, Kind.BOUNCED, "hard"),
        ({"event": "dropped", "code": "605", "reason": "hardfail"}, Kind.BOUNCED, "hard"),
        ({"event": "dropped", "code": "607"}, Kind.COMPLAINED, None),
        ({"event": "dropped", "code": "499", "reason": "old"}, Kind.BOUNCED, "soft"),
        ({"event": "clicked", "url": "https://a.example"}, Kind.CLICK, None),
        ({"event": "delivered", "Message-Id": HEADER}, Kind.DELIVERED, None),
    ],
)
def test_mailguns_older_webhooks_are_forms_and_say_the_same(
    told: dict[str, str], kind: Kind, bounce: str | None
) -> None:
    body = form({**services.mailgun_proof("t"), "recipient": ADA, **told, "warmline": mark(OURS)})
    mailgun = read_source({"slug": "m", "kind": "mailgun", "secrets": [services.SIGNING_KEY]})
    adapter = ADAPTERS[mailgun.kind]
    assert isinstance(adapter.verify(incoming(body, {}), mailgun, NOW), Verified)
    item = the(adapter.parse(Posted(body, NOW), mailgun))
    assert (item.kind, item.body.get("bounce"), item.address, item.mail) == (
        kind,
        bounce,
        ADA,
        OURS,
    )


@pytest.mark.parametrize(
    "url", ["https://a:b@x/", "imaps://x/INBOX", "imaps://a:b@x/IN%22BOX", "imaps://a:b@x:99999/"]
)
def test_an_address_of_no_mailbox_is_told_at_its_place(url: str) -> None:
    assert read_mailbox(url) is None
    with pytest.raises(SourceError) as caught:
        source("imap", mailbox=url)
    assert caught.value.faults[0].place == "mailbox"
