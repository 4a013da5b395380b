"""What became of a mail, from the service's word to the send, the history and the list of the barred."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.door import perform, reading
from app.jobs.drain import drain
from nurture import feedback
from nurture.rows import EnrollmentRow, FlowVersionRow, SendRow
from nurture.sending import SendRef
from prospects import consents, erasure
from prospects.ids import CaptureId, ProspectId, SendId, new_id
from prospects.mail_names import mark
from prospects.rows import ActivityRow, ConsentRow, ProspectRow, SuppressionRow
from prospects.topics import Queue
from tests.webhooks import mail_services as services
from tests.webhooks.mail_services import ADA
from tests.webhooks.support import SECRET_KEY, Site, lead
from webhooks import certificates, fetch
from webhooks.outbound import Answered, NoAnswer

SENDGRID = {"kind": "sendgrid", "secrets": [services.sendgrids_public_key()]}
MAILGUN = {"kind": "mailgun", "secrets": [services.SIGNING_KEY]}
SES = {"kind": "ses", "topics": [services.TOPIC]}


def somebody(site: Site) -> ProspectId:
    """Ada, as a form made her known."""
    site.configure()
    site.app.extensions["intake"].refresh(older_than=0)
    assert site.post(lead(email=ADA, external_id="ada")).status_code == 200
    work(site)
    (ada,) = site.people()
    return ProspectId(ada.id)


def mailed(
    site: Site, who: ProspectId, *, ago: timedelta = timedelta(hours=1), **values: Any
) -> SendRef:
    """A mail to her that has left."""
    now, made, which = clock.now() - ago, new_id(clock.now()), SendId(new_id(clock.now()))

    def write(session: Any) -> None:
        if session.get(FlowVersionRow, ("f", 1)) is None:
            session.add(
                FlowVersionRow(
                    flow="f", version=1, definition={}, published_at=now, entering_since=now
                )
            )
            session.flush()
        session.add(
            EnrollmentRow(
                prospect_id=who, id=made, flow="f", version=1, state="finished", entry=str(made),
                entered_at=now, step="s", visit=1, visits={}, since=now, known=[], asked=False,
            )
        )  # fmt: skip
        session.flush()
        usual = {"state": "sent", "address": ADA, "answer": "250 ok", "transport": "smtp"}
        session.add(
            SendRow(
                prospect_id=who, id=which, enrollment_id=made, flow="f", step="s", visit=1,
                template="t", topic="news", attempts=1, planned_at=now, handed_over_at=now,
                **{**usual, **values},
            )
        )  # fmt: skip

    perform(site.database, write)
    return SendRef(who, which)


def work(site: Site) -> None:
    drain(site.database, site.settings, Queue.INSIDE)


def tell(site: Site, *events: dict[str, Any]) -> None:
    usual = {"timestamp": int(clock.now().timestamp())}
    told = [{"sg_event_id": str(uuid4()), **usual, **each} for each in events]
    body, headers = services.sendgrid(*told)
    assert post(site, "sg", body, headers) == 200
    work(site)


def post(site: Site, slug: str, body: bytes, headers: dict[str, str] | None = None) -> int:
    # What was configured a moment ago counts.
    site.app.extensions["intake"].refresh(older_than=0)
    sent = {"Content-Type": "text/plain; charset=UTF-8", **(headers or {})}
    return site.app.test_client().post(f"/webhooks/{slug}", data=body, headers=sent).status_code


def state(site: Site, ref: SendRef) -> tuple[str, str | None]:
    with reading(site.database) as session:
        row = session.get_one(SendRow, (ref.prospect_id, ref.send_id))
        return row.state, row.reason


def barred(site: Site, topic: str = "news") -> dict[Any, str]:
    with reading(site.database) as session:
        people = session.execute(select(ProspectRow)).scalars()
        addresses = {ProspectId(each.id): each.email for each in people if each.email}
        return consents.barred(session, addresses, topic, secret=SECRET_KEY)


def kinds(site: Site) -> list[str]:
    return sorted(each.kind for each in site.activities())


def test_a_mail_that_arrives_is_opened_and_clicked_says_so(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    ref = mailed(site, who)
    about = {"warmline": mark(ref.name)}
    tell(site, {"event": "delivered", **about}, {"event": "open", "sg_machine_open": True, **about})
    tell(
        site,
        {"event": "processed", **about},
        {"event": "click", "url": "https://a.example", **about},
    )
    assert state(site, ref)[0] == "delivered"
    assert kinds(site) == ["click", "delivered", "form", "open"]
    assert [each.kind for each in site.activities() if each.suspect_robot] == ["open"]
    assert {each.state for each in site.captures()} == {"recorded"}
    assert barred(site) == {}


@pytest.mark.parametrize(
    ("event", "becomes", "reason"),
    [
        ({"event": "bounce", "type": "bounce", "reason": "550 5.1.1 unknown user"}, "bounced", "bounced"),
        ({"event": "spamreport"}, "complained", "complained"),
        ({"event": "unsubscribe"}, "sent", "unsubscribed"),
    ],
)  # fmt: skip
def test_who_bounced_for_good_complained_or_left_is_barred_once_whatever_is_repeated(
    site: Site, event: dict[str, Any], becomes: str, reason: str
) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    ref = mailed(site, who)
    told = {**event, "warmline": mark(ref.name), "sg_event_id": "one"}
    for _ in range(3):
        tell(site, told, told)
    assert state(site, ref)[0] == becomes
    assert barred(site) == {who: reason}
    assert len(site.activities()) == 2
    with reading(site.database) as session:
        assert len(list(session.execute(select(SuppressionRow)).scalars())) == 1
        given = [each.given for each in session.execute(select(ConsentRow)).scalars()]
    assert given == ([False] if reason == "unsubscribed" else [])


def test_in_whatever_order_the_words_come_the_mail_ends_the_same(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    words = [{"event": "delivered"}, {"event": "bounce", "type": "blocked", "reason": "full"}, {"event": "spamreport"}]  # fmt: skip
    for order in ((0, 1, 2), (2, 1, 0), (1, 0), (0, 1)):
        ref = mailed(site, who)
        for n in order:
            tell(site, {**words[n], "warmline": mark(ref.name)})
        assert state(site, ref)[0] == ("complained" if 2 in order else "bounced")


def test_a_word_without_a_name_is_about_the_last_mail_of_its_subject(site: Site) -> None:
    who = somebody(site)
    site.configure("pm", kind="postmark", token="a-secret-last-part")
    hello = mailed(site, who, ago=timedelta(hours=3), subject="Hello")
    other = mailed(site, who, subject="Other")
    for subject, key in (("Hello", "pm-1"), ("Nothing of ours", "pm-2")):
        word = services.postmark(
            "Delivery", Subject=subject, MessageID=key, DeliveredAt=clock.now().isoformat()
        )
        assert post(site, "pm/a-secret-last-part", word) == 200
        work(site)
    assert (state(site, hello)[0], state(site, other)[0]) == ("delivered", "sent")


def test_a_soft_bounce_bars_nobody_and_a_row_of_them_over_a_week_does(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    soft = {"event": "bounce", "type": "blocked", "reason": "452 4.2.2 mailbox full"}
    for n, days in enumerate((9, 5, 1)):
        assert barred(site) == {}, n
        ref = mailed(site, who, ago=timedelta(days=days))
        tell(site, {**soft, "warmline": mark(ref.name)})
        assert state(site, ref) == ("bounced", "soft: 452 4.2.2 mailbox full")
    assert barred(site) == {who: "unreachable"}


def test_a_mail_that_arrived_between_those_that_came_back_bars_nobody(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    soft = {"event": "bounce", "type": "blocked", "reason": "452 4.2.2 mailbox full"}
    for days, word in ((12, soft), (9, {"event": "delivered"}), (5, soft), (1, soft)):
        ref = mailed(site, who, ago=timedelta(days=days))
        tell(site, {**word, "warmline": mark(ref.name)})
    assert barred(site) == {}


def test_without_our_mark_the_services_own_name_finds_the_mail_and_the_address_the_person(
    site: Site,
) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    named, other = mailed(site, who, answer="250 Ok: queued as sg-77"), mailed(site, who)
    tell(
        site,
        {"event": "delivered", "sg_message_id": "sg-77"},
        {"event": "bounce", "type": "blocked"},
    )
    assert (state(site, named)[0], state(site, other)[0]) == ("delivered", "bounced")
    assert {each.prospect_id for each in site.activities()} == {who}


def test_nobody_is_made_known_by_it_and_yet_who_refused_is_never_mailed(site: Site) -> None:
    site.configure("sg", **SENDGRID)
    tell(site, {"event": "spamreport", "email": ADA})
    assert (site.people(), site.states()) == ([], ["quarantined"])
    who = somebody(site)
    assert barred(site) == {who: "complained"}


def test_an_unsubscription_from_a_group_of_ours_leaves_the_other_topics_alone(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID, map={"group.7": "news"})
    tell(site, {"event": "group_unsubscribe", "asm_group_id": 7})
    assert barred(site, "news") == {who: "unsubscribed"}
    assert barred(site, "events") == {}


def test_of_somebody_who_was_forgotten_nothing_is_written(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    ref = mailed(site, who)
    perform(site.database, lambda s: erasure.erase(s, who, clock.now(), secret=SECRET_KEY))
    tell(site, {"event": "delivered", "warmline": mark(ref.name)})
    assert site.states()[-1] == "dead"
    assert site.deliveries()[-1].body is None
    assert state(site, ref)[0] == "sent"


def test_a_word_that_comes_before_the_hand_over_is_settled_stands(site: Site) -> None:
    who = somebody(site)
    site.configure("sg", **SENDGRID)
    ref = mailed(site, who, state="handing_over", transport=None)
    tell(site, {"event": "delivered", "warmline": mark(ref.name)})
    assert state(site, ref)[0] == "delivered"


def test_mailguns_token_works_once_and_for_its_own_body(site: Site) -> None:
    somebody(site)
    site.configure("mg", **MAILGUN)
    now = clock.now()
    first = services.mailgun("opened", token="only-once", now=now)
    assert [post(site, "mg", first), post(site, "mg", first)] == [200, 200]
    forged = {
        **json.loads(first),
        "event-data": {"event": "complained", "recipient": ADA, "id": "x"},
    }
    assert post(site, "mg", json.dumps(forged).encode()) == 401
    work(site)
    assert len(site.deliveries()) == 2
    assert kinds(site) == ["form", "open"]


def certified(site: Site, answer: Answered | NoAnswer) -> Any:
    """What becomes of the promise to get Amazon's certificate when this is what comes back."""
    now, url = clock.now(), services.CERTIFICATE
    wanted = perform(site.database, lambda s: certificates.prepare(s, url, now))
    if wanted is None:
        return None
    return perform(site.database, lambda s: certificates.settle(s, url, answer, now))


