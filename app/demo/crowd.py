"""The many of the demo: who comes in where and when, how far they go, and how reps answer them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from app.demo.cast import Buyer
from app.demo.office import Offered
from app.demo.said import FOUND_AT, FOUND_ELSE, LOST, PRODUCTS, RIGHT_PEOPLE
from app.demo.story import BEGINNING, PRESENT, Story, at_work, day

LAST_LEADS = timedelta(hours=26)
"""Before the present no new lead of the crowd comes in: the last day belongs to the story's heroes."""
META_ENDS = timedelta(days=22)
"""So long before the present Meta falls silent."""
SOURCES = ("linkedin", "meta", "google", "site", "webinar", "site", "linkedin", "meta")
MAILED = frozenset({"linkedin", "meta"})
"""Whose leads ask for the guide, and get its mails."""
PAGES = ("/", "/products/monitor", "/references", "/audit", "/pricing", "/guide", "/security")
VERDICTS = {
    "confirmed": 0.6,
    "later": 0.06,
    "wrong_person": 0.04,
    "earlier": 0.18,
    "not_a_buyer": 0.12,
}
"""How often reps find which, of those who are claimed to be short of deciding."""
DECIDING = (
    "confirmed", "earlier", "confirmed", "not_a_buyer", "confirmed", "confirmed", "wrong_person", "confirmed",
)  # fmt: skip
"""What reps find of those who are claimed to be deciding, by turns.

Any eight in a row hold five confirmed; with the two heroes among the last ten that is the six of ten of
which the offer tells that a visitor opens first.
"""
LATER = {"awareness": "consideration", "consideration": "evaluation"}
EARLIER = {"decision": "evaluation", "evaluation": "consideration"}


Click = Callable[[Buyer, str], object]
"""Somebody follows the link of a mail that has this part in its address, if there is one."""


def enter(story: Story, people: list[Buyer], click: Click) -> None:
    """Give everybody a day, a source and a depth."""
    span = PRESENT - LAST_LEADS - BEGINNING
    for number, who in enumerate(people):
        share = (number + story.dice.random()) / len(people)
        source = SOURCES[number % len(SOURCES)]
        _enter(story, who, at_work(BEGINNING + span * share), source, click)


def _enter(story: Story, who: Buyer, when: datetime, source: str, click: Click) -> None:
    if source == "meta" and when > PRESENT - META_ENDS:
        source = "site"
    depth = story.dice.random()
    story.at(when, lambda: _come_in(story, who, source))
    if depth > 0.3:
        _visits(story, who, when, warm=depth > 0.62)
    if source in MAILED and depth > 0.45:
        part = "/pricing" if depth > 0.7 else "/guide"
        read = when + timedelta(days=story.dice.uniform(2.2, 6))
        if read < PRESENT - LAST_LEADS:
            story.at(read, lambda: click(who, part))
    elif depth > 0.78 and source != "google":
        asked = at_work(when + timedelta(days=story.dice.uniform(2, 12)))
        form = "quote" if depth > 0.88 else "demo"
        if asked < PRESENT - LAST_LEADS:
            story.at(asked, lambda: story.outside.on_site(who, form))


def _come_in(story: Story, who: Buyer, source: str) -> None:
    outside, now = story.outside, story.now
    match source:
        case "linkedin":
            outside.on_linkedin(who, now)
        case "meta":
            outside.on_meta(who, now)
        case "google":
            outside.on_google(who, now, campaign=story.dice.choice((1, 2)))
        case "webinar":
            outside.on_site(who, "webinar")
            outside.signals(who, now, [("webinar", "Audits without paper")])
        case _:
            outside.on_site(who, story.dice.choice(("guide", "guide", "newsletter", "contact")))


def _visits(story: Story, who: Buyer, since: datetime, *, warm: bool) -> None:
    for _visit in range(story.dice.randint(1, 3)):
        when = since + timedelta(days=story.dice.uniform(0.2, 15), minutes=5)
        pages = story.dice.sample(PAGES, story.dice.randint(1, 3))
        if not warm and "/pricing" in pages:
            pages.remove("/pricing")
        acts = [("page_view", page) for page in pages] or [("page_view", "/guide")]
        if when < PRESENT - LAST_LEADS:
            story.at(when, lambda acts=acts: story.outside.signals(who, story.now, acts))  # type: ignore[misc]


