"""Ids that sort by the time they were made, and within one instant by their turn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from prospects import people, timeline
from prospects.identity import Identity, Lead
from prospects.ids import new_id, parse_ref
from prospects.kinds import Kind
from prospects.timeline import Fact
from prospects.values import Person


def test_ids_are_version_7_and_begin_with_their_instant(now: datetime) -> None:
    made = new_id(now)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert datetime.fromtimestamp((made.int >> 80) / 1000, UTC) == now


def test_later_instants_and_later_turns_sort_later(now: datetime) -> None:
    made = [new_id(now + timedelta(microseconds=n // 3)) for n in range(3000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_many_threads_are_all_different(now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(now), range(20_000)))
    assert len(set(made)) == len(made)


def test_what_is_recorded_together_is_read_in_its_order(session: Session, now: datetime) -> None:
    lead = Lead(
        ref="a",
        identities=(Identity("email", "ada@buyer.example"),),
        person=Person(email="ada@buyer.example"),
        happened_at=now,
    )
    (ada,) = people.resolve(session, [lead], now, secret="s" * 32)
    assert ada.prospect_id is not None
    kinds = (Kind.OFFERED, Kind.OFFER_EXPIRED, Kind.CHAT, Kind.CALL, Kind.NOTE)
    facts = [
        Fact(prospect_id=ada.prospect_id, kind=kind, happened_at=now, source="t", key=f"{-n}")
        for n, kind in enumerate(kinds)
    ]
    timeline.record(session, facts, now)
    (seen,) = timeline.lock_and_see(session, [ada.prospect_id], now).snapshots
    assert [each.kind for each in seen.activities] == list(kinds)


def test_a_reference_names_two_ids_or_nothing() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert parse_ref(f"{one}/{other}") == (one, other)
    for text in ("", "/", f"{one}", f"{one}/", f"/{one}", f"{one}/x"):
        assert parse_ref(text) is None
