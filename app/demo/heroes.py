"""The people of the demo with a story of their own, and what becomes of each of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.demo.acting import Hands
from app.demo.cast import Buyer
from app.demo.crowd import Plans, finding, win
from app.demo.office import Offered
from app.demo.people import (
    ADELHEID,
    BJORG,
    CHRISTINA,
    FRIEDERIKE,
    GUNNAR,
    HUSEYIN,
    KALT,
    MIREILLE,
    OLEH,
    OTTILIE,
    RUNA,
    STAVROS,
    THEODORA,
    WOLFRAM,
)
from app.demo.story import Story, day
from prospects.stakes import Stake, Stance
from routing.write_up_life import Found, Written

EAST = ("emre@isotherm.example", "eleni@isotherm.example")
RITA = "rita@isotherm.example"
IDA = "ida@isotherm.example"
YUKI = "yuki@isotherm.example"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Heroes:
    """Their beats; `plans` is how reps answer what they are offered of them."""

    story: Story
    hands: Hands

    def enter(self) -> Plans:
        """Write every beat, and return how reps answer."""
        self._over_claimed()
        self._disputed()
        self._with_a_trouble_maker()
        self._today()
        self._stuck()
        self._won_yesterday()
        self._noise()
        return {
            FRIEDERIKE.email: self._found_earlier,
            HUSEYIN.email: self._found_twice,
            ADELHEID.email: self._found_as_claimed,
            BJORG.email: self._found_too_early,
            OLEH.email: self._passed_on,
            STAVROS.email: self._taken_in_silence,
            OTTILIE.email: self._won,
            THEODORA.email: self._left_open,
            CHRISTINA.email: self._left_open,
            MIREILLE.email: self._left_open,
        }

    def _over_claimed(self) -> None:
        story, outside = self.story, self.story.outside
        story.at(day(24, 11), lambda: outside.on_linkedin(FRIEDERIKE, story.now))
        story.at(day(20, 9), lambda: self.hands.click(FRIEDERIKE, "/pricing"))

    def _found_earlier(self, offer: Offered) -> None:
        self._answer(
            offer,
            verdict="earlier",
            stage_found="evaluation",
            spoke_with=FRIEDERIKE.name,
            fact="Nobody signs before the audit in May; she compares two of us.",
            still_needed=["security paper", "a reference with vaccines"],
            promises=[{"what": "Security paper", "due_at": day(16, 12).isoformat()}],
        )

        self.story.at(day(16, 11), lambda: self._keep_promises(offer))

    def _keep_promises(self, offer: Offered) -> None:
        lead = self.story.office.ask(offer.rep, "GET", f"/handoffs/{offer.handoff}")
        for promise in lead["promises"]:
            self.story.office.ask(offer.rep, "POST", f"/promises/{promise['id']}/keeping", {})

    def _disputed(self) -> None:
        story, outside = self.story, self.story.outside
        story.at(day(13, 9), lambda: outside.on_site(HUSEYIN, "quote"))
        story.at(
            day(8, 10),
            lambda: self._note(
                HUSEYIN,
                "He asked for a second quote on Friday. I do not think that he is no buyer.",
                IDA,
            ),
        )

    def _found_twice(self, offer: Offered) -> None:
        self._answer(
            offer,
            verdict="not_a_buyer",
            spoke_with="Kemal Aksoy",
            fact="Rents the hall out; his tenants measure for themselves.",
        )
        self.story.at(day(7, 14), lambda: self._correct(offer))
        asked = "Whose company is it: his, or his brother's?"
        self.story.at(day(1, 16), lambda: self.hands.ask_desk(offer, asked))

    def _correct(self, offer: Offered) -> None:
        standing = self.story.office.ask(offer.rep, "GET", f"/handoffs/{offer.handoff}")
        self._act(
            offer,
            "confirmation",
            **finding(self.story, offer, {"verdict": "confirmed"}),
            supersedes=standing["confirmation"]["id"],
            reason="I had his brother on the telephone, not him.",
        )

    def _with_a_trouble_maker(self) -> None:
        story, outside = self.story, self.story.outside
        story.at(day(12, 9), lambda: outside.on_site(WOLFRAM, "contact"))
        story.at(day(8, 9), lambda: outside.on_site(ADELHEID, "demo"))
        story.at(
            day(6, 15), lambda: self.hands.say_who(WOLFRAM, Stake.BLOCKER, Stance.AGAINST, by=RITA)
        )
        story.at(
            day(6, 15), lambda: self.hands.say_who(ADELHEID, Stake.CHAMPION, Stance.FOR, by=RITA)
        )

    def _found_as_claimed(self, offer: Offered) -> None:
        self._answer(
            offer,
            verdict="confirmed",
            spoke_with=ADELHEID.name,
            fact="She wants it before the summer; her head of IT calls every cloud a leak.",
            still_needed=["security paper"],
            deciders=[
                {"name": ADELHEID.name, "role": ADELHEID.title, "stance": "for"},
                {"name": WOLFRAM.name, "role": WOLFRAM.title, "stance": "against"},
            ],
            promises=[
                {"what": "Security paper for her head of IT", "due_at": day(1, 12).isoformat()}
            ],
        )

        asked = "Which standards does her head of IT audit against?"
        self.story.at(day(5, 15), lambda: self._ask_and_write(offer))
        self.story.at(day(1, 15), lambda: self.hands.ask_desk(offer, asked))

    def _ask_and_write(self, offer: Offered) -> None:
        """The desk finds out in a day what the brief did not say."""
        ref = self.hands.ask_desk(offer, "Who else has a say at Kranich Pharma?")
        signs = "Wolfram Kühn signs every contract with a cloud in it."
        found = Found(signs, "their annual report", day(4).date())
        written = Written("Purchasing follows the head of IT.", [found])
        self.story.at(day(4, 11), lambda: self.hands.write_up(ref, written, by=YUKI))

    def _today(self) -> None:
        """Three offers that are open when the visitor comes, and one lead that came back."""
        story, outside = self.story, self.story.outside
        story.at(day(9, 10), lambda: outside.on_linkedin(THEODORA, story.now))
        story.at(day(5, 16), lambda: self._visit(THEODORA, "/products/monitor", "/references"))
        story.at(day(0, 9, 20), lambda: self.hands.click(THEODORA, "/pricing"))
        story.at(day(39, 10), lambda: outside.on_site(BJORG, "demo"))
        story.at(day(0, 9, 5), lambda: outside.on_site(BJORG, "quote"))
        story.at(day(10, 11), lambda: outside.on_site(CHRISTINA, "guide"))
        story.at(day(0, 9, 35), lambda: outside.on_site(CHRISTINA, "demo"))

    def _found_too_early(self, offer: Offered) -> None:
        if offer.offered_at < day(5):
            self._answer(
                offer,
                verdict="earlier",
                stage_found="awareness",
                spoke_with=BJORG.name,
                fact="Her boss had not heard of it; ask again in spring.",
            )

    def _stuck(self) -> None:
        story, outside = self.story, self.story.outside
        story.at(day(1, 11), lambda: outside.on_site(OLEH, "demo"))
        story.at(day(6, 9), lambda: outside.on_site(STAVROS, "demo"))
        story.at(day(1, 11, 30), lambda: outside.on_site(MIREILLE, "quote"))

    def _passed_on(self, offer: Offered) -> None:
        if offer.rep in EAST:
            reason = "not_my_area" if offer.rep == EAST[0] else "no_time"
            self.story.at(
                offer.offered_at + HOUR, lambda: self._act(offer, "decline", reason=reason)
            )

    def _taken_in_silence(self, offer: Offered) -> None:
        self.story.at(offer.offered_at + HOUR, lambda: self._act(offer, "acceptance"))

    def _won_yesterday(self) -> None:
        self.story.at(
            day(19, 10), lambda: self.story.outside.on_google(OTTILIE, self.story.now, campaign=1)
        )

    def _won(self, offer: Offered) -> None:
        self._answer(
            offer,
            verdict="confirmed",
            spoke_with=OTTILIE.name,
            fact="Twelve doors, three sites; she compares two of us and chooses before Easter.",
            promises=[{"what": "A named person for the start", "due_at": day(-6, 12).isoformat()}],
        )
        self.story.at(day(1, 16), lambda: win(self.story, offer, amount=38_400))

    def _left_open(self, offer: Offered) -> None:
        """Nobody has answered it yet."""

    def _noise(self) -> None:
        """What comes in beside good leads: a forger, a broken program, a robot, a competitor, an answer."""
        story, outside = self.story, self.story.outside
        story.at(day(17, 3), lambda: outside.forged(story.now))
        story.at(day(0, 4), lambda: outside.forged(story.now))
        story.at(day(11, 13), outside.garbled)
        story.at(day(4, 2), lambda: outside.robot(story.now))
        story.at(day(15, 10), lambda: outside.on_site(KALT, "quote"))
        story.at(day(21, 9), lambda: outside.on_linkedin(GUNNAR, story.now))
        said = [("reply", "Can it hold minus 30 in August?")]
        story.at(day(18, 15), lambda: outside.signals(GUNNAR, story.now, said))
        story.at(day(30, 10), lambda: outside.on_site(RUNA, "guide"))

    def _answer(self, offer: Offered, **said: Any) -> None:
        """Taken within the hour, talked to three hours later, written down at once."""
        self.story.at(offer.offered_at + HOUR / 2, lambda: self._act(offer, "acceptance"))

        def confirm() -> None:
            self._act(offer, "confirmation", **finding(self.story, offer, said))

        self.story.at(offer.offered_at + 4 * HOUR, confirm)

    def _act(self, offer: Offered, act: str, **body: Any) -> None:
        self.story.office.act(offer.rep, offer.handoff, act, **body)

    def _note(self, who: Buyer, text: str, by: str) -> None:
        person = self.story.office.person(who).id
        self.story.office.ask(by, "POST", f"/prospects/{person}/notes", {"text": text})

    def _visit(self, who: Buyer, *pages: str) -> None:
        self.story.outside.signals(who, self.story.now, [("page_view", page) for page in pages])
