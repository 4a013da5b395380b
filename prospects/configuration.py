"""What marketers and administrators have set, as versioned documents; each room parses its own kinds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.store import insert_new, upsert
from prospects.table import Base

T = TypeVar("T")


class ConfigurationRow(Base):
    """One document: kind (scoring, stages, routing, source, flow, mail, switch …), slug, body."""

    __tablename__ = "configuration"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(String(10), default="files")
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]


class WorkspaceRow(Base):
    """One row: a number that rises with every change, so that caches know when they are stale."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    sealed_with: Mapped[str | None]
    """The fingerprint of the key that its secrets are sealed with."""


@dataclass(frozen=True, slots=True)
class Document:
    """One configured thing. Secrets in `body` are sealed (prospects/sealing.py)."""

    kind: str
    slug: str
    version: int
    body: Mapping[str, Any]
    owner: str
    applied_at: datetime


_parsed: WeakKeyDictionary[Engine, dict[Any, tuple[int, Any]]] = WeakKeyDictionary()


def version(session: Session) -> int:
    """The workspace's version; 0 before anything was applied."""
    return session.execute(select(WorkspaceRow.version)).scalar_one_or_none() or 0


def read(session: Session, kind: str) -> dict[str, Document]:
    """Every document of a kind by slug, in order of slug."""
    rows = session.execute(
        select(ConfigurationRow)
        .where(ConfigurationRow.kind == kind)
        .order_by(ConfigurationRow.slug)
    ).scalars()
    return {
        row.slug: Document(kind, row.slug, row.version, row.body, row.owner, row.applied_at)
        for row in rows
    }


def parsed(session: Session, kind: str, parse: Callable[[Mapping[str, Document]], T]) -> T:
    """`parse(read(session, kind))`, kept in this process until the workspace changes.

    `parse` must be a module-level function: it is the key of the cache.
    """
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    kept = _parsed.setdefault(engine, {})
    current = version(session)
    found = kept.get((kind, parse))
    if found is None or found[0] != current:
        found = (current, parse(read(session, kind)))
        kept[kind, parse] = found
    result: T = found[1]
    return result


def write(
    session: Session,
    kind: str,
    slug: str,
    body: Mapping[str, Any],
    now: datetime,
    *,
    by: str,
    owner: str = "files",
) -> int:
    """Set one document; returns the workspace's new version, which is the document's too."""
    number = _raise_version(session)
    upsert(
        session,
        ConfigurationRow,
        [
            {
                "kind": kind,
                "slug": slug,
                "version": number,
                "body": dict(body),
                "owner": owner,
                "applied_at": now,
                "applied_by": by,
            }
        ],
        on=["kind", "slug"],
    )
    return number


def remove(session: Session, kind: str, slug: str) -> None:
    """Take one document away."""
    _raise_version(session)
    session.execute(
        delete(ConfigurationRow).where(ConfigurationRow.kind == kind, ConfigurationRow.slug == slug)
    )


def lock(session: Session) -> int:
    """The workspace's version, which stays so for everybody else until this transaction ends."""
    insert_new(session, WorkspaceRow, [{"id": 1, "version": 0}], on=["id"])
    return session.execute(
        select(WorkspaceRow.version).where(WorkspaceRow.id == 1).with_for_update()
    ).scalar_one()


def sealed_with(session: Session) -> str | None:
    """The fingerprint of the key that this workspace's secrets are sealed with; None if not noted."""
    return session.execute(select(WorkspaceRow.sealed_with)).scalar_one_or_none()


def seal_with(session: Session, fingerprint: str, *, anew: bool = False) -> None:
    """Note the key that secrets are sealed with; over one that is noted only `anew`."""
    insert_new(session, WorkspaceRow, [{"id": 1, "version": 0}], on=["id"])
    noting = update(WorkspaceRow).where(WorkspaceRow.id == 1).values(sealed_with=fingerprint)
    session.execute(noting if anew else noting.where(WorkspaceRow.sealed_with.is_(None)))


def touch(session: Session) -> int:
    """Make every cache stale: something that is kept outside documents (the team) has changed."""
    return _raise_version(session)


def _raise_version(session: Session) -> int:
    insert_new(session, WorkspaceRow, [{"id": 1, "version": 0}], on=["id"])
    return session.execute(
        update(WorkspaceRow)
        .where(WorkspaceRow.id == 1)
        .values(version=WorkspaceRow.version + 1)
        .returning(WorkspaceRow.version)
        .execution_options(synchronize_session=False)
    ).scalar_one()