PEM = Answered(200, {}, services.amazons_certificate().encode())


def test_before_its_certificate_is_here_a_word_is_kept_and_then_believed(site: Site) -> None:
    who = somebody(site)
    site.configure("ses", **SES)
    body = services.sns(services.ses("Complaint", "complaint", {"complainedRecipients": [{"emailAddress": ADA}]}))  # fmt: skip
    assert [post(site, "ses", body), post(site, "ses", body)] == [200, 200]
    work(site)
    assert barred(site) == {}
    assert certified(site, NoAnswer("no answer")) == certificates.Later("no answer")
    work(site)
    assert site.deliveries()[-1].state == "received"
    assert certified(site, PEM) is None
    work(site)
    assert barred(site) == {who: "complained"}
    site.app.extensions["intake"].refresh(older_than=0)
    assert post(site, "ses", body.replace(b"complaint", b"complaind")) == 401


def test_what_was_forged_before_the_certificate_came_is_not_believed_and_not_kept(
    site: Site,
) -> None:
    somebody(site)
    site.configure("ses", **SES)
    body = services.sns(services.ses("Complaint", "complaint", {"complainedRecipients": [{"emailAddress": ADA}]}))  # fmt: skip
    assert post(site, "ses", body.replace(b"Complaint", b"Complaimt")) == 200
    work(site)
    certified(site, PEM)
    work(site)
    forged = site.deliveries()[-1]
    assert (forged.state, forged.reason, forged.body) == ("unreadable", certificates.FORGED, None)
    assert barred(site) == {}


