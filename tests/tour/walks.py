"""What each role sees in its first five minutes, by pressing what is there to be pressed."""

import os
import re
import signal
from datetime import date

import requests

from tests.support.running import until
from tests.tour.visit import Visit

THURSDAY = date(2026, 3, 19)
"""Two days after the morning on which a visitor of the demo begins."""


def rep(visit: Visit) -> None:
    """One offer with its track record, taken; talked; found to be earlier; a promise for Thursday."""
    visit.be("rep")
    visit.look()
    visit.follow("Theodora Wiechert")
    visit.sees(re.compile(r"\d+ of \d+ such claims held"))
    visit.sees_not("theodora.wiechert@")
    visit.look()
    visit.press("Take it")
    visit.sees("It is yours")
    call = visit.main.get_by_role("link", name=re.compile("^Call"))
    assert re.fullmatch(r"tel:\+49\d+", call.get_attribute("href") or "")
    visit.sees("Ask, to find out if that is wrong")
    visit.look()
    visit.follow("Say what you found")
    visit.look()
    _find_evaluation(visit)
    visit.press("Save what you found")
    visit.sees("Evaluation")
    visit.sees("Nobody signs before the pilot is over.")
    visit.look()
    visit.follow("The whole history")
    visit.sees("Decision")
    visit.go("/today")
    visit.sees("Security paper")


def _find_evaluation(visit: Visit) -> None:
    page = visit.page
    page.locator("label", has=page.locator("[name=verdict][value=earlier]")).click()
    page.get_by_label("Which stage did you find?").select_option("evaluation")
    page.get_by_label("One thing they told you").fill("Nobody signs before the pilot is over.")
    visit.unfold("More you learned")
    page.get_by_text("a security paper").click()
    page.get_by_label("Promise", exact=True).fill("Security paper")
    page.get_by_label("Until").first.fill(THURSDAY.isoformat())


def account_team(visit: Visit) -> None:
    """A customer to take; asked for the delivery day; the rep answers; taken."""
    visit.be("account_manager")
    visit.look()
    visit.follow("Ottilie Marquardt")
    visit.sees("38,400.00 EUR")
    visit.look()
    visit.page.get_by_label("What do you need to know?").fill("Which delivery day?")
    visit.press("Ask")
    visit.be("rep")
    visit.sees("Which delivery day?")
    visit.follow(re.compile("Answer|Ottilie"))
    visit.look()
    visit.page.get_by_label("Your answer").fill("The first of June.")
    visit.press("Answer", within=visit.main)
    visit.be("account_manager")
    visit.follow("Ottilie Marquardt")
    visit.sees("The first of June.")
    visit.press("Take this customer")
    visit.sees("The first of June.")
    visit.go("/transfers")
    visit.sees_not("Take them, or ask")


def manager(visit: Visit) -> None:
    """Stuck leads, a late promise given to the desk, the row is gone; why a rep was passed over."""
    visit.be("manager")
    visit.sees("Nobody was free")
    visit.sees("Taken, and not a word since")
    visit.sees("Adelheid Voss")
    visit.look()
    visit.follow("Give to the desk")
    visit.page.get_by_label("Why?").fill("Rita is at a fair")
    visit.look()
    visit.press(re.compile("^Give to the desk"), within=visit.main)
    visit.sees_not("Adelheid Voss")
    visit.be("desk")
    visit.sees("Adelheid Voss")
    visit.look()
    visit.be("manager")
    visit.follow("Who got which lead")
    visit.look()
    visit.follow("Theodora Wiechert")
    visit.sees("away until Monday")
    visit.look()


