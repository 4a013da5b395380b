"""Who is behind a browser or an account: anonymous history waits, and joins whoever says who they are.

Two people at one browser stay two: whoever is recognised later begins anew, and takes nothing along.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from prospects.ids import ProspectId, first_id
from prospects.kinds import Kind
from prospects.sealing import digest
from prospects.store import insert_new, on_sqlite, table_of
from prospects.timeline import Fact
from webhooks.fates import Fresh
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow
from webhooks.sources import inbox_of_pages
from webhooks.touch import TOUCH
from webhooks.visitor_rows import RecognitionRow, TraceRow, VisitorRow

LATELY = timedelta(days=30)
Known = tuple[datetime, ProspectId]
"""(since, who)."""


@dataclass(slots=True)
class Guests:
    """The visitors of one batch, locked until its end, and who has been recognised by them."""

    rows: Mapping[str, VisitorRow]
    known: defaultdict[str, list[Known]]
    _digest_of: Mapping[str, str]
    _new: list[dict[str, Any]] = field(default_factory=list)

    def of(self, fresh: Fresh) -> list[str]:
        """The visitors behind an act, the most telling first."""
        return [self._digest_of[each] for each in fresh.read.visitors]

    def owner(self, fresh: Fresh) -> ProspectId | None:
        """Whose an act is by its first visitor alone: what another tells may be about somebody else."""
        if not fresh.read.visitors:
            return None
        return who_at(self.known[self.of(fresh)[0]], fresh.read.happened_at)

    def recognise(self, fresh: Fresh, who: ProspectId) -> None:
        """From this act on its visitors are this person, unless they are that already."""
        at = fresh.read.happened_at
        for visitor in self.of(fresh):
            if who_at(self.known[visitor], at) == who:
                continue
            if self.known[visitor]:
                row = self.rows[visitor]
                row.first_touch = row.last_touch = None
            self.known[visitor].append((at, who))
            self._new.append({"visitor": visitor, "since": at, "prospect_id": who})

    def meet_one(self, fresh: Fresh, who: ProspectId | None) -> dict[str, Any]:
        """Take one act into account, in order of time; what its body gains by what is known."""
        self._note_touch(fresh)
        if who is None:
            return {}
        self.recognise(fresh, who)
        return self._touches(fresh)

    def _note_touch(self, fresh: Fresh) -> None:
        if not (touch := _touch_of(fresh)):
            return
        for visitor in self.of(fresh):
            row, at = self.rows[visitor], touch["at"]
            if row.first_touch is None or at < row.first_touch["at"]:
                row.first_touch = touch
            if row.last_touch is None or at >= row.last_touch["at"]:
                row.last_touch = touch

    def _touches(self, fresh: Fresh) -> dict[str, Any]:
        """What the body of who says who they are gains: what led them here; a form's also the campaign."""
        kind = fresh.read.kind
        if kind not in (Kind.FORM, Kind.IDENTIFIED) or not fresh.read.visitors:
            return {}
        row, body = self.rows[self.of(fresh)[0]], fresh.read.body
        gained = {"first_touch": row.first_touch, "last_touch": row.last_touch}
        if kind is Kind.FORM and not body.get("campaign"):
            gained["campaign"] = (row.last_touch or {}).get("utm_campaign")
        return {name: value for name, value in gained.items() if value}

    def keep(self, session: Session) -> None:
        """Write down who was recognised."""
        session.flush()
        self._new.sort(key=lambda row: (row["prospect_id"], row["visitor"], row["since"]))
        insert_new(session, RecognitionRow, self._new, on=["prospect_id", "visitor", "since"])


def who_at(known: Iterable[Known], at: datetime) -> ProspectId | None:
    """Whom a visitor was at an instant; before anybody was recognised, it was the first of them."""
    ordered = sorted(known)
    earlier = [who for since, who in ordered if since <= at]
    if earlier:
        return earlier[-1]
    return ordered[0][1] if ordered else None


def waits_as(visitor: str) -> str:
    """Under what that waits which concerns a visitor only once they say who they are by that very name."""
    return f"={visitor}"[:64]


