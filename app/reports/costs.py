"""What campaigns cost, month by month, as somebody here wrote it down."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import CheckConstraint, Numeric, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.faults import Fault, FaultyError
from prospects.store import upsert
from prospects.table import Base
from prospects.texts import storable

Key = tuple[str, str, str]
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
LONGEST = 200


class CostRow(Base):
    """What one campaign of one source cost in one month; no campaign is the empty text."""

    __tablename__ = "cost"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(primary_key=True, default="")
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    currency: Mapped[str] = mapped_column(String(3))
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class CostFaultsError(FaultyError):
    """This cost cannot be kept; every mistake is listed."""


def costs(session: Session) -> dict[Key, tuple[Decimal, str]]:
    """Amount and currency by source, campaign and month."""
    rows = session.execute(select(CostRow)).scalars()
    return {
        (row.source, row.campaign, row.month): (row.amount.quantize(Decimal("0.01")), row.currency)
        for row in rows
    }


def set_cost(session: Session, typed: Mapping[str, str], now: datetime, *, by: str) -> None:
    """Keep the cost of `source`, `campaign` and `month`: `amount` and `currency`; no amount takes it away.

    Raises CostFaultsError.
    """
    faults = list(_faults(typed).values())
    if faults:
        raise CostFaultsError(*faults)
    key = {name: typed.get(name, "").strip() for name in ("source", "campaign", "month")}
    if not typed.get("amount", "").strip():
        session.execute(
            delete(CostRow).where(*(getattr(CostRow, name) == key[name] for name in key))
        )
        return
    row = {**key, "amount": _amount(typed), "currency": _currency(typed)}
    upsert(session, CostRow, [{**row, "set_by": by, "set_at": now}], on=list(key))


def _faults(typed: Mapping[str, str]) -> dict[str, Fault]:
    found = {}
    source, campaign = (typed.get(name, "").strip() for name in ("source", "campaign"))
    if not source or len(source) > LONGEST or not storable(source):
        found["source"] = Fault("source", "the source is missing", "choose one")
    if len(campaign) > LONGEST or not storable(campaign):
        found["campaign"] = Fault("campaign", "no campaign is called so", "at most 200 characters")
    if not _MONTH.fullmatch(typed.get("month", "").strip()):
        found["month"] = Fault("month", "this is no month", "write it like 2026-03")
    if typed.get("amount", "").strip():
        if _amount(typed) is None:
            found["amount"] = Fault("amount", "this is no amount", "write it like 1200.00")
        if not _CURRENCY.fullmatch(_currency(typed)):
            found["currency"] = Fault("currency", "this is no currency", "three letters, like EUR")
    return found


def _amount(typed: Mapping[str, str]) -> Decimal | None:
    written = typed.get("amount", "").strip().replace(" ", "").replace(",", ".")
    try:
        return Decimal(written) if _AMOUNT.fullmatch(written) else None
    except InvalidOperation:
        return None


def _currency(typed: Mapping[str, str]) -> str:
    return typed.get("currency", "").strip().upper()
