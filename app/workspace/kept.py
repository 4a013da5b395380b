"""The texts of the files that were applied, kept so that an export can give their comments back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.workspace.wanted import SEALED as WITH_SECRETS
from app.workspace.wanted import Thing, Wanted
from prospects.sealing import SEALED, SealBrokenError, opened, seal
from prospects.store import upsert
from prospects.table import Base

Key = tuple[str, str]
_LISTS: Mapping[str, Thing] = {
    "team.yaml": Thing.PERSON,
    "segments.yaml": Thing.SEGMENT,
    "sources.yaml": Thing.SOURCE,
    "meanings.yaml": Thing.MEANING,
    "destinations.yaml": Thing.DESTINATION,
}


class WrittenRow(Base):
    """One document as its file wrote it. `text` of sources and destinations is sealed: a secret may stand in it.

    `body` is what the text meant when it was applied, variables filled in; empty for mails, sources and destinations.
    """

    __tablename__ = "written"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]
    text: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Text:
    """One file's text as applied, and what it meant; None where it is to be taken by the letter."""

    kind: Thing
    slug: str
    file: str
    text: str = field(repr=False)
    body: Mapping[str, Any] | None = field(repr=False)


def texts_of(texts: Mapping[str, str], wanted: Iterable[Wanted]) -> list[Text]:
    """The texts of a folder that hold something, each under what it holds."""
    found: dict[str, list[Wanted]] = {}
    for each in wanted:
        found.setdefault(each.file, []).append(each)
    return [_text(file, texts[file], things) for file, things in found.items()]


def read(session: Session, secret: str) -> dict[Key, Text]:
    """What was kept, by kind and slug; a text that can no longer be opened is left out."""
    rows = session.execute(select(WrittenRow).order_by(WrittenRow.kind, WrittenRow.slug)).scalars()
    found = {(row.kind, row.slug): _opened(row, secret) for row in rows}
    return {key: text for key, text in found.items() if text is not None}


def flow_text(session: Session, slug: str) -> str | None:
    """A flow's text as it was last applied or typed; None if none was kept."""
    row = session.get(WrittenRow, (Thing.FLOW, slug), populate_existing=True)
    return row.text if row else None


def people(session: Session) -> list[dict[str, Any]]:
    """The people of the team.yaml that was applied last, each with the keys it writes."""
    row = session.get(WrittenRow, (Thing.PERSON, Thing.PERSON), populate_existing=True)
    return list(row.body.get("people", [])) if row else []


def keep(session: Session, texts: Sequence[Text], now: datetime, *, secret: str) -> None:
    """Keep these texts in place of the earlier ones of the same things."""
    rows = [
        {
            "kind": each.kind,
            "slug": each.slug,
            "file": each.file,
            "text": seal(secret, each.text)[SEALED] if each.kind in WITH_SECRETS else each.text,
            "body": dict(each.body or {}),
            "kept_at": now,
        }
        for each in texts
    ]
    upsert(session, WrittenRow, rows, on=["kind", "slug"])


def _text(file: str, text: str, things: Sequence[Wanted]) -> Text:
    kind = things[0].kind
    if file not in _LISTS:
        body = None if kind is Thing.MAIL else things[0].body
        return Text(kind, things[0].slug, file, text, body or None)
    people = {"people": [dict(each.body) for each in things]}
    return Text(kind, kind, file, text, people if kind is Thing.PERSON else None)


def _opened(row: WrittenRow, secret: str) -> Text | None:
    text = row.text
    if row.kind in WITH_SECRETS:
        try:
            text = str(opened(secret, {SEALED: text}))
        except SealBrokenError:
            return None
    return Text(Thing(row.kind), row.slug, row.file, text, row.body or None)