def test_a_certificate_that_is_none_proves_nothing_ever(site: Site) -> None:
    somebody(site)
    site.configure("ses", **SES)
    assert post(site, "ses", services.sns(services.ses("Open", "open", {}))) == 200
    work(site)
    assert certified(site, Answered(404, {}, b"")) is None
    work(site)
    assert site.deliveries()[-1].state == "unreadable"
    assert site.deliveries()[-1].body is None


def test_what_nobody_can_prove_yet_is_kept_only_so_often(site: Site) -> None:
    site.configure("ses", **SES, per_minute=2)
    bodies = [services.sns(services.ses("Open", "open", {}), MessageId=str(n)) for n in range(3)]
    assert [post(site, "ses", each) for each in bodies] == [200, 200, 503]


def test_a_subscription_is_confirmed_by_a_promise_and_once(site: Site) -> None:
    site.configure("ses", **SES)
    certified(site, PEM)
    url = f"{services.AMAZON}/?Action=ConfirmSubscription&Token=t"
    told = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": url}
    bodies = [services.sns("Confirm", MessageId=str(n), **told) for n in range(2)]
    assert [post(site, "ses", each) for each in bodies] == [200, 200]
    work(site)
    (due,) = [each for each in site.captures() if each.state == "fetch_due"]
    assert due.ref == url
    errand = perform(
        site.database,
        lambda s: fetch.prepare(s, CaptureId(due.id), clock.now(), secret=SECRET_KEY),
    )
    assert isinstance(errand, fetch.Errand)
    said, now = fetch.Fetched((b"<ConfirmSubscriptionResponse/>",)), clock.now()
    perform(site.database, lambda s: fetch.settle(s, errand, said, now, secret=SECRET_KEY))
    assert {each.state for each in site.captures()} == {"recorded"}


@settings(max_examples=15)
@given(
    told=st.lists(st.sampled_from(["delivered", "bounce", "spamreport"]), min_size=1, max_size=5)
)
def test_the_worst_that_was_told_of_a_mail_is_what_became_of_it(told: list[str]) -> None:
    send = SendRow(state="sent", address=ADA)
    for word in told:
        kind = {"delivered": "delivered", "bounce": "bounced", "spamreport": "complained"}[word]
        act = ActivityRow(kind=kind, body={"bounce": "soft"}, happened_at=services.NOW)
        feedback.write(feedback.Word(act, send))
    worst = max(told, key=["delivered", "bounce", "spamreport"].index)
    assert (
        send.state
        == {"delivered": "delivered", "bounce": "bounced", "spamreport": "complained"}[worst]
    )
