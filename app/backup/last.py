"""When this database was last backed up: noted in its audit, because a backup is a copy of everybody's data."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.backup.archive import Manifest
from prospects import audit

ACT = "backup"


def note(session: Session, file: Path, manifest: Manifest, now: datetime, *, who: str) -> None:
    """Write down that a backup was made, and where it went."""
    rows = sum(each.rows for each in manifest.sums.values())
    audit.note(session, ACT, file.absolute(), now, who=who, rows=rows)


def backed_up_at(session: Session) -> datetime | None:
    """When the last backup was made; None if there was never one."""
    return audit.latest(session, ACT)
