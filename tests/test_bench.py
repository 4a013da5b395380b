"""The benches measure what they say, and say nothing when they could not."""

import json
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy.orm import Session

from bench import features, ingest, intake, one_lead, pages
from bench.crowd import Size
from bench.load import Plan, lead, send, send_apart
from bench.stage import Store
from prospects import timeline
from tests.scoring.features.test_kept import fact, meet
from tests.support.serving import serving


class Answering(BaseHTTPRequestHandler):
    """A server that keeps nothing: every fourth lead is refused."""

    protocol_version = "HTTP/1.1"
    count = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Answering.count += 1
        self.send_response(503 if Answering.count % 4 == 0 else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    with serving(server):
        yield server.server_port


def test_the_sender_counts_every_answer_by_its_status(port: int) -> None:
    outcome = send(Plan(port, "/x", "secret", "a-", connections=4, count=40))

    assert outcome.statuses == {"200": 30, "503": 10}
    assert len(outcome.sent_at) == len(outcome.latencies) == 40


def test_the_sender_may_be_a_process_of_its_own(port: int) -> None:
    outcome = send_apart(Plan(port, "/x", "secret", "a-", connections=2, count=8))

    assert sum(outcome.statuses.values()) == 8


def test_the_sender_keeps_its_rate(port: int) -> None:
    outcome = send(Plan(port, "/x", "secret", "a-", connections=4, count=30, rate=100))

    assert 0.25 < outcome.seconds < 1.0


def test_a_lead_is_about_a_kilobyte_and_somebody_of_its_own() -> None:
    one, other = json.loads(lead("a-1")), json.loads(lead("a-2"))

    assert len(lead("a-1")) == 1024
    assert one["email"] != other["email"]
    assert one["external_id"] != other["external_id"]


@pytest.mark.slow
def test_what_senders_of_a_kind_send_is_kept_beside_its_floor_in_turns() -> None:
    contest = intake.run(Store.SQLITE, seconds=0.3, rounds=1, processes=1, kind="calendly")

    assert [each.who for each in contest.rounds] == ["floor", "ours"]
    assert contest.ratio == pytest.approx(
        contest.rounds[1].per_second / contest.rounds[0].per_second
    )


@pytest.mark.slow
def test_the_workers_read_what_was_kept_of_every_kind() -> None:
    done = ingest.run(deliveries=600, workers=1)

    assert done.deliveries <= 600
    assert done.per_second == pytest.approx(done.deliveries / done.seconds)
    assert {"recorded", "fetch_due"} <= set(done.items)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the server's user can reach, whoever runs the tests."""
    with TemporaryDirectory(prefix="warmline-pages-") as folder:
        yield Path(folder)


@pytest.mark.slow
def test_every_page_is_timed_over_a_crowd_that_can_be_kept(reachable: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        measured = pages.run(
            size=Size(prospects=600, activities=6_000), keep=reachable, rounds=1, only="people",
            plans=False, say=said.append,
        )  # fmt: skip

        assert {"people", "people search", "report, people"} <= {e.name for e in measured.timed}
        assert all(each.p95_ms > 0 and each.statements > 0 for each in measured.timed)
        assert measured.unasked
    assert len([line for line in said if line.startswith("prospect:")]) == 1


def test_features_that_are_kept_are_those_made_anew(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "LOOKS", 1)
    some = meet(session, now, *(f"p{n}" for n in range(features.BATCH)))
    timeline.record(session, [fact(who, now) for who in some], now)
    found = features.measured(session, now, lively=(3,))

    assert found.activities == features.BATCH
    assert found.a_person_us.keys() == set(features.NEWS)
    assert [each.people for each in (*found.shares, *found.lively)] == [features.BATCH] * 2


def test_one_lead_is_scored_by_a_card_of_so_many_terms() -> None:
    found = one_lead.measured(5, 20, turns=3)
    assert (found.terms, found.activities) == (5, 20)
    assert 0 < found.sum_us < found.by_card_us
