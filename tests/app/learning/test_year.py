"""A market whose truth is known goes through the engine itself: what it believes is held against that truth."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from app.database import Database
from app.door import reading
from prospects import team
from prospects.ladder import LADDER
from routing.finding_rows import ConfirmationRow
from tests.app.learning.year import EVALUATION, OUT, Year, begun, beliefs


def lived(database: Database, at: datetime, weeks: int, newcomers: int) -> Year:
    year = begun(database, at, explore=0.3)
    database.clock.go_by(lambda: year.at)
    for _ in range(weeks):
        year.step(newcomers)
    return year


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_weeks_of_a_market_go_through_the_engine(database: Database, now: datetime) -> None:
    year = lived(database, now, 10, 12)
    told = beliefs(database)
    warm = [one.stage >= EVALUATION for one in year.everybody if told[one.id].warm]
    cold = [one.stage >= EVALUATION for one in year.everybody if not told[one.id].warm]
    # Who is called warm is a buyer far more often, by the points alone.
    assert sum(warm) / len(warm) > 3 * sum(cold) / len(cold)
    # What claims are held against knows more than a guess, and not the truth.
    there = [one for one in year.everybody if one.stage != OUT]
    best = sum(one.best == one.stage for one in there) / len(there)
    claimed = sum((told[one.id].stage or LADDER[0]) == LADDER[one.stage] for one in there)
    assert claimed / len(there) <= best < 0.9
    with reading(database) as session:
        named: dict[UUID, str] = {each.id: each.name for each in team.members(session)}
        rows = session.execute(select(ConfirmationRow.rep_id, ConfirmationRow.verdict)).all()
    verdicts = Counter((named[who], str(verdict)) for who, verdict in rows)
    of = Counter(named[who] for who, _ in rows)
    assert of["never"] == 0
    assert verdicts["always", "confirmed"] == of["always"] > 5
    assert verdicts["ann", "confirmed"] < 0.9 * of["ann"]
    assert of["dora"] > 0
