"""What people asked of us after a backup was made, held against the backup as it comes back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from app import never_again
from app.backup.afresh import Afresh, Written
from app.backup.shape import INSTANT
from app.never_again import Forgotten, Unwanted
from prospects.identity import Identity, identity_digest
from prospects.topics import Topic


@dataclass(slots=True)
class Wishes:
    """The wishes that the backup does not know of; rows are shown to it as they go by.

    An erasure that the backup knows is left out: who came back after it is a new person.
    """

    secret: str
    forgotten: dict[str, str] = field(default_factory=dict)
    """Digest of an identity, and when it was last erased, in the written form."""
    unwanted: dict[tuple[str, str], Unwanted] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, lists: Iterable[Path], secret: str) -> "Wishes":
        """All that stands in these lists."""
        wishes = cls(secret)
        for each in (wish for path in lists for wish in never_again.read(path)):
            wishes._add(each)
        return wishes

    @property
    def people(self) -> list[str]:
        """Who in the backup is to be forgotten, by id; known when all rows have gone by."""
        gone = {owner for digest, owner in self._owners.items() if digest in self.forgotten}
        return [str(UUID(each)) for each in sorted(gone)]

    def see(self, table: str, names: Sequence[str], row: Sequence[Any]) -> None:
        """Look at one row of the backup."""
        match table:
            case "identity" if self.forgotten:
                self._see_identity(dict(zip(names, row, strict=True)))
            case "tombstone":
                self._see_tombstone(dict(zip(names, row, strict=True)))
            case "suppression":
                known = dict(zip(names, row, strict=True))
                self.unwanted.pop((known["digest"], known["topic"]), None)

    def promises(self, afresh: Afresh) -> Iterator[Written]:
        """The promises to forget them, which come in with the rows."""
        return (afresh.promise(Topic.ERASE, who) for who in self.people)

    def tombstones(self) -> Iterator[Written]:
        """Erasures that the backup does not know."""
        return ({"digest": each, "erased_at": at} for each, at in self.forgotten.items())

    def suppressions(self) -> Iterator[Written]:
        """Addresses not to be mailed that the backup does not know."""
        return (
            {"digest": each.unwanted, "topic": each.topic, "reason": each.reason, "at": each.at}
            for each in self.unwanted.values()
        )

    def _add(self, wish: Forgotten | Unwanted) -> None:
        at = datetime.fromisoformat(wish.at).astimezone(UTC).strftime(INSTANT)
        if isinstance(wish, Unwanted):
            kept = Unwanted(wish.unwanted, wish.topic, wish.reason, at)
            self.unwanted.setdefault((wish.unwanted, wish.topic), kept)
        else:
            self.forgotten[wish.forgotten] = max(at, self.forgotten.get(wish.forgotten, ""))

    def _see_identity(self, row: Written) -> None:
        digest = identity_digest(self.secret, Identity(row["kind"], row["key"]))
        if digest in self.forgotten:
            self._owners[digest] = row["prospect_id"]

    def _see_tombstone(self, row: Written) -> None:
        if self.forgotten.get(row["digest"], "9") <= row["erased_at"]:
            del self.forgotten[row["digest"]]
