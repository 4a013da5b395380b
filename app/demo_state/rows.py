"""The one row that makes a database a demo: its clock, how far it is filled, and what was asked of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class DemoRow(Base):
    """Written once, by `up --demo` on an empty database; without it there is no demo.

    `ahead` is how many seconds the demo's clock is ahead of the world's; negative when it is behind.
    `moving_to` is set while the clock is on its way there. `scene` of `scenes` have been played.
    """

    __tablename__ = "demo"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed: Mapped[int]
    ahead: Mapped[float] = mapped_column(default=0.0)
    moving_to: Mapped[datetime | None]
    scene: Mapped[int] = mapped_column(default=0)
    scenes: Mapped[int] = mapped_column(default=0)
    filled_at: Mapped[datetime | None]
    leads_asked: Mapped[int] = mapped_column(default=0)
    leads_sent: Mapped[int] = mapped_column(default=0)
