"""Ids for the addresses that the bench of pages asks for: of each sort some, spread over all of time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

SAMPLES = {
    "person": "SELECT id FROM prospect WHERE id > '{at}' ORDER BY id LIMIT 1",
    "company": "SELECT account_id FROM prospect WHERE id > '{at}' AND account_id IS NOT NULL ORDER BY id LIMIT 1",
    "delivery": "SELECT id FROM delivery WHERE id > '{at}' ORDER BY id LIMIT 1",
    "send": "SELECT prospect_id || '/' || id FROM send WHERE id > '{at}' ORDER BY id LIMIT 1",
    "decision": "SELECT prospect_id || '/' || id FROM decision WHERE id > '{at}' ORDER BY id LIMIT 1",
    "handoff": "SELECT h.prospect_id || '/' || h.id FROM handoff h JOIN member m ON m.id = h.rep_id"
    " WHERE m.email = '{rep}' AND h.id > '{at}' ORDER BY h.id LIMIT 1",
    "own": "SELECT h.prospect_id FROM handoff h JOIN member m ON m.id = h.rep_id"
    " WHERE m.email = '{rep}' AND h.id > '{at}' ORDER BY h.id LIMIT 1",
    "activity": "SELECT id FROM activity WHERE id > '{at}' ORDER BY id LIMIT 1",
}
EACH = 8
WHOLE = {
    "flow": "SELECT min(flow) FROM enrollment HAVING count(*) > 0",
    "rep": "SELECT id FROM member WHERE email = '{rep}'",
    "model": "SELECT id FROM model_version ORDER BY trained_at DESC LIMIT 4",
    "change": "SELECT max(version) FROM rules_change HAVING count(*) > 0",
    "moved": "SELECT prospect_id FROM assessment GROUP BY prospect_id ORDER BY count(*) DESC LIMIT 8",
}
"""What is not spread over time."""
HEAVY = "SELECT prospect_id FROM identity WHERE kind = 'email' AND key LIKE 'p{n}@%%'"


def samples(connection: Connection, heavy: Sequence[int], *, rep: str) -> dict[str, list[str]]:
    """Ids of each sort, spread over all of time.

    `heavy` are the numbers of people with a long history, `rep` is who has leads of their own.
    """
    first, last = (
        connection.exec_driver_sql(
            f"SELECT id FROM prospect ORDER BY id {way} LIMIT 1"
        ).scalar_one()
        for way in ("", "DESC")
    )
    marks = [_between(str(first), str(last), part / EACH) for part in range(EACH)]
    found = {
        name: [
            _written(row[0])
            for mark in marks
            for row in connection.exec_driver_sql(query.format(at=mark, rep=rep))
        ]
        for name, query in SAMPLES.items()
    }
    found["heavy"] = [
        _written(row[0]) for n in heavy for row in connection.exec_driver_sql(HEAVY.format(n=n))
    ]
    for name, query in WHOLE.items():
        found[name] = [str(row[0]) for row in connection.exec_driver_sql(query.format(rep=rep))]
    for name in ("moved", "rep"):
        found[name] = [_written(each) for each in found[name]]
    return found


def _written(ids: object) -> str:
    """One id, or several between slashes, as addresses have them: SQLite keeps them without hyphens."""
    return "/".join(str(UUID(each)) for each in str(ids).split("/"))


def _between(first: str, last: str, share: float) -> str:
    low, high = (int(each.replace("-", ""), 16) for each in (first, last))
    return f"{int(low + (high - low) * share):032x}"
