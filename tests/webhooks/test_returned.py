"""Mails that came back, as all sorts of servers write them: whose mailbox, whether for good, and what is none."""

import pytest

from prospects.bounces import Bounce, judge
from prospects.kinds import Kind
from prospects.reading import UnreadableError
from tests.support.suites import SUITES, suite
from tests.webhooks.mail_services import ADA, NOW
from tests.webhooks.test_inbound import HEADER, OURS, failed, mail, read, returned, the
from webhooks.fed_back import Feedback
from webhooks.inbound import understand
from webhooks.mail_made import read_mail

BOUNCES = "08-sisimai-bounces"
BO = "bo@buyer.example"


def told(raw: bytes) -> list[tuple[Kind, str | None, str | None]]:
    found = [each for each in read(raw) if isinstance(each, Feedback)]
    return [(each.kind, each.address, each.body.get("bounce")) for each in found]


def test_the_suites_bounces_name_whose_they_are_and_whether_for_good() -> None:
    expected = suite(f"{BOUNCES}/expected.json")
    named, judged, count = 0, 0, 0
    for file, recipients in expected.items():
        raw = (SUITES / BOUNCES / "emails" / file).read_bytes()
        items = understand(read_mail(raw), NOW)
        for n, each in enumerate(recipients):
            item = items[n] if n < len(items) else None
            hard = isinstance(item, Feedback) and item.body.get("bounce") == Bounce.HARD
            named += isinstance(item, Feedback) and item.address is not None
            judged += item is not None and hard == each["hard_bounce"]
            count += 1
    assert named / count >= 0.99
    assert judged / count >= 0.97


@pytest.mark.parametrize(
    ("words", "bounce"),
    [
        ("550 5.0.0 no account by that name here", Bounce.HARD),
        ("550 Recipient address rejected: userunknown", Bounce.HARD),
        ("554 sorry, your envelope recipient is in my badrcptto list", Bounce.HARD),
        ("550 The email address could not be found", Bounce.HARD),
        ("550 there is no one at this address", Bounce.HARD),
        ("550 utilisateur inconnu", Bounce.HARD),
        ("550 El usuario no existe", Bounce.HARD),
        ("550 Empfänger unbekannt", Bounce.HARD),
        ("556 recipient domain must exist", Bounce.HARD),
        ("554 domain has a null MX", Bounce.HARD),
        ("550 no mailbox here by that name (#5.7.17)", Bounce.HARD),
        ("450 ada@buyer.example: user unknown in relay table", Bounce.SOFT),
        ("host mx.example said: 450 no such user, I think", Bounce.SOFT),
        ("550 sender address not accepted: unknown user", Bounce.SOFT),
        ("554 no such file or directory", Bounce.SOFT),
        ("451 host not found, try again", Bounce.SOFT),
        ("554 this server does not accept mail from you: blacklisted", Bounce.SOFT),
        ("554 message rejected", None),
    ],
)
def test_what_servers_say_of_an_address_is_told_apart_from_what_they_say_of_today(
    words: str, bounce: Bounce | None
) -> None:
    assert judge(words, otherwise=None) == bounce


def test_recipients_without_an_empty_line_between_them_are_told_apart() -> None:
    other = failed("5.2.2", "552 5.2.2 mailbox full").replace(ADA, BO)
    assert told(returned(f"{failed()}\n{other}")) == [
        (Kind.BOUNCED, ADA, "hard"),
        (Kind.BOUNCED, BO, "soft"),
    ]


def test_a_report_inside_a_report_is_about_another_mail() -> None:
    inner = returned(failed().replace(ADA, BO)).decode().replace('"b"', '"c"').replace("--b", "--c")
    outer = returned(failed()).decode().replace("text/rfc822-headers\n\n", "message/rfc822\n\n")
    at = outer.index("Content-Type: message/rfc822\n\n") + len("Content-Type: message/rfc822\n\n")
    both = outer[:at] + inner + "\n--b--\n"
    assert told(both.encode()) == [(Kind.BOUNCED, ADA, "hard")]


def test_a_report_that_somebody_forwards_is_one_and_an_answer_to_one_is_not() -> None:
    quoted = "\n".join(f"> {line}" for line in returned(failed()).decode().splitlines())
    passed_on = mail(
        f"See below.\n\n{quoted}", Subject="Fwd: Undelivered Mail", From="it@a.example"
    )
    assert told(passed_on) == [(Kind.BOUNCED, ADA, "hard")]
    assert the(read(passed_on)).mail == OURS
    answered = mail(f"Use my other address.\n\n{quoted}", Subject="Re: Undelivered Mail")
    assert the(read(answered)).kind is Kind.REPLY


@pytest.mark.parametrize("subject", ["Proposal rejected", "Delivery problem", "Mail delivery"])
def test_who_writes_of_deliveries_and_refusals_is_a_person_all_the_same(subject: str) -> None:
    item = the(read(mail(f"Our board said no. Ask {BO} next year.", Subject=subject)))
    assert (item.kind, item.address) == (Kind.REPLY, ADA)


