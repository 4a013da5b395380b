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
    if burden.customers:
        said.append(
            f"{several(burden.customers, 'new customer waits', 'new customers wait')} for them to take "
            "over: a manager gives each to somebody else, under Stuck."
        )
    if burden.write_ups:
        back = several(burden.write_ups, "write-up goes", "write-ups go")
        said.append(f"{back} back to the desk, for somebody else to take.")
    said.append("Their name stays in the history. You can let them in again at any time.")
    return said