def meet(session: Session, fresh: Sequence[Fresh], now: datetime, *, secret: str) -> Guests:
    """The visitors behind these acts, each locked, so that no act slips past a recognition elsewhere."""
    names = {name for each in fresh for name in each.read.visitors}
    if not names:
        return Guests({}, defaultdict(list), {})
    digest_of = {name: digest(secret, "visitor", name) for name in names}
    found = sorted(digest_of.values())
    insert_new(
        session,
        VisitorRow,
        [{"digest": each, "seen_at": now} for each in found],
        on=["digest"],
    )
    query = select(VisitorRow).where(VisitorRow.digest.in_(found)).order_by(VisitorRow.digest)
    if not on_sqlite(session):
        query = query.with_for_update()
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    guests = Guests({row.digest: row for row in rows}, defaultdict(list), digest_of)
    for row in guests.rows.values():
        row.seen_at = now
    known = session.execute(
        select(RecognitionRow.visitor, RecognitionRow.since, RecognitionRow.prospect_id).where(
            RecognitionRow.visitor.in_(found)
        )
    )
    for visitor, since, who in known:
        guests.known[visitor].append((since, ProspectId(who)))
    return guests


def wait(session: Session, guests: Guests, nameless: Sequence[Fresh]) -> None:
    """Keep what visitors did whom nobody knows, until somebody does."""
    rows = [
        {
            "visitor": guests.of(each)[0],
            "id": each.capture_id,
            "source": each.source,
            "key": each.key,
            "kind": each.read.kind,
            "happened_at": each.read.happened_at,
            "body": dict(each.read.body),
            "suspect_robot": each.read.suspect_robot,
        }
        for each in nameless
    ]
    insert_new(session, TraceRow, rows, on=["visitor", "id"])


def joined(session: Session, guests: Guests) -> list[Fact]:
    """What has waited for those who are recognised by now: facts to record, and no traces any more."""
    known = [visitor for visitor, found in guests.known.items() if found]
    if not known:
        return []
    trace = table_of(TraceRow)
    rows = session.execute(
        delete(trace).where(trace.c.visitor.in_(known)).returning(*trace.columns)
    ).all()
    whose: dict[UUID, ProspectId] = {}
    by_person: defaultdict[ProspectId, list[UUID]] = defaultdict(list)
    for row in rows:
        who = who_at(guests.known[row.visitor], row.happened_at)
        assert who is not None
        whose[row.id] = who
        by_person[who].append(row.id)
    for who, captures in by_person.items():
        session.execute(
            update(CaptureRow)
            .where(CaptureRow.id.in_(captures))
            .values(state=CaptureState.RECORDED, reason=None, prospect_id=who)
            .execution_options(synchronize_session=False)
        )
    return [
        Fact(
            prospect_id=whose[row.id],
            kind=Kind(row.kind),
            happened_at=row.happened_at,
            source=row.source,
            key=row.key,
            body=row.body,
            suspect_robot=row.suspect_robot,
        )
        for row in rows
    ]


def are_told_of(session: Session, slug: str, now: datetime) -> bool:
    """Whether the script stands on the pages of this form: whether they told anything lately."""
    lately = select(DeliveryRow.id).where(
        DeliveryRow.source == inbox_of_pages(slug), DeliveryRow.id >= first_id(now - LATELY)
    )
    return session.execute(lately.limit(1)).first() is not None


def forget(session: Session, prospect_id: ProspectId, names: Collection[str]) -> None:
    """What led a person's visitors here goes, and what waits for a name and holds one of theirs.

    That a visitor was theirs is dropped with them.
    """
    theirs = select(RecognitionRow.visitor).where(RecognitionRow.prospect_id == prospect_id)
    found = sorted(set(session.execute(theirs).scalars()))
    waiting = [*found, *map(waits_as, found)]
    text = func.lower(cast(TraceRow.body, Text))
    holds_one = [text.contains(each, autoescape=True) for each in names]
    for statement in (
        delete(TraceRow).where(or_(TraceRow.visitor.in_(waiting), *holds_one)),
        delete(VisitorRow).where(VisitorRow.digest.in_(found)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _touch_of(fresh: Fresh) -> dict[str, Any]:
    """What led to this page view, if anything did: campaign words, click ids, or another site."""
    read = fresh.read
    if read.kind is not Kind.PAGE_VIEW or read.suspect_robot:
        return {}
    touch = read.body.get("touch") or {}
    told = {name: value for name, value in touch.items() if name in TOUCH}
    if not told and not read.body.get("came_from"):
        return {}
    page = {"page": read.body.get("page"), "came_from": read.body.get("came_from")}
    at = read.happened_at.isoformat().replace("+00:00", "Z")
    return {name: value for name, value in {"at": at, **page, **told}.items() if value}
