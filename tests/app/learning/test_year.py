"""A market whose truth is known goes through the engine itself: what it believes is held against that truth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cli import commands
from app.cli.frame import run
from app.database import Database
from app.door import reading
from app.reports.answers import beside
from app.settings import Settings
from prospects import team
from routing.finding_rows import ConfirmationRow
from scoring import current, models
from scoring.learning import record
from scoring.learning.answering import Sign
from scoring.learning.base_rate import Found, Unrouted, unrouted
from scoring.learning.labels import Fate, aim_of
from tests.app.learning.held_against import Held, at_offers, held, off, why_hidden
from tests.app.learning.truth import EVALUATION
from tests.app.learning.year import SECRET, WEEK, Year, begun, beliefs


@dataclass(frozen=True, slots=True)
class Size:
    """How far a market of some size lets claims, percentages and the unrouted be from the truth."""

    claims: float
    ece: float
    unrouted: float


LARGE = Size(claims=0.03, ece=0.05, unrouted=0.1)
"""The goals: some 900 people drawn by chance tell a share of one in ten to a tenth of itself, in two lives of three."""
SMALL = Size(claims=0.06, ece=0.1, unrouted=1.1)
"""With fifty drawn the share is told to half of itself, and a hundred in a month are found."""


@pytest.fixture
def settings(database_url: str, folder: Path) -> Settings:
    return Settings(data=folder, database_url=database_url, secret_key=SECRET)


def verdicts(year: Year) -> dict[str, Counter[str]]:
    """By rep."""
    with reading(year.database) as session:
        named: dict[UUID, str] = {each.id: each.name for each in team.members(session)}
        rows = session.execute(select(ConfirmationRow.rep_id, ConfirmationRow.verdict)).all()
    found: dict[str, Counter[str]] = {name: Counter() for name in named.values()}
    for who, verdict in rows:
        found[named[who]][str(verdict)] += 1
    return found


def signs(year: Year) -> dict[str, tuple[Sign, ...]]:
    """What the report says stands out, by rep."""
    with reading(year.database) as session:
        named: dict[UUID, str] = {each.id: each.name for each in team.members(session)}
        return {named[who]: found.signs for who, found in beside(session, year.at).items()}


def estimated(year: Year) -> Unrouted:
    """The conversion of those not handed over, by all who were drawn."""
    with reading(year.database) as session:
        puts = record.put_to_sales(session, aim_of(current.current(session)), year.at)
    settled = [put.lead for put in puts if put.lead.fate is not Fate.OPEN]
    return unrouted([Found(0.0, e.fate is Fate.WIN, 1.0, e.probability) for e in settled])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_weeks_of_a_market_go_through_the_engine(
    database: Database, settings: Settings, now: datetime
) -> None:
    year = begun(database, settings, now, explore=0.3, turns=now + 6 * WEEK)
    database.clock.go_by(lambda: year.at)
    for _ in range(8):
        year.week(12)
    told, found = beliefs(database), verdicts(year)
    warm = [one.stage >= EVALUATION for one in year.everybody if told[one.id].warm]
    cold = [one.stage >= EVALUATION for one in year.everybody if not told[one.id].warm]
    # Who is drawn follows from ids made anew each time, so bounds are wide.
    assert sum(warm) / len(warm) > 2 * sum(cold) / len(cold)
    # What claims are held against knows more than a guess, and not the truth.
    now_held = held(year)
    assert 0.4 < now_held.attainable < 0.9
    assert now_held.claims <= now_held.attainable + 0.15
    assert found["never"].total() == 0
    assert found["always"]["confirmed"] == found["always"].total() > 0
    honest = found["ann"] + found["bob"] + found["late"]
    assert honest["confirmed"] < 0.9 * honest.total()
    assert found["dora"].total() > 0


@pytest.mark.soak
@pytest.mark.timeout(6 * 3_600)
@pytest.mark.parametrize(
    ("database_url", "weeks", "newcomers", "turn", "size"),
    [
        ("sqlite", 46, 40, None, SMALL),
        ("sqlite", 52, 60, 0.6, SMALL),
        ("postgres", 40, 40, None, SMALL),
        ("sqlite", 46, 400, None, LARGE),
    ],
    indirect=["database_url"],
    ids=["steady", "turned", "postgres", "large"],
)
def test_a_year_of_a_market_whose_truth_is_known(
    database: Database,
    settings: Settings,
    weeks: int,
    newcomers: int,
    turn: float | None,
    size: Size,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began = database.clock.now() - weeks * WEEK - timedelta(hours=1)
    turns = None if turn is None else began + weeks * turn * WEEK
    year = begun(
        database, settings, began, turns=turns, explore=0.05, offices=max(1, newcomers // 50)
    )
    database.clock.go_by(lambda: year.at)
    late = lived(year, weeks, newcomers)
    with capsys.disabled():
        print(f"\n{late}\n{at_offers(year, year.at - 8 * WEEK)} at offers; {estimated(year)}")
        print(f"off {off(year, estimated(year)):+.1%}, held {year.held}, {why_hidden(year)}")

    finds_who_answers_unseen(year)
    is_near_the_truth(year, late, size)
    # Some would have crossed by the change to a model alone: they were held, and let over.
    assert year.held
    words = said(["evaluate"], settings, capsys, monkeypatch)
    assert "of all who were not handed over about" in words
    assert "count less" in words
    assert "What the model says of anybody" in said(
        ["explain", str(year.everybody[-1].id)], settings, capsys, monkeypatch
    )


def finds_who_answers_unseen(year: Year) -> None:
    """The product's own report finds who confirms everything and who never answers, and nobody else."""
    found = signs(year)
    assert found["always"] == (Sign.CONFIRMS_EVERYTHING,)
    assert found["never"] == (Sign.NEVER_ANSWERS,)
    assert not any(found[each] for each in found if each.startswith(("ann", "bob")))
    # Of what who is late had, a third is taken back without a word: that may stand out, and nothing else.
    late = [found[each] for each in found if each.startswith("late")]
    assert all(each in ((), (Sign.NEVER_ANSWERS,)) for each in late)


def is_near_the_truth(year: Year, late: Sequence[Held], size: Size) -> None:
    """As near as a market of this size lets claims, percentages and the estimated conversion be."""
    if year.turns is None:
        short = [each.attainable - each.claims for each in late]
        assert sum(short) / len(short) <= size.claims
    shown = [each.ece for each in late if each.ece is not None]
    if shown:
        assert sum(shown) / len(shown) <= size.ece
    # Where none is shown, the product says why.
    assert late[-1].ece is not None or why_hidden(year)
    drawn = estimated(year)
    assert drawn.low is not None
    assert drawn.high is not None
    assert drawn.low <= sum(share for _, share in year.cold) / len(year.cold) <= drawn.high
    assert abs(off(year, drawn)) <= size.unrouted


def lived(year: Year, weeks: int, newcomers: int) -> list[Held]:
    """How right the engine was in each week of the last quarter."""
    found = []
    for week in range(1, weeks + 1):
        year.week(newcomers)
        if week >= 8 and week % 3 == 2:
            year.learn()
        if week > weeks * 3 / 4:
            found.append(held(year))
    with reading(year.database) as session:
        assert models.in_state(session, models.State.ACTIVE) is not None
    return found


def said(
    arguments: list[str],
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """What a command prints."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    capsys.readouterr()
    assert run(commands, [*arguments, "--data", str(settings.data)]) == 0
    return capsys.readouterr().out
