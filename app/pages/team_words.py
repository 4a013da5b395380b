"""What the pages of colleagues say: hours, what somebody has in hand, and what becomes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.departure import Burden
from app.pages.words import several


def hours(written: Mapping[str, Any]) -> str:
    """Working hours as team.yaml writes them, in one line."""
    spans = [f"{days} {_listed(times)}" for days, times in written.items()]
    return "; ".join(spans) or "at any hour"


def _listed(times: Any) -> str:
    return ", ".join(map(str, times)) if isinstance(times, list) else str(times)


def hands(burden: Burden) -> list[str]:
    """What a colleague has in hand."""
    counted = (
        (burden.offers, "offer to answer", "offers to answer"),
        (burden.taken, "lead they took", "leads they took"),
        (burden.held, "lead they answer for", "leads they answer for"),
        (burden.promises, "promise to keep", "promises to keep"),
        (burden.customers, "new customer to take over", "new customers to take over"),
        (burden.cared_for, "customer they look after", "customers they look after"),
        (burden.companies, "company they own", "companies they own"),
        (burden.write_ups, "write-up for the desk", "write-ups for the desk"),
        (burden.sign_ins, "sign-in", "sign-ins"),
        (burden.tokens, "token that acts as them", "tokens that act as them"),
    )
    return [several(count, one, many) for count, one, many in counted if count]


def becomes(burden: Burden, name: str) -> Sequence[str]:
    """What becomes of all that if they are deactivated."""
    ways = [
        several(count, one, many)
        for count, one, many in (
            (burden.sign_ins, "sign-in ends", "sign-ins end"),
            (burden.tokens, "token that acts as them ends", "tokens that act as them end"),
        )
        if count
    ]
    said = [f"They cannot sign in any more{', '.join(['', *ways])}; all of it at once."]
    if burden.leads:
        leads = several(burden.leads, "lead goes", "leads go")
        said.append(
            f"{leads} back to routing, which offers each to whose turn it is; the reason it gives "
            f"is that {name} no longer works here. Where nobody is free, it stands under Stuck."
        )
    else:
        said.append("No lead is in their hands.")
    if burden.promises:
        owed = several(burden.promises, "promise is", "promises are")
        said.append(f"{owed} owed to the buyer by whoever takes the lead; until then under Stuck.")
    if burden.customers or burden.cared_for:
        put = several(burden.customers + burden.cared_for, "customer is", "customers are")
        said.append(
            f"{put} put to the next of the account team, with the paper and what was promised; "
            "where nobody is there, a manager gives them to somebody, under Stuck."
        )
    if burden.companies:
        free = several(burden.companies, "company is", "companies are")
        said.append(f"{free} nobody's until somebody takes a lead or a customer there.")
    if burden.write_ups:
        back = several(burden.write_ups, "write-up goes", "write-ups go")
        said.append(f"{back} back to the desk, for somebody else to take.")
    said.append("Their name stays in the history. You can let them in again at any time.")
    return said
