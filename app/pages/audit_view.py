"""Reads the audit: acts by person, kind and time, the newest first, as lines and as a table for spreadsheets."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from io import StringIO
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.pages import audit_words, turning
from app.pages.admin_views import Audit, AuditLine
from app.pages.audit_words import ACTS, COMMANDS, PROGRAM, Names
from app.reports.table import guarded
from app.rows import ApiTokenRow
from prospects import team
from prospects.audit import AuditRow
from prospects.ids import first_id
from prospects.member import Member
from prospects.texts import storable

MOST_AT_ONCE = 50_000
"""Lines of one table for a spreadsheet; whoever needs more asks for a shorter time."""
COMMAND_LINE, PROGRAMS = "commands", "programs"
OTHERS = {COMMAND_LINE: "The command line", PROGRAMS: "Programs"}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; days are the viewer's."""

    who: str = ""
    act: str = ""
    since: date | None = None
    until: date | None = None

    def typed(self) -> dict[str, str]:
        """The same as a form holds it."""
        return {
            "who": self.who,
            "act": self.act,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }


def asked(written: Mapping[str, str]) -> Asked:
    """What an address asks for; what cannot be read is not asked for."""
    return Asked(
        who=_text(written.get("who", "")),
        act=_text(written.get("act", "")),
        since=_day(written.get("since", "")),
        until=_day(written.get("until", "")),
    )


def read(session: Session, wanted: Asked, before: UUID | None, zone: tzinfo) -> Audit:
    """One page."""
    members = team.members(session)
    query = _query(wanted, members, zone).limit(turning.PAGE + 1)
    if before is not None:
        query = query.where(AuditRow.id < before)
    rows, last = turning.one_page(list(session.execute(query).scalars()))
    names = names_of(session, members)
    typed = wanted.typed()
    return Audit(
        lines=[_line(row, names) for row in rows],
        typed=typed,
        people=[*((str(each.id), each.name) for each in members), *OTHERS.items()],
        acts=sorted({(key, words) for key, (words, _) in ACTS.items()}, key=lambda each: each[1]),
        next_url=turning.next_url("/audit", typed, last.id) if last else None,
        csv_url=turning.with_query("/audit.csv", typed),
        narrowed=any(typed.values()),
    )


def as_csv(session: Session, wanted: Asked, zone: tzinfo) -> str:
    """The same acts for a spreadsheet, in which no cell is ever a formula."""
    members = team.members(session)
    rows = session.execute(_query(wanted, members, zone).limit(MOST_AT_ONCE)).scalars()
    names = names_of(session, members)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["at", "who", "act", "in words", "about", "detail"])
    for row in rows:
        who = audit_words.who(row.who, names)
        said = (row.act, audit_words.act(row.act), row.about, audit_words.detail(row.detail, names))
        at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        writer.writerow([at, guarded(who), *(guarded(each) for each in said)])
    return out.getvalue()


def names_of(session: Session, members: Sequence[Member]) -> Names:
    """Colleagues and tokens by what the audit calls them."""
    tokens = session.execute(select(ApiTokenRow.id, ApiTokenRow.name))
    return Names(
        members={str(each.id): each.name for each in members},
        emails={each.email: each.name for each in members},
        tokens={str(token): name for token, name in tokens},
    )


def _query(wanted: Asked, members: Sequence[Member], zone: tzinfo) -> Select[AuditRow]:
    query = select(AuditRow).order_by(AuditRow.id.desc())
    if wanted.who:
        query = query.where(_by(wanted.who, members))
    if wanted.act:
        query = query.where(AuditRow.act == wanted.act)
    # Ids begin with their instant, so that the key alone answers for the time.
    if wanted.since:
        query = query.where(AuditRow.id >= first_id(_midnight(wanted.since, zone)))
    if wanted.until:
        after = wanted.until + timedelta(days=1)
        query = query.where(AuditRow.id < first_id(_midnight(after, zone)))
    return query


def _by(who: str, members: Sequence[Member]) -> ColumnElement[bool]:
    """Pages name colleagues by id, programs that act as them by e-mail, managers' acts by name."""
    if who == PROGRAMS:
        return AuditRow.who.startswith(PROGRAM, autoescape=True)
    if who == COMMAND_LINE:
        return AuditRow.who.in_(COMMANDS)
    found = next((each for each in members if str(each.id) == who), None)
    return AuditRow.who.in_([who] if found is None else [who, found.email, found.name])


def _line(row: AuditRow, names: Names) -> AuditLine:
    about, url = audit_words.about(row.act, row.about, names)
    return AuditLine(
        at=row.at,
        who=audit_words.who(row.who, names),
        act=audit_words.act(row.act),
        about=about,
        url=url,
        detail=audit_words.detail(row.detail, names),
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _text(written: str) -> str:
    text = written.strip()[:LONGEST]
    return text if storable(text) else ""


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
