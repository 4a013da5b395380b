"""Who is in a segment is what the condition says of each person, however few SQL lets it look at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from prospects import configuration, people, segments, timeline
from prospects.conditions import ConditionError, compile_tree, look, parse
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import AssessmentRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.timeline import Fact
from prospects.values import Person, Snapshot

FIELDS: dict[str, list[Any]] = {
    "country": ["DE", "de", "FR", "", 3, "straße"],
    "stage": ["evaluation", "decision", "nowhere", "DECISION"],
    "lifecycle": ["nurturing", "won", "inquiry"],
    "grade": ["A1", "a1", "D4"],
    "points": [10, 50, 50.5, "50", True],
    "warm": [True, False, "true"],
    "name": ["Ada", "ß", "strasse", "  ada ", "Ö"],
    "title": ["CTO", "head"],
    "email": ["ada@birch.example", "birch"],
    "company": ["Birch", "birch gmbh"],
    "account.domain": ["birch.example", "BIRCH.example", "none.example"],
    "owner": ["00000000-0000-0000-0000-000000000001", "nobody"],
    "gate": ["competitor"],
    "fields.size": [5, "5"],
    "verdict": ["earlier"],
}
OPS = ["eq", "ne", "in", "not_in", "contains", "starts_with", "is_set", "not_set", "gt", "lte"]


def leaf(chance: Random) -> dict[str, Any]:
    if chance.random() < 0.15:
        kind, op = chance.choice(["form", "click"]), chance.choice(["gte", "lte", "eq"])
        within = {"within": "9d"} if chance.random() < 0.5 else {}
        return {"activity": kind, "op": op, "value": chance.randrange(3), **within}
    name, op = chance.choice(sorted(FIELDS)), chance.choice(OPS)
    if op in ("is_set", "not_set"):
        return {"field": name, "op": op}
    value = chance.choice(FIELDS[name])
    if op in ("in", "not_in"):
        return {"field": name, "op": op, "value": [value, chance.choice(FIELDS[name])]}
    return {"field": name, "op": op, "value": value}


def tree(chance: Random, depth: int = 2) -> dict[str, Any]:
    if depth and (shape := chance.choice(["leaf", "all", "any", "not"])) != "leaf":
        if shape == "not":
            return {"not": tree(chance, depth - 1)}
        return {shape: [tree(chance, depth - 1) for _ in range(chance.randrange(1, 4))]}
    return leaf(chance)


def readable(chance: Random) -> dict[str, Any]:
    """A condition that could be written: not every operator takes every value."""
    while True:
        condition = tree(chance)
        try:
            parse(condition)
        except ConditionError:
            continue
        return condition


def crowd(session: Session, now: datetime, chance: Random) -> None:
    stages = {"stages": [{"slug": s, "name": s} for s in ("awareness", "evaluation", "decision")]}
    configuration.write(session, "stages", "stages", stages, now, by="test")
    for n in range(30):
        domain = chance.choice(["birch.example", "else.example"])
        email = f"{chance.choice(['ada', 'ida'])}{n}@{domain}"
        person = Person(
            email=email, name=chance.choice(["Ada Weiß", "ÖZGÜR", "Ida Strasse", None]),
            title=chance.choice(["CTO", None]), company=chance.choice(["Birch GmbH", None]),
            country=chance.choice(["DE", "FR", None]), fields=chance.choice([{}, {"size": "5"}]),
        )  # fmt: skip
        lead = Lead(
            ref=email, identities=(Identity("email", email),), person=person, happened_at=now,
            domain=domain,
        )  # fmt: skip
        (found,) = people.resolve(session, [lead], now, secret="s" * 40)
        assert found.prospect_id
        row = session.get_one(ProspectRow, found.prospect_id)
        row.lifecycle = chance.choice(["inquiry", "nurturing", "won"])
        row.grade, row.points = chance.choice([None, "A1", "D4"]), chance.choice([0.0, 10.0, 50.0])
        row.warm, row.gate = chance.random() < 0.5, chance.choice([None, "competitor"])
        row.unprofiled_at = chance.choice([None, None, now])
        row.owner_id = chance.choice([None, UUID(int=1)])
        believe(session, row, chance.choice([None, "awareness", "decision"]), now)
        for at in range(chance.randrange(4)):
            about(session, found.prospect_id, now - timedelta(days=5 * at), chance, n)
    session.flush()


def believe(session: Session, row: ProspectRow, stage: str | None, now: datetime) -> None:
    row.stage, row.assessment_id = stage, new_id(now)
    session.add(
        AssessmentRow(
            prospect_id=row.id, id=row.assessment_id, at=now, stage=stage, confidence=0.5, model="m",
            points=0.0, fit=0.0, engagement=0.0, grade="D4", warm=False,
        )
    )  # fmt: skip


def about(session: Session, who: ProspectId, at: datetime, chance: Random, n: int) -> None:
    fact = Fact(
        prospect_id=who, kind=chance.choice([Kind.FORM, Kind.CLICK]), happened_at=at, source="site",
        key=f"{n}{at}", suspect_robot=chance.random() < 0.2,
    )  # fmt: skip
    timeline.record(session, [fact], at, ring=False)


def everybody(session: Session, now: datetime) -> list[Snapshot]:
    rows = session.execute(select(ProspectRow).order_by(ProspectRow.id.desc())).scalars().all()
    return snapshots(session, rows, now)


def holding(people: Sequence[Snapshot], condition: object) -> list[ProspectId]:
    holds = compile_tree(parse(condition))
    return [seen.prospect_id for seen in people if holds(look(seen))]


@pytest.mark.parametrize("seed", range(2))
def test_a_segment_holds_whom_its_condition_holds_for(
    session: Session, now: datetime, seed: int
) -> None:
    chance = Random(seed)
    crowd(session, now, chance)
    known, sizes = everybody(session, now), set()
    for _ in range(80):
        condition = readable(chance)
        wanted = holding(known, condition)
        found = segments.members(session, condition, now, after=None, limit=100)
        assert found.ids == wanted, condition
        tally = segments.tally(session, condition, now)
        assert (tally.count, tally.among) == (len(wanted), None), condition
        assert segments.first(session, condition, now, limit=100) == (found, tally), condition
        sizes.add(len(wanted))
    assert len(sizes) > 6


def test_pages_of_a_segment_hold_everybody_once(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(session, now, Random(1))
    for name, size in (("REACH", 7), ("REACH_OF_HISTORY", 5), ("BATCH", 3), ("MOST_ROWS", 6)):
        monkeypatch.setattr(segments, name, size)
    for condition in (
        {"field": "country", "op": "eq", "value": "DE"},
        {"activity": "form"},
        {"field": "account.domain", "op": "eq", "value": "birch.example"},
    ):
        found, after, turns = list[ProspectId](), None, 0
        while turns == 0 or after:
            page = segments.members(session, condition, now, after=after, limit=4)
            found, after, turns = [*found, *page.ids], page.next, turns + 1
        theirs = holding(everybody(session, now), condition)
        assert found == theirs
        assert turns > 2
        newest = [seen.prospect_id for seen in everybody(session, now)]
        tally = segments.tally(session, condition, now)
        page = segments.members(session, condition, now, after=None, limit=4)
        assert segments.first(session, condition, now, limit=4) == (page, tally)
        assert tally.among
        if "account" in str(condition):  # an index leads to them, wherever they stand
            assert tally.count == tally.among == 6
        else:
            assert tally.count == len(set(newest[: tally.among]) & set(theirs)) < len(theirs)


def test_what_somebody_did_who_was_absorbed_counts_for_who_stands_for_them(
    session: Session, now: datetime
) -> None:
    crowd(session, now, Random(3))
    asked = {"activity": "form"}
    did = segments.members(session, asked, now, after=None, limit=100).ids
    head = next(each.prospect_id for each in everybody(session, now) if each.prospect_id not in did)
    session.get_one(ProspectRow, did[0]).absorbed_by = head
    session.flush()
    found = segments.members(session, asked, now, after=None, limit=100).ids
    assert set(found) == {head, *did[1:]}
    assert segments.tally(session, asked, now).count == len(did)


def test_whom_a_condition_cannot_hold_for_is_not_looked_at(session: Session, now: datetime) -> None:
    crowd(session, now, Random(2))
    seen: list[str] = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda c, k, sql, *_: seen.append(sql)
    )
    condition = {
        "all": [{"field": "email", "op": "eq", "value": "x@y.example"}, {"activity": "form"}]
    }

    assert segments.members(session, condition, now, after=None, limit=9).ids == []
    assert not [sql for sql in seen if "FROM activity" in sql and "EXISTS" not in sql]
