"""What is known only after the fact is caught: columns, times, events; honest columns are left alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.labelled.asked import EventsAsked
from scoring.training.suspects import _error, suspects
from scoring.training.table import Numbers, Table, numbers, words
from tests.labelled.files import DRAWN, chance, read, write

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def leads(tmp_path: Path, n: int = 600) -> tuple[Path, list[dict[str, Any]]]:
    """Leads whose outcome hangs on their interest, with columns filled afterwards beside honest ones."""
    rows = []
    for at in range(n):
        came = BEGAN + timedelta(hours=6 * at)
        interest = DRAWN.gauss(0, 1)
        won = interest + DRAWN.gauss(0, 2) > 1.2
        rows.append(
            {
                "id": f"L{at}",
                "came": came.isoformat(),
                "visits": max(0, round(2 + interest)),
                "source": DRAWN.choice(["fair", "web"]),
                "contract no": f"C{at}" if won and chance(0.5) else "",
                "tag": "signed" if won and chance(0.3) else DRAWN.choice(["called", "mailed"]),
                "lost reason": "" if won or chance(0.4) else DRAWN.choice(["price", "time"]),
                "touched": (came + timedelta(days=DRAWN.choice([-3, -1, 5]))).isoformat(),
                "won": "yes" if won else "no",
            }
        )
    return write(tmp_path / "leads.csv", list(rows[0]), [list(row.values()) for row in rows]), rows


def test_planted_columns_are_named_and_left_out_unless_kept(tmp_path: Path) -> None:
    path, _ = leads(tmp_path)
    found = read(path, time="came", id="id")
    assert {each.name for each in found.suspects} == {
        "contract no",
        "tag",
        "lost reason",
        "touched",
    }
    assert set(found.table.columns) == {"fields.visits", "fields.source"}
    kept = read(path, time="came", id="id", keep=("tag",))
    assert kept.kept == ("tag",)
    assert "fields.tag" in kept.table.columns


def test_events_after_a_rows_instant_are_counted_and_not_used(tmp_path: Path) -> None:
    path, rows = leads(tmp_path)
    happened = []
    for row in rows:
        came = datetime.fromisoformat(row["came"])
        happened += [[row["id"], (came - timedelta(days=2)).isoformat(), "Page View"]] * row[
            "visits"
        ]
        # At the very instant, and after it: both would tell.
        late = came + timedelta(days=0 if chance(0.5) else 3)
        happened += [[row["id"], late.isoformat(), "contract sent"]] if row["won"] == "yes" else []
    happened.append(["nobody", BEGAN.isoformat(), "Page View"])
    log = write(tmp_path / "events.csv", ["lead id", "timestamp", "event type"], happened)
    found = read(path, time="came", id="id", events=EventsAsked(path=log))
    told = [name for name in found.table.columns if name.startswith("did.")]
    assert "did.page_view.recent_7d" in told
    assert not [name for name in told if "contract" in name]
    wins = found.table.positives
    assert any(f"{wins:,} events lie at or after" in each for each in found.remarks)
    assert any("1 events belong to no row" in each for each in found.remarks)


def test_an_event_counts_only_once_it_was_learned_of(tmp_path: Path) -> None:
    rows = [[f"L{n}", "2026-02-01T00:00:00Z", n % 3, "yes" if n % 2 else "no"] for n in range(60)]
    path = write(tmp_path / "leads.csv", ["id", "seen", "size", "won"], rows)
    header = ["id", "at", "kind", "received_at"]
    before, after = "2026-01-20T00:00:00Z", "2026-02-03T00:00:00Z"
    happened = [[f"L{n}", before, "form", after if n % 2 else before] for n in range(60)]
    log = write(tmp_path / "events.csv", header, happened)
    found = read(path, time="seen", id="id", events=EventsAsked(path=log), keep=("did.form.count",))
    assert any("30 events were learned of only later" in each for each in found.remarks)
    count = found.table.columns["did.form.count"]
    assert isinstance(count, Numbers)
    assert count.values.sum() == 30


def test_rows_seen_before_anything_happened_are_told_to_be_seen_later(tmp_path: Path) -> None:
    rows = [[f"L{n}", "2026-02-01T00:00:00Z", n % 3, "yes" if n % 2 else "no"] for n in range(60)]
    path = write(tmp_path / "leads.csv", ["id", "came", "size", "won"], rows)
    happened = [[f"L{n}", "2026-02-03T00:00:00Z", "form"] for n in range(60)]
    log = EventsAsked(path=write(tmp_path / "events.csv", ["id", "at", "kind"], happened))
    asked = {"time": "came", "id": "id", "events": log}
    assert "--after 7d" in read(path, **asked).remarks[-1]
    found = read(path, **asked, after=timedelta(days=7))
    hours = found.table.columns["did.form.hours_since"]
    assert isinstance(hours, Numbers)
    assert set(hours.values) == {5 * 24.0}


def test_rows_decided_before_they_are_seen_are_left_out(tmp_path: Path) -> None:
    rows = [
        [f"L{n}", "2026-02-01", f"2026-02-{n % 20 + 2:02}", n % 3, "yes" if n % 2 else "no"]
        for n in range(60)
    ]
    path = write(tmp_path / "leads.csv", ["id", "came", "decided", "size", "won"], rows)
    found = read(path, time="came", id="id", after=timedelta(days=7), outcome_at="decided")
    assert len(found.table) == 39
    assert any("21 rows were left out" in each for each in found.remarks)


@pytest.mark.parametrize("seed", range(6))
def test_noise_in_few_rows_makes_no_suspect(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    won = (drawn.random(40) < 0.3).astype(np.float64)
    columns = {f"fields.{n}": numbers(drawn.normal(size=40)) for n in range(15)}
    columns |= {f"fields.w{n}": numbers(drawn.integers(0, 3, 40).astype(float)) for n in range(15)}
    assert suspects(Table(columns, won)) == ()


def test_what_is_filled_in_only_after_a_win_is_found_in_few_rows_too() -> None:
    won = np.array([1.0] * 12 + [0.0] * 88)
    assert suspects(Table({"fields.signed": words(["yes"] * 8 + [None] * 92)}, won))
    assert suspects(Table({"fields.signed": words([None] * 80 + ["yes"] * 20)}, won)) == ()


def test_a_source_whose_leads_nearly_always_win_is_honest() -> None:
    drawn = np.random.default_rng(3)
    source = drawn.choice(["web", "fair", "referral"], size=2000, p=[0.7, 0.25, 0.05])
    won = np.where(source == "referral", drawn.random(2000) < 0.99, drawn.random(2000) < 0.3)
    table = Table({"fields.source": words(list(source))}, won.astype(np.float64))
    assert [each.name for each in suspects(table)] == ["fields.source"]
    assert suspects(table, on_arrival={"fields.source"}) == ()


def test_where_nearly_everybody_wins_a_sure_value_is_no_suspect() -> None:
    drawn = np.random.default_rng(3)
    word = drawn.choice(["a", "b"], size=2000)
    table = Table(
        {"fields.word": words(list(word))}, (drawn.random(2000) < 0.96).astype(np.float64)
    )
    assert suspects(table) == ()


def test_a_words_share_of_wins_is_never_learned_from_its_own_row() -> None:
    drawn = np.random.default_rng(3)
    every = [f"w{n}" for n in drawn.integers(0, 700, 1000)]
    table = Table({"fields.word": words(every)}, (drawn.random(1000) < 0.4).astype(np.float64))
    assert suspects(table) == ()


def test_how_sure_an_auc_is_is_told_as_hanley_and_mcneil_do() -> None:
    # Their formula by hand: 50 of each and an AUC of .9 leave a standard error of .032.
    assert _error(0.9, np.arange(100) < 50) == pytest.approx(0.0321, abs=1e-4)
    assert _error(0.5, np.arange(20) < 10) == pytest.approx(0.1323, abs=1e-4)
