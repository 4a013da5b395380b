"""Which company somebody is at, found by its name where no domain tells; where the name is only near, a person is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects import outbox
from prospects.company_names import Known, Means, Perhaps, bare_name, which
from prospects.ids import AccountId, ProspectId
from prospects.rows import AccountRow, ProspectRow
from prospects.store import insert_new, table_of
from prospects.table import Base
from prospects.topics import Topic

MOST_KNOWN = 500
"""Companies whose names begin alike that are compared, those known longest."""
BEGINNING = 3
"""Characters that a name and the one it means have in common at their beginning."""


_START = func.lower(func.substr(table_of(AccountRow).c.name, 1, BEGINNING))


class CompanyQuestionRow(Base):
    """Which company somebody means, for a person to say; `account_ids` are the likeliest, first the best."""

    __tablename__ = "company_question"
    __table_args__ = (
        Index(
            "ix_company_question_open",
            "asked_at",
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    name: Mapped[str]
    account_ids: Mapped[list[str]] = mapped_column(default=list)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]

    __erasure_drops_row__: ClassVar[bool] = True


# Which companies a name may mean; SQLite looks at all of them.
Index("ix_account_beginning", _START).ddl_if(dialect="postgresql")


def match(session: Session, rows: Sequence[ProspectRow], now: datetime) -> None:
    """Give a company to those of these people whom only its name tells; ask where it is not sure."""
    nameless = [row for row in rows if row.account_id is None and row.company]
    known = _known(session, {each for row in nameless for each in _spelt(row.company or "")})
    asked: list[dict[str, Any]] = []
    for row in nameless:
        name = row.company or ""
        firms = [each for start in _spelt(name) for each in known.get(start, ())]
        match which(name, row.country, firms):
            case Means(found):
                row.account_id = found
            case Perhaps(ids):
                asked.append(
                    {
                        "prospect_id": row.id,
                        "name": name,
                        "account_ids": [str(each) for each in ids],
                        "asked_at": now,
                    }
                )
            case None:
                pass
    session.flush()
    asked.sort(key=lambda each: each["prospect_id"])
    insert_new(session, CompanyQuestionRow, asked, on=["prospect_id"])


def waiting(session: Session, limit: int) -> list[tuple[CompanyQuestionRow, ProspectRow]]:
    """What a person is asked, the latest first, of people who still have no company."""
    rows = session.execute(
        select(CompanyQuestionRow, ProspectRow)
        .join(ProspectRow, ProspectRow.id == CompanyQuestionRow.prospect_id)
        .where(CompanyQuestionRow.answered_at.is_(None), ProspectRow.account_id.is_(None))
        .where(ProspectRow.absorbed_by.is_(None), ProspectRow.erased_at.is_(None))
        .order_by(CompanyQuestionRow.asked_at.desc(), CompanyQuestionRow.prospect_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def answer(
    session: Session, who: ProspectId, account: AccountId | None, by: str, now: datetime
) -> bool:
    """Say at which of the companies asked about somebody is; None: at none of them. False if not asked.

    The first answer stands.
    """
    # The person first, as whoever forgets them does.
    person = session.get(ProspectRow, who, with_for_update=True)
    row = session.get(CompanyQuestionRow, who, populate_existing=True)
    if person is None or row is None:
        return False
    if account is not None and str(account) not in row.account_ids:
        return False
    if row.answered_at is not None:
        return True
    row.answered_at, row.answered_by = now, by
    if account is not None and person.account_id is None:
        person.account_id, person.changed_at = account, now
        outbox.post(session, Topic.REACT, [who], now)
    session.flush()
    return True


_AND = ("&", " & ")


def _spelt(name: str) -> set[str]:
    """How the names of companies that this one may mean can begin in the database: it knows no
    punctuation to be left out (`E.ON`, `A.B.C.`, `H&M`), no legal form (`3M GmbH`), and SQLite's small
    letters are ASCII's.
    """
    bare, typed = bare_name(name), name.strip().lower()
    spelt = (
        *(bare, f"{bare} ", typed, f"{typed[:1].upper()}{typed[1:]}"),
        *(
            ".".join(bare[:2]),
            bare.replace(" ", ". "),
            *(bare.replace(" and ", each) for each in _AND),
        ),
    )
    return {each[:BEGINNING] for each in spelt} if bare else set()


def _known(session: Session, beginnings: set[str]) -> Mapping[str, list[Known]]:
    """By how their names begin in the database: the companies of these beginnings."""
    wanted = sorted(beginnings)
    if not wanted:
        return {}
    nth = func.row_number().over(partition_by=_START, order_by=AccountRow.id)
    # For each beginning on its own: what somebody means depends on nobody who comes with them.
    some = (
        select(
            *(AccountRow.id, AccountRow.name, AccountRow.fields),
            *(_START.label("start"), nth.label("nth")),
        )
        .where(AccountRow.name.is_not(None), _START.in_(wanted))
        .subquery()
    )
    people = (
        select(func.count())
        .where(ProspectRow.account_id == some.c.id, ProspectRow.absorbed_by.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(some.c.id, some.c.name, some.c.fields, some.c.start, people.label("people"))
        .where(some.c.nth <= MOST_KNOWN)
        .order_by(some.c.id)
    )
    found: dict[str, list[Known]] = {}
    for row in rows:
        country = (row.fields or {}).get("country")
        here = country.upper() if isinstance(country, str) else None
        found.setdefault(row.start, []).append(Known(row.id, row.name, here, row.people))
    return found
