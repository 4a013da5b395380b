"""A workspace's own words for titles hold wherever a title is read: points, gates, segments, flows, the company's stage."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.conditions import compile_tree, look, parse
from prospects.conditions.vocabulary import STANDARD
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from scoring.assess import assess
from tests.app.test_releases import came
from tests.scoring.people import NOW, form, somebody, written

OWN = [{"words": "bid manager", "seniority": "director", "function": "procurement"}]


def test_fit_rules_and_gates_read_titles_by_own_words() -> None:
    seen = somebody(form("guide"), title="Bid Manager")
    gate = {"name": "buyers", "if": {"field": "function", "op": "eq", "value": "procurement"}}
    before, after = written(gates=[gate]), written(gates=[gate], titles=OWN)
    one, other = assess(seen, before, NOW), assess(seen, after, NOW)
    assert (one.gate, other.gate) == (None, "buyers")
    assert other.fit > one.fit


def test_so_do_conditions_of_flows_routing_and_segments(session: Session, now: datetime) -> None:
    (who,) = came(session, now, "ann")
    row = session.execute(select(ProspectRow).where(ProspectRow.id == who)).scalar_one()
    row.title = "Senior Bid Manager"
    tree = parse({"field": "seniority", "op": "eq", "value": "director"}, STANDARD)

    def holds() -> bool:
        (seen,) = snapshots(session, [row], now)
        return compile_tree(tree)(look(seen))

    assert not holds()
    body = {"titles": OWN}
    configuration.write(session, "scoring", "scoring", body, now, by="mia@acme.example")
    assert holds()
