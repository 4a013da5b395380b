"""The list that outlives the database: who was forgotten and who wants no mail, as keyed hashes, in a file.

A backup knows nothing of what happened after it; what a person asked of us must hold all the same.
So each such wish is also a line in `never-again.jsonl` beside the data, and a restore reads it. The
hashes say nothing to who has not got the secret key. Lines may come twice, and none is taken away.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import consents
from prospects.evidence import tells
from prospects.identity import Identity, addresses_of, identity_digest
from prospects.ids import ProspectId
from prospects.rows import IdentityRow, SuppressionRow, TombstoneRow

FILE = "never-again.jsonl"
LATE = timedelta(minutes=10)
"""By so much a transaction may commit later than the instant it wrote down."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An identity that was erased, as `prospects.identity.identity_digest`."""

    forgotten: str
    at: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """An address that is not to be mailed about a topic, as `prospects.consents.address_digest`."""

    unwanted: str
    topic: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Through:
    """All that was on record by then is in the list: where a sweep goes on."""

    through: str


Wish = Forgotten | Unwanted


class Scribe:
    """Carries the wishes on record over into the list of one data folder, and knows how far it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._since = _through(folder / FILE)
        self._lately: frozenset[Wish] = frozenset()

    def catch_up(self, session: Session, now: datetime) -> int:
        """Add what is on record and not in the list yet; returns how much."""
        if not (self._folder / FILE).exists():
            self._since, self._lately = None, frozenset()
        found = _on_record(session, self._since)
        fresh = [wish for wish in found if wish not in self._lately]
        if fresh:
            write(self._folder, [*fresh, Through(now.isoformat())])
        self._since, self._lately = now - LATE, frozenset(found)
        return len(fresh)


def of_person(session: Session, who: ProspectId, now: datetime, *, secret: str) -> list[Wish]:
    """What goes on the list when this person is forgotten; to be asked before they are."""
    identities = [
        Identity(row.kind, row.key)
        for row in session.scalars(select(IdentityRow).where(IdentityRow.prospect_id == who))
    ]
    at = now.isoformat()
    return [
        *(Forgotten(identity_digest(secret, each), at) for each in identities if tells(each.kind)),
        *(
            Unwanted(consents.address_digest(secret, each), consents.EVERYTHING, "erased", at)
            for each in addresses_of(identities)
        ),
    ]


def _on_record(session: Session, instant: datetime | None) -> list[Wish]:
    """The wishes on record, or those since `instant`."""
    gone, barred = select(TombstoneRow), select(SuppressionRow)
    if instant is not None:
        gone = gone.where(TombstoneRow.erased_at >= instant)
        barred = barred.where(SuppressionRow.at >= instant)
    return [
        *(Forgotten(row.digest, row.erased_at.isoformat()) for row in session.scalars(gone)),
        *(
            Unwanted(row.digest, row.topic, row.reason, row.at.isoformat())
            for row in session.scalars(barred)
        ),
    ]


def write(folder: Path, wishes: Iterable[Wish | Through]) -> None:
    """Add these to the list in the data folder, and have them on the disk before this returns."""
    lines = "".join(json.dumps(asdict(wish)) + "\n" for wish in wishes)
    if not lines:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Opened for appending, and one at a time: lines of two processes never mix.
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def read(file: Path) -> Iterator[Wish]:
    """The list in a file; a line that a power cut left half written is passed over."""
    return (each for each in _lines(file) if not isinstance(each, Through))


def _lines(file: Path) -> Iterator[Wish | Through]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError, TypeError, StopIteration):
                found = json.loads(line)
                yield next(kind for name, kind in _KINDS.items() if name in found)(**found)


def _through(file: Path) -> datetime | None:
    """How far a list goes; None for one that is not there or was never caught up."""
    if not file.exists():
        return None
    times = [each.through for each in _lines(file) if isinstance(each, Through)]
    return datetime.fromisoformat(times[-1]) - LATE if times else None


_KINDS: dict[str, type[Forgotten | Unwanted | Through]] = {
    "forgotten": Forgotten,
    "unwanted": Unwanted,
    "through": Through,
}
