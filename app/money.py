"""Amounts of money as people read them; what programs read is in `app/api`."""

from decimal import Decimal


def money(amount: Decimal | None, currency: str | None) -> str:
    """`1,200.00 EUR`; empty without an amount."""
    return "" if amount is None else f"{amount:,.2f} {currency or ''}".rstrip()
