"""What colleagues of the demo do beside leads: write down costs, take customers, tell an old program."""

from datetime import datetime, timedelta

from app.demo.acting import Hands
from app.demo.crowd import win
from app.demo.people import HUSEYIN
from app.demo.story import BEGINNING, Story, day
from app.reports.costs import set_cost

SAM = "sam@isotherm.example"
COSTS = (
    ("linkedin", "Spring guide", ("1900.00", "2400.00", "1150.00")),
    ("meta", "Warehouse guide", ("800.00", "950.00", "")),
    ("google", "search-brand", ("310.00", "420.00", "260.00")),
    ("google", "search-haccp", ("740.00", "690.00", "380.00")),
)
ORDERED = 2
"""Of the last ten: what the first offer a visitor opens says beside it."""
AMOUNTS = (21_600, 9_800)
MONTHS = ("2026-01", "2026-02", "2026-03")


def enter(story: Story, hands: Hands) -> None:
    """Write their beats."""
    story.at(BEGINNING, lambda: hands.every_morning("anselm@isotherm.example"))
    story.at(day(1, 17), lambda: _costs(story, story.now))
    story.at(day(33, 12), lambda: _hook(story))
    story.at(day(1, 9, 30), lambda: _orders(story))


def _costs(story: Story, now: datetime) -> None:
    """Marketing writes down what the campaigns cost."""
    for source, campaign, amounts in COSTS:
        for month, amount in zip(MONTHS, amounts, strict=True):
            typed = {
                "source": source,
                "campaign": campaign,
                "month": month,
                "amount": amount,
                "currency": "EUR",
            }
            story.director.do(
                lambda to, typed=typed: set_cost(to, typed, now, by="ida@isotherm.example")  # type: ignore[misc]
            )


def _hook(story: Story) -> None:
    """A program is to be told of offers that was taken away meanwhile: the call to it is given up."""
    hook = {
        "slug": "old-crm",
        "url": f"{story.outside.linkedin.url}/gone",
        "events": ["handoff.offered"],
    }
    story.office.ask(SAM, "POST", "/hooks", hook)


def _orders(story: Story) -> None:
    """Those found to be deciding order, until the record of the visitor's offer says two of ten."""
    missing = ORDERED - story.office.ordered("decision")
    open_still = story.office.checked("decision", story.now - timedelta(days=3))
    free = [each for each in open_still if each.email != HUSEYIN.email]
    for offer, amount in zip(free[: max(missing, 0)], AMOUNTS, strict=False):
        win(story, offer, amount=amount)