def marketer(visit: Visit) -> None:
    """A LinkedIn lead, her dot in the drawing, three days on, her click on prices, the offer; the verdict."""
    visit.be("marketer")
    visit.look()
    visit.go("/sources")
    visit.look()
    visit.press("Send me a LinkedIn lead")
    visit.settle()
    newest = visit.page.locator(".demo__busy a")
    name, person = newest.inner_text(), newest.get_attribute("href") or ""
    visit.go("/received")
    visit.look()
    visit.main.locator("table a, .list a").first.click()
    visit.sees(name)
    visit.look()
    before = _leads(visit)
    visit.go(person)
    visit.sees("Awareness")
    visit.look()
    _to_her_dot(visit, name)
    visit.press("+3 days")
    visit.settle()
    _click_prices(visit, name)
    visit.sees("Clicked the pricing link in a mail")
    visit.sees("Offered to")
    visit.look()
    _be_found_out(visit, name)
    visit.be("marketer")
    visit.go(person)
    visit.sees("Decision")
    visit.sees("Evaluation")
    visit.sees("They compare three of us until May.")
    visit.follow("guide")
    visit.sees(name)
    assert _leads(visit) == before + 1


def _to_her_dot(visit: Visit, name: str) -> None:
    visit.follow("guide")
    visit.sees(f"{name} is at pause")
    assert visit.page.locator(".flow__dot").count() == 1
    visit.look()


def _click_prices(visit: Visit, name: str) -> None:
    given = name.split()[0]
    visit.go("/outbox")
    visit.look()
    first = visit.main.get_by_role("link", name=re.compile("What it costs to know")).first
    first.click()
    visit.look()
    visit.sees(given)
    visit.press("Click https://www.isotherm.example/pricing", within=visit.main)
    until(lambda: _came(visit, "Offered to"), 30, what="the offer")


def _came(visit: Visit, words: str) -> bool:
    visit.page.reload()
    return words in visit.main.inner_text()


def _be_found_out(visit: Visit, name: str) -> None:
    """Her rep finds that she is at evaluation, not at decision."""
    visit.be("rep")
    visit.follow(name)
    visit.press("Take it")
    visit.follow("Say what you found")
    page = visit.page
    page.locator("label", has=page.locator("[name=verdict][value=earlier]")).click()
    page.get_by_label("Which stage did you find?").select_option("evaluation")
    page.get_by_label("One thing they told you").fill("They compare three of us until May.")
    visit.press("Save what you found")
    visit.sees("They compare three of us until May.")


def _leads(visit: Visit) -> int:
    """How many leads of LinkedIn the report counts as found at evaluation."""
    visit.go("/reports")
    rows = visit.main.locator("tr", has_text="linkedin").all_inner_texts()
    found = (re.search(r"Evaluation\s+(\d+)", row) for row in rows)
    return sum(int(each[1]) for each in found if each)


def operator(visit: Visit) -> None:
    """A worker killed by its printed number, another in its place; a forger explained; the doctor."""
    visit.be("admin")
    visit.go("/ops")
    visit.sees("queue: inside")
    visit.look()
    printed = re.search(r"kill -9 (\d+)", visit.main.inner_text())
    assert printed
    os.kill(int(printed[1]), signal.SIGKILL)
    until(lambda: _replaced(visit, printed[1]), 30, what="a worker in its place")
    visit.go("/sources")
    visit.follow("linkedin")
    visit.sees("could not be proved")
    visit.look()
    assert requests.get(f"{visit.house.url}/readyz", timeout=10).json()["ready"] is True
    said = visit.house.run("doctor")
    assert "database" in said


def _replaced(visit: Visit, pid: str) -> bool:
    visit.go("/ops")
    rows = visit.main.locator("tr", has_text="inside worker").all_inner_texts()
    return any(f"from process {pid}," in row for row in rows)


def office(visit: Visit) -> None:
    """What an administrator finds beside: colleagues, tokens, the audit, the set-up, the components."""
    visit.be("admin")
    for path in ("/setup", "/tokens", "/audit", "/design"):
        visit.go(path)
        visit.look()


WALKS = (rep, account_team, manager, operator, office, marketer)
"""In this order: the last one moves the clock by three days."""
