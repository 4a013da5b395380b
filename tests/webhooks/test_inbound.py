"""Mails that come in: told apart, and matched with the mail of ours that they are about."""

import json
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.bounces import Bounce, judge
from prospects.ids import ProspectId, SendId, new_id
from prospects.kinds import Kind
from prospects.mail_names import MailName, message_id, return_address
from tests.webhooks.mail_services import ADA, NOW
from webhooks.adapter import Item, Passed, Quarantined
from webhooks.fed_back import Feedback
from webhooks.inbound import understand
from webhooks.mail_made import read_mail
from webhooks.replies import back_on

OURS = MailName(ProspectId(new_id(NOW)), SendId(new_id(NOW)))
HEADER = message_id(OURS, "acme.example")
BACK = return_address(OURS, "back.acme.example")


def mail(text: str = "Yes, let us talk.", **headers: str) -> bytes:
    """A mail from Ada to us."""
    made = EmailMessage()
    usual = {
        "From": f"Ada <{ADA}>",
        "To": "hi@acme.example",
        "Subject": "Re: Hello",
        "Message-ID": "<1@buyer.example>",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**usual, "Date": "Tue, 03 Mar 2026 09:00:00 +0000", **given}.items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def returned(
    *blocks: str, words: str = "It could not be delivered.", original: str = HEADER
) -> bytes:
    """A mail that came back, as RFC 3464 writes it."""
    status = "\n\n".join(("Reporting-MTA: dns; mx.buyer.example", *blocks))
    return f"""From: MAILER-DAEMON@mx.buyer.example
To: hi@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <back-1@mx.buyer.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{words}
--b
Content-Type: message/delivery-status

{status}

--b
Content-Type: text/rfc822-headers

From: hi@acme.example
To: {ADA}
Message-ID: {original}

--b--
""".encode()


def failed(
    status: str = "5.1.1", said: str = "550 5.1.1 user unknown", action: str = "failed"
) -> str:
    return f"Final-Recipient: rfc822; {ADA}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}"


def complaint(original: str = HEADER, to: str = "") -> bytes:
    return f"""From: fbl@isp.example
To: hi@acme.example
Subject: FW: Hello
Message-ID: <fbl-1@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

An abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Test/1
Version: 1
{to}
--b
Content-Type: message/rfc822

From: hi@acme.example
To: undisclosed
Message-ID: {original}

Hello
--b--
""".encode()


def read(raw: bytes, *recipients: str) -> list[Item]:
    return understand(read_mail(raw), NOW, recipients)


def the(items: list[Item]) -> Feedback:
    (item,) = items
    assert isinstance(item, Feedback), item
    return item


def test_a_returned_mail_names_its_mail_and_says_whether_for_good() -> None:
    hard = the(read(returned(failed())))
    assert (hard.kind, hard.address, hard.mail, hard.body["bounce"]) == (
        Kind.BOUNCED,
        ADA,
        OURS,
        "hard",
    )
    assert not hard.proved
    soft = the(read(returned(failed("5.2.2", "552 5.2.2 mailbox full"))))
    assert soft.body["bounce"] == "soft"
    assert soft.bar is None
    late = the(read(returned(failed("4.4.1", "421 4.4.1 timeout", "delayed"))))
    assert late.kind is Kind.DEFERRED
    assert the(read(returned(failed(action="delivered")))).kind is Kind.DELIVERED


def test_a_report_of_several_is_one_item_each() -> None:
    other = failed("5.7.1", "554 5.7.1 spam").replace(ADA, "bo@buyer.example")
    found = [each for each in read(returned(failed(), other)) if isinstance(each, Feedback)]
    assert [(each.address, each.body["bounce"]) for each in found] == [
        (ADA, "hard"),
        ("bo@buyer.example", "soft"),
    ]
    assert len({each.key for each in found}) == 2


@pytest.mark.parametrize(
    ("words", "bounce"),
    [
        ("550 5.1.1 <ada@buyer.example>... User unknown", Bounce.HARD),
        ("550 No such user here", Bounce.HARD),
        ("Host or domain name not found", Bounce.HARD),
        ("550 5.4.1 Recipient address rejected: Access denied", Bounce.HARD),
        ("554 5.7.1 Message rejected as spam, user unknown to reputation", Bounce.SOFT),
        ("552 5.2.2 Mailbox full", Bounce.SOFT),
        ("553 5.1.8 Domain of sender address does not exist", Bounce.SOFT),
        ("421 4.7.0 try again later", Bounce.SOFT),
        ("550 User unknown (in reply to end of DATA command)", Bounce.SOFT),
        ("something else went wrong", None),
    ],
)
def test_hard_is_only_what_says_that_nobody_is_there(words: str, bounce: Bounce | None) -> None:
    assert judge(words, otherwise=None) == bounce


def test_servers_that_follow_no_standard_are_understood_as_well() -> None:
    raw = f"""From: MAILER-DAEMON@mx.example
To: hi@acme.example
Subject: failure notice
Message-ID: <q@mx.example>

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{ADA}>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 no such user

--- Below this line is a copy of the message.

Message-ID: {HEADER}
""".encode()
    item = the(read(raw))
    assert (item.kind, item.address, item.mail, item.body["bounce"]) == (
        Kind.BOUNCED,
        ADA,
        OURS,
        "hard",
    )