@pytest.mark.parametrize(
    ("subject", "marks"),
    [
        ("Automatic reply: Hello", {"X-Auto-Response-Suppress": "All"}),
        ("Re: Hello", {"Auto-Submitted": "auto-replied"}),
        ("Re: Hello", {"X-Autoreply": "yes", "Precedence": "auto_reply"}),
    ],
)
def test_a_mailbox_that_answers_by_itself_has_not_bounced_its_deputy(
    subject: str, marks: dict[str, str]
) -> None:
    text = f"I no longer work here. Please write to {BO} instead, or try again later."
    item = the(read(mail(text, Subject=subject, **{"Return-Path": "<>", **marks})))
    assert (item.kind, item.address, item.body["says"]) == (Kind.AUTO_REPLY, ADA, "left")


def test_whoever_is_still_trying_has_not_given_up() -> None:
    words = f"Delivery to the following recipient has been delayed:\n\n  {ADA}\n\nIt will be retried for 2 more days."
    raw = mail(
        words, From="mailer-daemon@mx.example", Subject="Delivery Status Notification (Delay)"
    )
    assert told(raw) == [(Kind.DEFERRED, ADA, None)]


def test_a_server_that_says_nothing_of_whose_mailbox_it_was_tells_of_the_mail_it_names() -> None:
    words = "Your message could not be delivered."
    item = the(read(mail(words, From="mailer-daemon@mx.example", In_Reply_To=HEADER)))
    assert (item.kind, item.mail, item.address) == (Kind.BOUNCED, OURS, None)
    notice = mail("Your quarantine is empty.", From="postmaster@buyer.example", In_Reply_To=HEADER)
    assert the(read(notice)).kind is Kind.AUTO_REPLY


def test_addresses_in_the_mail_that_is_sent_back_are_nobodys_who_bounced() -> None:
    words = (
        f"A message that you sent could not be delivered. This is a permanent error.\n\n{ADA} Invalid Address, "
        f"ERROR_CODE :550, 5.1.1 User Unknown\n\n\nReceived:from mail.example\nMessage-ID:<14a3.10b@acme.example>\nFrom:Acme <hi@acme.example>\nTo:<{ADA}>"
    )
    raw = mail(words, From="mailer-daemon@mail.example", Subject="Undelivered Mail Returned")
    assert told(raw) == [(Kind.BOUNCED, ADA, "hard")]


def test_a_transcript_names_whom_the_mail_was_for_not_whom_it_was_from() -> None:
    words = f"Transcript of session follows.\n\n In:  MAIL FROM:<x@else.example>\n In:  RCPT TO:<{ADA}>\n Out: 451 4.3.0 Error: queue file write error"
    raw = mail(words, From="MAILER-DAEMON@mx.example", Subject="errors from mx.example")
    assert told(raw) == [(Kind.BOUNCED, ADA, "soft")]


def test_a_complaint_of_several_readers_is_one_of_each() -> None:
    named = f"Original-Rcpt-To: {ADA}\nOriginal-Rcpt-To: <{BO}>"
    raw = f"""From: fbl@isp.example
Message-ID: <f@isp.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
{named}

--b--
""".encode()
    assert told(raw) == [(Kind.COMPLAINED, ADA, None), (Kind.COMPLAINED, BO, None)]


def test_hotmails_older_complaints_are_our_own_mail_with_the_readers_address() -> None:
    raw = mail("Hello", Message_ID=HEADER, X_HmXmrOriginalRecipient=ADA, From="hi@acme.example")
    item = the(read(raw))
    assert (item.kind, item.mail, item.address) == (Kind.COMPLAINED, OURS, ADA)


FROM_A_SERVER = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n"


@pytest.mark.parametrize(
    "raw",
    [
        FROM_A_SERVER + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 60_000,
        FROM_A_SERVER + b"X-A: b\n" * 100_000 + b"\nhello",
        FROM_A_SERVER + b"Content-Type: message/rfc822\n\n" * 2_000,
    ],
    ids=["parts", "headers", "nested"],
)
def test_a_mail_that_is_made_to_hold_us_up_is_not_read(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_mail(raw)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\nContent-Type: text/html\n\n" + b"<a " * 60_000,
        b"From: a@b.example\nSubject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nhello",
        b"From: " + b"(" * 100_000 + b"\n\nhello",
        FROM_A_SERVER + b"\n" + b"<a@b.example>: 550 no\n" * 60_000,
    ],
    ids=["tags", "encoded words", "comments", "addresses"],
)
def test_no_mail_holds_its_reader_up(raw: bytes) -> None:
    assert read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        FROM_A_SERVER + b"Content-Type: text/plain; charset=a\0b\n\n<a@b.example>: 550 no",
        "From: Mailer-Daemon ü <MAILER-DAEMON@x.example>\nSubject: ü\n\nhello".encode("latin-1"),
        b"From: a@b.example\nDate: Tue\r, 03\n\nhello",
    ],
)
def test_what_nobody_may_write_so_is_read_all_the_same(raw: bytes) -> None:
    assert read(raw)


def test_the_words_of_a_page_are_what_its_reader_sees() -> None:
    page = "<head><title>no</title></head><!-- <p>no --><p>Yes &amp; <b>no</b> <br>2 < 3<script>if(a<b)</script>!"
    raw = f"From: {ADA}\nContent-Type: text/html\n\n{page}".encode()
    assert the(read(raw)).body["text"] == "Yes & no \n2 < 3!"
