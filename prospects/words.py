"""What people are found by: their name, address, company and title, folded, in one text each."""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, delete, func, select
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
    """Find these people by what stands on their rows now, and on those of whom they absorbed.

    Whom nothing is said of has no row.
    """
    texts = _texts(session, list(rows))
    found = [{"prospect_id": who, "words": text} for who, text in texts.items() if text]
    found.sort(key=lambda each: str(each["prospect_id"]))
    upsert(session, ProspectWordsRow, found, on=["prospect_id"])
    if silent := [who for who, text in texts.items() if not text]:
        session.execute(
            delete(ProspectWordsRow)
            .where(ProspectWordsRow.prospect_id.in_(silent))
            .execution_options(synchronize_session=False)
        )


def _texts(session: Session, rows: Sequence[ProspectRow]) -> dict[UUID, str]:
    """The text of each of these people, and of who stands for those that were absorbed."""
    heads = {row.absorbed_by or row.id for row in rows}
    in_groups = select(ProspectRow).where(ProspectRow.absorbed_by.in_(heads))
    members = session.execute(in_groups.order_by(ProspectRow.id)).scalars().all()
    away = heads - {row.id for row in rows}
    query = select(ProspectRow).where(ProspectRow.id.in_(away))
    others = session.execute(query).scalars().all() if away else ()
    texts = {row.id: words_of(row) for row in (*rows, *others)}
    for member in members:
        texts[member.absorbed_by or member.id] += _BETWEEN + words_of(member)
    return texts


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
