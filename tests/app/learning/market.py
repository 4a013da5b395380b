"""People on record who were put to sales, with what reps found: a market whose truth is known."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from prospects.ids import new_id
from prospects.kinds import ExploredBody, Kind, OfferedBody, Verdict, VerdictBody, plain
from prospects.rows import ActivityRow, ProspectRow
from prospects.store import table_of

DAY = timedelta(days=1)
REP = str(UUID(int=7))
Row = dict[str, Any]


def a_market(session: Session, people: int, now: datetime, *, seed: int = 7, **also: float) -> int:
    """So many people over half a year, each offered once; who asks for prices and is senior is mostly a buyer.

    `also`: `drawn` is the chance by which some were drawn though not warm; `leak` is the share of
    wins that got a field nobody could have known. Returns how many are wins.
    """
    dice = Random(seed)
    prospects, acts, wins = [], [], 0
    for n in range(people):
        when = now - dice.uniform(1, 180) * DAY
        who, senior, views = new_id(when - DAY), dice.random() < 0.4, dice.randrange(5)
        odds = -2.2 + 1.8 * senior + 0.7 * views
        won = dice.random() < 1 / (1 + math.exp(-odds))
        wins += won
        fields = {"project": "rollout"} if won and dice.random() < also.get("leak", 0) else {}
        prospects.append(_person(who, n, when - DAY, senior=senior, fields=fields))
        acts += _did(who, when, views)
        acts += _told(who, when, now, dice, won=won, drawn=also.get("drawn"))
    session.execute(insert(table_of(ProspectRow)), prospects)
    session.execute(insert(table_of(ActivityRow)), acts)
    session.flush()
    return wins


def _person(who: UUID, n: int, at: datetime, *, senior: bool, fields: Row) -> Row:
    return {
        "id": who,
        "email": f"p{n}@acme{n}.example",
        "title": "Director of Operations" if senior else "Clerk",
        "country": "DE" if n % 3 else "FR",
        "fields": fields,
        "lifecycle": "offered",
        "points": 0.0,
        "fit": 0.0,
        "engagement": 0.0,
        "warm": False,
        "created_at": at,
        "changed_at": at,
    }


def _act(who: UUID, kind: Kind, at: datetime, key: str, body: Row) -> Row:
    return {
        "prospect_id": who,
        "id": new_id(at),
        "kind": kind,
        "happened_at": at,
        "learned_at": at,
        "source": "test",
        "key": key,
        "body": body,
        "suspect_robot": False,
    }


def _did(who: UUID, when: datetime, views: int) -> Iterator[Row]:
    yield _act(who, Kind.FORM, when - DAY / 2, "form", {"form": "guide"})
    for n in range(views):
        at = when - DAY / (n + 3)
        yield _act(who, Kind.PAGE_VIEW, at, f"view{n}", {"page": "https://acme.example/pricing"})


def _told(
    who: UUID, when: datetime, now: datetime, dice: Random, *, won: bool, drawn: float | None
) -> Iterator[Row]:
    lead = str(new_id(when))
    if drawn is not None and dice.random() < 0.5:
        body = plain(ExploredBody(handoff=lead, probability=drawn))
        yield _act(who, Kind.EXPLORED, when, "explored", body)
    offered = OfferedBody(handoff=lead, rep=REP, lane="normal", expires_at=when + DAY)
    yield _act(who, Kind.OFFERED, when, f"offered:{lead}", plain(offered))
    said = when + dice.uniform(0.1, 12) * DAY
    if said < now and dice.random() < 0.9:
        yield _act(who, Kind.VERDICT, said, f"verdict:{lead}", plain(_verdict(lead, won=won)))


def _verdict(lead: str, *, won: bool) -> VerdictBody:
    return VerdictBody(
        handoff=lead,
        rep=REP,
        verdict=Verdict.CONFIRMED if won else Verdict.EARLIER,
        claimed="evaluation",
        stage_found="decision" if won else "awareness",
        spoke_with="Ada",
        channel="call",
        fact="They said so",
    )
