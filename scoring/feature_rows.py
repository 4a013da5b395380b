"""The table of what is kept of each person so that their features need no history."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class FeatureStateRow(Base):
    """One person's tally and earning, as of the last look; a fold over their history, gone with the person.

    `acts` says how many acts are in it, `history` and `mark` of which history (how many, and a sum over
    their ids), `learned_at` is when the last of them was learned: what comes later is added, and if the
    rest does not add up any more (robots found, people merged or parted, late commits) it is made anew.
    What is new waits in `beside` where the tally is long.
    """

    __tablename__ = "feature_state"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    format: Mapped[int]
    acts: Mapped[int]
    history: Mapped[int] = mapped_column(server_default="0")
    mark: Mapped[int] = mapped_column(BigInteger)
    learned_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    """Not written any more: it stays for the version before, from which no migration takes anything."""
    tally: Mapped[dict[str, Any]]
    beside: Mapped[str] = mapped_column(server_default="")
    earned: Mapped[dict[str, Any]]

    __erasure_drops_row__: ClassVar[bool] = True