Plans = Mapping[str, Callable[[Offered], None]]
"""How reps answer what they are offered of a buyer, by e-mail."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How reps answer what they are offered, unless `scripted` says otherwise for a buyer."""

    story: Story
    scripted: Plans
    deciding: Iterator[str] = field(default_factory=lambda: cycle(DECIDING))

    def look(self) -> None:
        """See to every offer that is new."""
        for offer in self.story.office.fresh_offers():
            plan = self.scripted.get(offer.email)
            if plan is not None:
                plan(offer)
            else:
                self._take(offer)

    def _take(self, offer: Offered) -> None:
        story, dice = self.story, self.story.dice
        taken = at_work(offer.offered_at + timedelta(hours=dice.uniform(0.3, 5)))
        # Before a weekend somebody takes it on the telephone, rather than let it go.
        taken = min(taken, offer.offered_at + timedelta(hours=22))
        if offer.n == 1 and dice.random() < 0.08:
            reason = dice.choice(("no_time", "not_my_area", "already_known"))
            story.at(taken, lambda: self._do(offer, "decline", reason=reason))
            return
        story.at(taken, lambda: self._do(offer, "acceptance"))
        talked = at_work(taken + timedelta(hours=dice.uniform(2, 30)))
        if dice.random() < 0.15:
            tried = taken + (talked - taken) / 2
            story.at(tried, lambda: self._do(offer, "confirmation", verdict="not_reached"))
        story.at(talked, lambda: self._confirm(offer))

    def _do(self, offer: Offered, act: str, **body: Any) -> None:
        self.story.office.act(offer.rep, offer.handoff, act, **body)

    def _confirm(self, offer: Offered) -> None:
        story, dice = self.story, self.story.dice
        verdict = self._verdict(offer)
        self._do(offer, "confirmation", **finding(story, offer, verdict))
        if verdict["verdict"] in ("confirmed", "later"):
            ends = at_work(story.now + timedelta(days=dice.uniform(4, 16)))
            story.at(ends, lambda: self._end(offer))

    def _verdict(self, offer: Offered) -> dict[str, Any]:
        if offer.claimed is None:
            return {"verdict": "confirmed", "stage_found": "evaluation"}
        if offer.claimed == "decision":
            verdict = next(self.deciding)
        else:
            verdict = self.story.dice.choices(*zip(*VERDICTS.items(), strict=True))[0]
        match verdict:
            case "later":
                return {"verdict": verdict, "stage_found": LATER.get(offer.claimed, "decision")}
            case "earlier":
                return {"verdict": verdict, "stage_found": EARLIER.get(offer.claimed, "awareness")}
            case "wrong_person":
                name, local = self.story.dice.choice(RIGHT_PEOPLE)
                right = {"name": name, "email": f"{local}@{offer.email.partition('@')[2]}"}
                return {"verdict": verdict, "right_person": right}
            case _:
                return {"verdict": verdict}

    def _end(self, offer: Offered) -> None:
        dice = self.story.dice
        if dice.random() < 0.25 or (offer.claimed == "decision" and self.story.now > day(9)):
            return
        if dice.random() < 0.5:
            self._do(offer, "outcome", result="lost", reason=dice.choice(LOST))
        else:
            win(self.story, offer, amount=dice.randrange(40, 480) * 100)


def finding(story: Story, offer: Offered, said: Mapping[str, Any]) -> dict[str, Any]:
    """A whole answer of a rep after a call that ended a moment ago; a fact that fits the verdict."""
    called = story.now - timedelta(minutes=20)
    verdict, found = str(said["verdict"]), said.get("stage_found") or offer.claimed
    facts = FOUND_ELSE.get(verdict) or FOUND_AT[str(found)]
    return {
        "spoke_with": offer.name,
        "channel": story.tongue.choice(("call", "call", "video", "meeting")),
        "at": called.isoformat(),
        "fact": story.tongue.choice(facts),
        **said,
    }


def win(story: Story, offer: Offered, *, amount: int) -> None:
    """The deal is written down, and won."""
    handoff = story.office.ask(offer.rep, "GET", f"/handoffs/{offer.handoff}")
    deal = {"opportunity": None}
    if handoff["account"]:
        written = {
            "account": handoff["account"],
            "product": story.tongue.choice(PRODUCTS),
            "amount": {"amount": f"{amount}.00", "currency": "EUR"},
        }
        deal = {"opportunity": story.office.ask(offer.rep, "POST", "/opportunities", written)["id"]}
    story.office.act(
        offer.rep, offer.handoff, "outcome", result="won", reason="Signed by mail.", **deal
    )
