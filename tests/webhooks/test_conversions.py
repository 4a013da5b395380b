"""Platforms learn what became of their leads: once for each step, only with consent, whatever else is in the batch."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import convert
from app.jobs.errand import Done, PutOff
from app.merge import merge
from prospects import consents, erasure
from prospects.consents import Consent
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.sealing import seal
from prospects.topics import Topic
from tests.support.ad_platforms import (
    BAD,
    AdPlatform,
    GoogleDataManager,
    LinkedInConversions,
    MetaConversions,
    TikTokEvents,
)
from tests.webhooks.telling import KEY, Office
from webhooks import endpoints
from webhooks.conversion_rows import ConversionRow


@pytest.fixture
def office(database: Database, now: datetime, tmp_path: Path) -> Office:
    return Office(database, now, tmp_path)


@pytest.fixture
def meta() -> Iterator[MetaConversions]:
    with MetaConversions("meta-token") as platform:
        yield platform


def meta_at(office: Office, platform: AdPlatform, **entry: Any) -> None:
    base = {"api_base_url": f"{platform.url}/v26.0"}
    office.configure("meta_conversions", platform, **(base | entry))


def test_a_finding_is_told_once_however_often_it_is_announced_and_found(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    ada = office.person()
    office.finds(ada)
    assert office.tell() == 1
    office.happens(ada, Kind.VERDICT, handoff="h", verdict="confirmed", supersedes="x")
    office.tell()
    ((identity, event),) = meta.taken.items()
    assert meta.doubled == []
    assert event["event_name"] == "1"
    assert event["user_data"]["lead_id"] == 10**15 + 1
    assert "secret" not in str(meta.requests)
    with reading(office.database) as session:
        assert str(session.execute(select(ConversionRow.id)).scalar_one()) == identity
    assert office.fates() == [("accepted", None)]


def test_every_step_from_the_lead_on_with_what_the_deal_is_worth(
    office: Office, meta: MetaConversions
) -> None:
    steps = {
        "lead": "Lead",
        "confirmed": "SQL",
        "won": {"name": "Won", "value": 9, "currency": "EUR"},
    }
    meta_at(office, meta, events=steps)
    ada, bob = office.person(), office.person()
    office.finds(ada)
    office.happens(ada, Kind.OUTCOME, handoff="h", result="won", amount="1200.50", currency="GBP")
    office.happens(bob, Kind.OUTCOME, handoff="g", result="won")
    office.happens(bob, Kind.OUTCOME, handoff="g2", result="withdrawn")
    assert office.tell() == 1
    told = sorted(event["event_name"] for event in meta.taken.values())
    assert told == ["Lead", "Lead", "SQL", "Won", "Won"]
    worth = [event["custom_data"] for event in meta.taken.values() if event["event_name"] == "Won"]
    assert [(each["value"], each["currency"]) for each in worth] == [(1200.5, "GBP"), (9.0, "EUR")]


def test_nobody_is_told_of_without_consent_at_the_moment_of_telling(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    never, no_more, nothing, gone = (office.person(agrees=n != 0) for n in range(4))

    def refuse(session: Session) -> None:
        for who, topic in ((no_more, "ads"), (nothing, "*")):
            said = Consent(
                prospect_id=who,
                topic=topic,
                given=False,
                text=None,
                at=office.now,
                source="x",
                key="2",
            )
            consents.record(session, [said], office.now)

    for who in (never, no_more, nothing, gone):
        office.finds(who)
    office.announce()
    perform(office.database, refuse)
    perform(office.database, lambda s: erasure.erase(s, gone, office.now, secret=KEY))
    assert office.tell() == 0
    assert meta.requests == []
    reasons = [("withheld", "there is no consent to ads")] * 3
    assert office.fates() == [*reasons, ("withheld", "the person was forgotten")]


def test_who_did_not_come_by_a_platform_is_none_of_its_business(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    office.finds(office.person(source="site"))
    assert office.tell() == 0
    assert office.fates() == []
    meta_at(office, meta, sources=["site"])
    office.finds(office.person(source="site"))
    assert office.tell() == 1


def test_of_two_who_are_one_each_step_is_told_once_and_only_if_neither_refused(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta, events={"confirmed": "1"})
    ada, eva = office.person(), office.person()
    office.finds(ada, handoff="h")
    assert office.tell() == 1
    perform(office.database, lambda s: merge(s, ada, eva, Said(by="mia"), office.now))
    office.finds(eva, handoff="h")
    assert (office.tell(), len(meta.taken)) == (0, 1)

    bob = office.person(agrees=False)
    office.now += timedelta(hours=1)
    cid = office.person()
    perform(office.database, lambda s: merge(s, bob, cid, Said(by="mia"), office.now))
    office.finds(cid, handoff="i")
    assert (office.tell(), len(meta.taken)) == (0, 1)
    assert office.fates()[-1] == ("withheld", "there is no consent to ads")


def test_what_is_older_than_a_platform_takes_is_withheld(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    office.finds(office.person())
    office.announce()
    office.now += timedelta(days=7, minutes=1)
    assert office.once() is None
    assert office.fates() == [("withheld", "it is older than 7 days")]


def test_one_bad_event_loses_no_other_of_its_batch(office: Office, meta: MetaConversions) -> None:
    meta_at(office, meta, events={"confirmed": "SQL", "later": BAD})
    for n in range(9):
        office.finds(office.person(), verdict="later" if n == 5 else "confirmed")
    calls = office.tell()
    states = [state for state, _ in office.fates()]
    assert states == ["accepted"] * 5 + ["refused"] + ["accepted"] * 3
    assert office.fates()[5] == ("refused", "An event is too old, or of …")
    assert len(meta.taken) == 8
    assert meta.doubled == []
    assert calls <= 9


def test_googles_refusal_names_the_bad_one_and_the_others_go_at_once(office: Office) -> None:
    with GoogleDataManager("google-token") as google:
        events = {"confirmed": "11", "later": "666"}
        refresh = {
            "client_id": f"client of {google.url}",
            "client_secret": seal(KEY, "s"),
            "refresh_token": seal(KEY, "a-refresh-token"),
            "token_url": f"{google.url}/token",
        }
        office.configure("google_conversions", google, events=events, **refresh)
        for n in range(4):
            verdict = "later" if n == 1 else "confirmed"
            office.finds(office.person(gcl_id=f"click-{n}"), verdict=verdict)
        assert office.tell() == 2
    assert [state for state, _ in office.fates()] == ["accepted", "refused", "accepted", "accepted"]
    assert office.fates()[1] == ("refused", "The value is malformed.")
    clicks = {event["adIdentifiers"]["gclid"] for event in google.taken.values()}
    assert clicks == {"click-0", "click-2", "click-3"}
    assert google.tokens_given == 1


def test_linkedin_and_tiktok_say_each_in_their_way_what_they_take(office: Office) -> None:
    with LinkedInConversions("li-token") as linkedin:
        office.configure(
            "linkedin_conversions", linkedin, events={"confirmed": "1", "later": "666"}
        )
        office.finds(office.person())
        office.finds(office.person(), verdict="later")
        assert office.tell() == 1
    assert office.fates() == [("accepted", None), ("refused", "no such conversion")]
    with TikTokEvents("tiktok-token") as tiktok:
        base = f"{tiktok.url}/open_api/v1.3"
        events = {"confirmed": "SQL", "later": BAD}
        office.configure("tiktok_conversions", tiktok, events=events, api_base_url=base)
        office.finds(office.person(touch={"ttclid": "E.C.P"}), handoff="t")
        office.finds(office.person(), verdict="later", handoff="t")
        office.tell()
    ((_, event),) = tiktok.taken.items()
    assert event["user"]["lead_id"] == str(10**15 + 3)
    assert event["user"]["ttclid"] == "E.C.P"
    assert [state for state, _ in office.fates()][2:] == ["accepted", "refused"]


def test_a_dead_token_loses_nothing_and_says_so(office: Office, meta: MetaConversions) -> None:
    meta_at(office, meta, access_token=seal(KEY, "an-old-one"))
    office.finds(office.person())
    office.announce()
    put_off = office.once()
    assert put_off == PutOff("the token was refused (code 190)", timedelta(minutes=30))
    with reading(office.database) as session:
        trouble = endpoints.of_all(session)["to:there"].reason
    assert trouble == "the token was refused (code 190)"
    assert office.fates() == [("waiting", trouble)]
    meta_at(office, meta)
    assert office.once() == Done()
    assert office.fates() == [("accepted", None)]


def test_a_platform_that_has_too_much_is_left_alone_for_as_long_as_it_asks(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    office.finds(office.person())
    office.announce()
    meta.failures.extend([(503, {}), (500, {"error": {"code": 2}})])
    assert office.once() == PutOff("status 503", timedelta(minutes=1))
    assert office.once() == PutOff("Meta asks to wait (code 2)", timedelta(minutes=5))
    assert office.once() == Done()
    assert meta.doubled == []


def test_a_rehearsal_checks_everything_and_tells_nobody(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta, dry_run=True)
    office.finds(office.person())
    office.finds(office.person(agrees=False))
    office.tell()
    assert office.fates() == [("rehearsed", None), ("withheld", "there is no consent to ads")]
    meta_at(office, meta)
    assert office.tell() == 0, "what was rehearsed is not told later"
    assert meta.requests == []


def test_a_file_of_the_past_is_told_to_no_platform(office: Office, meta: MetaConversions) -> None:
    meta_at(office, meta, events={"lead": "Lead"})
    office.person(imported=True)
    assert office.tell() == 0
    assert office.fates() == []


def test_what_a_lost_worker_had_in_hand_is_looked_at_again(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta)
    office.finds(office.person())
    office.announce()
    lost = perform(
        office.database, lambda s: convert.ERRAND.prepare(s, "there", office.now, office.settings)
    )
    assert lost is not None
    assert office.once() is None, "it is in somebody's hands"
    with reading(office.database) as session:
        due = select(func.max(MessageRow.due_at)).where(MessageRow.topic == Topic.CONVERT)
        again = session.execute(due).scalar_one()
    assert again > office.now
    office.now = again
    assert office.once() == Done()
    assert len(meta.taken) == 1


def test_a_form_elsewhere_is_no_lead_of_the_platform(office: Office, meta: MetaConversions) -> None:
    meta_at(office, meta, events={"lead": "Lead"})
    ada = office.person()
    office.happens(ada, Kind.FORM, form="demo")
    office.tell()
    assert len(meta.taken) == 1


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ({"requestStatus": "SUCCESS"}, ("accepted", None)),
        (
            {
                "requestStatus": "FAILED",
                "errorInfo": {"errorCounts": [{"reason": "INVALID_CLICK", "recordCount": "1"}]},
            },
            ("refused", "INVALID_CLICK (1)"),
        ),
        ({"requestStatus": "PARTIAL_SUCCESS"}, ("accepted", "Google refused some of its batch")),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_google_is_asked_later_what_it_made_of_a_batch(
    office: Office, status: dict[str, Any], fate: tuple[str, str | None]
) -> None:
    with GoogleDataManager("google-token") as google:
        google.looked = deque([{"requestStatus": "PROCESSING"}, status])
        office.configure("google_conversions", google, events={"confirmed": "11"})
        office.finds(office.person(gcl_id="click"))
        assert office.tell() == 1
        with reading(office.database) as session:
            query = select(MessageRow.ref, MessageRow.due_at).where(MessageRow.ref.startswith("/"))
            ((ref, due),) = session.execute(query).all()
        assert due == office.now + timedelta(minutes=30)
        assert office.once(ref) == PutOff("Google is still looking at it", timedelta(hours=1))
        assert office.once(ref) == Done()
    assert office.fates() == [fate]