def test_a_complaint_finds_the_mail_although_the_reader_is_kept_secret() -> None:
    item = the(read(complaint()))
    assert (item.kind, item.mail, item.address) == (Kind.COMPLAINED, OURS, None)
    told = the(read(complaint("<other@x.example>", f"Original-Rcpt-To: <{ADA}>")))
    assert (told.mail, told.address) == (None, ADA)


def test_an_answer_is_what_the_person_wrote_and_names_the_mail() -> None:
    text = "Sounds good, call me Monday.\n\nAda\n\nOn Tue, Mar 3, 2026 at 9:00 AM Acme <hi@acme.example> wrote:\n> Hello Ada\n"
    item = the(read(mail(text, In_Reply_To=HEADER)))
    assert (item.kind, item.mail, item.address) == (Kind.REPLY, OURS, ADA)
    assert item.body["text"] == "Sounds good, call me Monday.\n\nAda"
    assert item.body["subject"] == "Re: Hello"
    assert item.happened_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_our_own_address_goes_before_references_and_references_before_nothing() -> None:
    other = MailName(ProspectId(new_id(NOW)), SendId(new_id(NOW)))
    both = mail(To=BACK, References=f"<x@y.example> {message_id(other, 'acme.example')}")
    assert the(read(both)).mail == OURS
    assert the(read(mail(References=f"<x@y.example> {HEADER}"))).mail == OURS
    assert the(read(mail(), BACK)).mail == OURS
    assert the(read(mail())).mail is None


def test_a_page_without_plain_text_is_read_too() -> None:
    made = EmailMessage()
    made["From"], made["Message-ID"] = ADA, "<h@buyer.example>"
    made.set_content("<style>p{}</style><p>Hi &amp; yes</p><p>Ada</p>", subtype="html")
    assert the(read(made.as_bytes())).body["text"].split() == ["Hi", "&", "yes", "Ada"]


@pytest.mark.parametrize(
    ("subject", "text", "says", "until"),
    [
        (
            "Automatic reply: Hello",
            "I am out of the office until 17 March 2026.",
            "away",
            "2026-03-17",
        ),
        ("Out of Office", "I will be back on Monday. Thanks", "away", "2026-03-09"),
        ("Abwesenheitsnotiz", "Ich bin bis zum 20.03.2026 im Urlaub.", "away", "2026-03-20"),
        ("Réponse automatique", "Je suis en congé, de retour le 2 avril.", "away", "2026-04-02"),
        ("Automatic reply: Hello", "I am on vacation with limited access to mail.", "away", None),
        (
            "Automatic reply: Hello",
            "Ada no longer works at Buyer. Please write to bo@buyer.example.",
            "left",
            None,
        ),
        ("Automatische Antwort", "Frau Lovelace ist nicht mehr für uns tätig.", "left", None),
        ("Automatic reply: Ticket 7", "We have received your message.", "received", None),
    ],
)
def test_what_a_mailbox_says_by_itself(
    subject: str, text: str, says: str, until: str | None
) -> None:
    item = the(read(mail(text, Subject=subject, In_Reply_To=HEADER)))
    assert (item.kind, item.body["says"], item.body.get("until")) == (Kind.AUTO_REPLY, says, until)
    assert item.mail == OURS


def test_auto_submitted_says_by_itself_that_nobody_wrote_it() -> None:
    assert (
        the(read(mail("I am away until 2026-03-20", Auto_Submitted="auto-replied"))).kind
        is Kind.AUTO_REPLY
    )
    assert (
        the(read(mail("I was out of the office, now let us talk", Auto_Submitted="no"))).kind
        is Kind.REPLY
    )


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("until 3/25/2026", date(2026, 3, 25)),
        ("until 25/3/2026", date(2026, 3, 25)),
        ("back on February 2nd", date(2027, 2, 2)),
        ("until 2026-02-30", None),
        ("until 1 January 2020", None),
        ("I joined in March 2019", None),
    ],
)
def test_the_day_they_are_back(words: str, day: date | None) -> None:
    assert back_on(words, NOW.date()) == day


def test_what_is_no_news_is_passed_over() -> None:
    assert isinstance(read(mail(Message_ID=HEADER))[0], Passed)
    assert isinstance(read(mail(From="nobody"))[0], Quarantined)
    receipt = b"From: ada@buyer.example\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action\n\n--b--\n"
    assert isinstance(read(receipt)[0], Passed)


GENUINE = [
    mail(),
    returned(failed()),
    complaint(),
    mail("away until Monday", Subject="Automatic reply: x"),
]


@settings(max_examples=50)
@given(st.sampled_from(GENUINE), st.data())
def test_no_mail_breaks_its_reader(raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    torn = raw[:at] + data.draw(st.binary(max_size=30)) + raw[at + data.draw(st.integers(0, 60)) :]
    for item in (*read(torn), *read(data.draw(st.binary(max_size=200)))):
        assert item.label is not None
        if isinstance(item, Feedback):
            json.dumps(item.body).encode()
