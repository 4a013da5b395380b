"""What people are found by: their name, address, company and title, folded, in one text each."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.conditions.compare import fold
from prospects.rows import ProspectRow
from prospects.store import on_sqlite, upsert
from prospects.table import Base

MOST_WORDS = 8
TRIGRAMS = "ix_prospect_words_trgm"
"""On PostgreSQL, where the extension `pg_trgm` can be had: finds any three characters anywhere in the text."""
FEWEST = 3
"""Characters of a word that the index finds."""
_BETWEEN = "\n"


class ProspectWordsRow(Base):
    """One person's words. Beside the person's own row, so that a change of stage does not index them anew."""

    __tablename__ = "prospect_words"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    words: Mapped[str]

    __erasure_drops_row__: ClassVar[bool] = True


def words_of(row: ProspectRow) -> str:
    """The text a person is found by."""
    said = (row.name, row.email, row.company, row.title)
    return _BETWEEN.join(fold(each) for each in said if each)


def keep(session: Session, rows: Iterable[ProspectRow]) -> None:
    """Find these people by what stands on their rows now."""
    found = [{"prospect_id": row.id, "words": words_of(row)} for row in rows]
    found.sort(key=lambda each: str(each["prospect_id"]))
    upsert(session, ProspectWordsRow, found, on=["prospect_id"])


def matching(q: str) -> ColumnElement[bool]:
    """People in whose text every word of `q` stands somewhere."""
    query = select(ProspectWordsRow.prospect_id)
    for part in parts(q):
        query = query.where(ProspectWordsRow.words.contains(part, autoescape=True))
    return ProspectRow.id.in_(query)


def parts(q: str) -> list[str]:
    """The words of a search, folded; no more than a few."""
    return fold(q).split()[:MOST_WORDS]


def indexed(session: Session, q: str) -> bool:
    """Whether an index finds them, so that everybody may be asked for at once."""
    if on_sqlite(session) or not any(len(part) >= FEWEST for part in parts(q)):
        return False
    return session.execute(select(func.to_regclass(TRIGRAMS))).scalar_one() is not None
