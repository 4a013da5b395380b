"""Between a finding and its telling things change: it is corrected, two turn out to be one, a lead is taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.jobs.errand import Done, PutOff
from app.merge import merge
from prospects.ids import CaptureId, new_id
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.rows import ConsentRow
from prospects.sealing import seal
from tests.support.ad_platforms import AdPlatform, MetaConversions
from tests.webhooks.telling import KEY, Office
from webhooks import conversion_noting, conversion_report, known, withdraw
from webhooks.adapter import Withdrawn
from webhooks.conversion_doubts import CORRECTED, DOUBLED
from webhooks.endpoints import FAILURES_ALLOWED, SHUT
from webhooks.events import Happening, Row
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow
from webhooks.withdraw import TakenBack

EVENTS = {"warm": "MQL", "confirmed": "SQL", "earlier": "Not yet", "not_a_buyer": "No buyer"}


@pytest.fixture
def office(database: Database, now: datetime, tmp_path: Path) -> Office:
    return Office(database, now, tmp_path)


@pytest.fixture
def meta(office: Office) -> Iterator[MetaConversions]:
    with MetaConversions("meta-token") as platform:
        meta_at(office, platform)
        yield platform


def meta_at(office: Office, platform: AdPlatform, **entry: Any) -> None:
    base = {"api_base_url": f"{platform.url}/v26.0", "events": EVENTS}
    office.configure("meta_conversions", platform, **(base | entry))


def told(meta: AdPlatform) -> list[str]:
    return [event["event_name"] for event in meta.taken.values()]


def test_a_finding_that_was_corrected_before_it_was_told_is_not_told(
    office: Office, meta: MetaConversions
) -> None:
    ada = office.person()
    office.finds(ada, "confirmed")
    office.announce()
    office.finds(ada, "not_a_buyer")
    assert office.tell() == 1
    assert told(meta) == ["No buyer"]
    assert office.fates() == [("withheld", CORRECTED), ("accepted", None)]


def test_a_rep_who_comes_back_to_the_first_finding_has_it_told(
    office: Office, meta: MetaConversions
) -> None:
    ada = office.person()
    office.finds(ada, "confirmed")
    office.announce()
    office.finds(ada, "earlier")
    assert office.tell() == 1
    office.happens(ada, Kind.VERDICT, handoff="h", verdict="confirmed", supersedes="y")
    assert office.tell() == 1
    assert told(meta) == ["Not yet", "SQL"]
    assert office.fates() == [("accepted", None)] * 2


def test_two_who_turn_out_to_be_one_before_it_is_told_grew_warm_once(
    office: Office, meta: MetaConversions
) -> None:
    ada, eva, bob = office.person(), office.person(), office.person()
    warm = [
        Happening(prospect_id=who, id=new_id(office.now), what=Row.WARM, at=office.now, source="scoring", body={})
        for who in (ada, eva, bob)
    ]  # fmt: skip
    perform(office.database, lambda s: conversion_noting.note(s, warm, office.now, secret=KEY))
    perform(office.database, lambda s: merge(s, eva, ada, Said(by="mia"), office.now))
    assert office.once() == Done()
    assert told(meta) == ["MQL", "MQL"]
    assert sorted(office.fates(), key=str) == [("accepted", None)] * 2 + [("withheld", DOUBLED)]


def test_whoever_took_the_lead_back_that_brought_the_consent_is_not_told_of(
    office: Office, meta: MetaConversions
) -> None:
    ada = office.person()
    office.happens(ada, Kind.FORM, form="another")
    capture = DeliveryRow(id=new_id(office.now), source="ads", received_at=office.now, size=1), CaptureRow(
        id=new_id(office.now), n=1, source="ads", space="lead", state=CaptureState.RECORDED, prospect_id=ada
    )  # fmt: skip

    def take_back(session: Session) -> None:
        session.execute(update(ConsentRow).values(key="lead/ads"))
        session.add(capture[0])
        session.flush()
        capture[1].delivery_id = capture[0].id
        session.add(capture[1])
        session.flush()
        said = Withdrawn("lead", "lead-1", "lead-1", identity="linkedin")
        gone = TakenBack("ads", said, "lead", CaptureId(capture[1].id))
        later = office.now + timedelta(seconds=1)
        assert withdraw.take_back(session, gone, later, secret=KEY) == ada

    office.finds(ada)
    office.announce()
    perform(office.database, take_back)
    assert office.once() is None
    assert office.fates() == [("withheld", "there is no consent to ads")]


def test_a_platform_that_fails_again_and_again_is_left_alone_until_its_entry_is_mended(
    office: Office, meta: MetaConversions
) -> None:
    meta_at(office, meta, access_token=seal(KEY, "an-old-one"))
    office.finds(office.person())
    office.announce()
    for _ in range(FAILURES_ALLOWED):
        assert isinstance(office.once(), PutOff)
    asked = len(meta.requests)
    office.now += timedelta(seconds=9)
    assert office.once() == PutOff(SHUT, ANY)
    assert len(meta.requests) == asked

    def again(session: Session) -> int:
        (there,) = known.destinations(session, secret=KEY).destinations.values()
        return conversion_report.again(session, there, office.now)

    assert perform(office.database, again) == 1
    assert isinstance(office.once(), PutOff)
    assert len(meta.requests) == asked + 1, "somebody asked for it"
    assert office.once() == PutOff(SHUT, ANY)
    office.now += timedelta(seconds=9)
    meta_at(office, meta)
    assert office.once() == Done()
    assert told(meta) == ["SQL"]
