"""Leads of the record laid out as a table: measured is only what had its time and is settled."""

from datetime import timedelta
from uuid import UUID

import numpy as np

from prospects.ids import ProspectId
from scoring.learning.delay import Weighed
from scoring.learning.labels import Fate, Lead
from scoring.learning.past_leads import SeenLead
from scoring.learning.record import Put
from scoring.training.laying import Layout
from tests.scoring.people import DAY, NOW

MONTH = timedelta(days=30)


def lead(n: int, ago: timedelta, fate: Fate, **features: float | str | None) -> SeenLead:
    told = Lead(handoff=str(n), offered_at=NOW - ago, fate=fate, age=min(ago, MONTH))
    return SeenLead(Put(ProspectId(UUID(int=n)), told), dict(features))


def laid(*rows: tuple[SeenLead, Weighed]) -> Layout:
    layout = Layout(MONTH, NOW)
    for each, weighed in rows:
        layout.add(each, weighed)
    return layout


def test_measured_are_only_leads_that_are_settled_and_had_their_time() -> None:
    table = laid(
        (lead(1, 40 * DAY, Fate.WIN), Weighed(True, 1.0)),
        (lead(2, 40 * DAY, Fate.OPEN), Weighed(False, 0.2)),
        # Of those of late the quick ones are known first: they are learned from and not measured.
        (lead(3, 5 * DAY, Fate.LOSS), Weighed(False, 1.0)),
    ).table()
    assert table.label.tolist() == [1.0, 0.0, 0.0]
    assert table.certain.tolist() == [True, False, False]
    assert table.groups is None


def test_a_feature_that_some_leads_lack_is_missing_there_and_one_person_is_one_group() -> None:
    table = laid(
        (lead(1, 40 * DAY, Fate.WIN), Weighed(True, 1.0)),
        (lead(1, 39 * DAY, Fate.LOSS, **{"person.country": "DE"}), Weighed(False, 1.0)),
        (lead(2, 38 * DAY, Fate.LOSS, **{"points.fit": 20.0}), Weighed(False, 1.0)),
    ).table()
    assert table.columns["person.country"].known().tolist() == [False, True, False]
    assert table.points is not None
    assert table.points.fit.tolist() == [0.0, 0.0, 20.0]
    assert table.groups is not None
    assert np.unique(table.groups).tolist() == [0, 1]


def test_weights_sum_up_to_as_many_rows_as_they_are_worth() -> None:
    table = laid(
        (lead(1, 40 * DAY, Fate.WIN), Weighed(True, 1.0)),
        (lead(2, 40 * DAY, Fate.LOSS), Weighed(False, 0.5)),
    ).table()
    assert table.weights.tolist() == [1.2, 0.6]
