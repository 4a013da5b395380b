"""What the pages of claim accuracy show, as plain values, and how the report's numbers become them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.pages import words
from app.pages.rep_answers import Standing
from app.pages.report_view import PEOPLE, Number
from app.pages.team_answers import Together
from app.reports.accuracy import NO_BUYER
from app.reports.cells import Cell
from app.reports.rates import By, Rate
from prospects.bidi import isolated
from prospects.kinds import Kind, Verdict
from prospects.wilson import Share
from scoring import saying

FEWEST_TO_NAME = 10
TITLES: Mapping[By, str] = {
    By.STAGE: "Stage claimed",
    By.SOURCE: "Source",
    By.CAMPAIGN: "Campaign",
    By.FLOW: "Flow",
    By.SIGNAL: "Strongest signal",
    By.MODEL: "Rules or model",
    By.REP: "Rep",
}
NOT_SAID: Mapping[By, str] = {
    By.STAGE: "No claim",
    By.SOURCE: "Not known",
    By.CAMPAIGN: "No campaign",
    By.FLOW: "Grew warm by themselves",
    By.SIGNAL: "Not written down",
    By.MODEL: "Not written down",
    By.REP: "Nobody",
}
FOUND_BEFORE: Mapping[str, str] = {
    Verdict.CONFIRMED: "as claimed",
    Verdict.EARLIER: "not that far",
    Verdict.LATER: "further",
    Verdict.WRONG_PERSON: "wrong person",
    Verdict.NOT_A_BUYER: "not a buyer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One way to tell claims apart."""

    url: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """One line: what the claims share, and how many were so."""

    name: str
    checked: Number
    held: Number
    over: Number
    under: Number
    nobody: Sequence[Number]
    over_in: str
    under_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """The page of claim accuracy."""

    by: str
    title: str
    tabs: Sequence[Tab]
    lines: Sequence[RateLine]
    csv_url: str
    source: str = ""
    since: str = ""
    sources: Sequence[str] = ()
    headline: str = ""
    standing: Sequence[Standing] | None = None
    """None unless told apart by rep."""
    team: Together | None = None


def line(of: Rate, names: Mapping[str, str], stages: Mapping[str, str]) -> RateLine:
    """One line of the report; `names` are of colleagues and of models, by id."""

    def told(label: str, verdict: Verdict | None) -> Number:
        count = of.checked if verdict is None else of.verdicts.get(verdict, 0)
        return Number(label=label, count=count, url=f"{PEOPLE}?{of.cell(verdict).query}")

    return RateLine(
        name=named(of.by, of.value, names, stages),
        checked=told("checked", None),
        held=told("as claimed", Verdict.CONFIRMED),
        over=told("not that far", Verdict.EARLIER),
        under=told("further", Verdict.LATER),
        nobody=[told(_NOBODY[each], each) for each in NO_BUYER],
        over_in=between(of.over),
        under_in=between(of.under),
    )


def headline(found: Sequence[Rate], lines: Sequence[RateLine]) -> str:
    """What a marketer reads first: how many claims held, and where most was claimed too much."""
    checked = sum(each.checked for each in found)
    if not checked:
        return ""
    held, over, under = (sum(share(each) for each in found) for share in (_held, _over, _under))
    said = (
        f"{held:,} of {checked:,} claims that reps checked held; "
        f"{over:,} claimed too much, {under:,} too little."
    )
    known = [
        (each, line)
        for each, line in zip(found, lines, strict=True)
        if each.checked >= FEWEST_TO_NAME
    ]
    if len(known) < 2 or known[0][0].by is By.REP:
        return said
    worst, line = max(known, key=lambda pair: pair[0].over.value)
    if not worst.over.count:
        return said
    return f"{said} Most was claimed too much at {isolated(line.name)}: {_over(worst):,} of {worst.checked:,}."


def _held(of: Rate) -> int:
    return of.held.count


def _over(of: Rate) -> int:
    return of.over.count


def _under(of: Rate) -> int:
    return of.under.count


def named(by: By, value: str, names: Mapping[str, str], stages: Mapping[str, str]) -> str:
    """What a value is called on pages."""
    if not value:
        return NOT_SAID[by]
    if by is By.REP:
        return names.get(value, "somebody who left")
    if by is By.STAGE:
        return stages.get(value, value)
    return signal(value, stages) if by is By.SIGNAL else names.get(value, value)


def signal(value: str, stages: Mapping[str, str]) -> str:
    """What a claim rested on most: `evaluation.form` is a form that speaks for evaluation."""
    stage, _, kind = value.rpartition(".")
    if stage in stages and kind in set(Kind):
        return f"{kind.replace('_', ' ').capitalize()}, speaking for {isolated(stages[stage])}"
    if stage == "verdict":
        return f"What a rep found before: {FOUND_BEFORE.get(kind, kind)}"
    learned = value.removeprefix("stage.")
    if learned == value:
        return value
    if stage != "stage.did":
        return f"Learned: {saying.named(learned)}"
    return "Learned: whatever they did" if kind == "any" else f"Learned: {kind.replace('_', ' ')}"


def shared(cell: Cell, stages: Mapping[str, str], rep: str) -> list[str]:
    """What the people behind a number have in common beyond where they came from; `rep` is their name."""
    said = (
        None if cell.flow is None else f"flow: {cell.flow or NOT_SAID[By.FLOW]}",
        None if cell.signal is None else f"claimed on: {named(By.SIGNAL, cell.signal, {}, stages)}",
        None if cell.model is None else f"claimed by: {cell.model or NOT_SAID[By.MODEL]}",
        cell.rep and f"found by {rep or 'somebody who left'}",
        cell.until and f"found before {cell.until}",
    )
    return [each for each in said if each]


def between(share: Share) -> str:
    """A share with its interval: 71 % (55–83)."""
    return f"{words.unbroken(share.value)} ({100 * share.low:.0f}–{100 * share.high:.0f})"


_NOBODY = {Verdict.WRONG_PERSON: "wrong person", Verdict.NOT_A_BUYER: "not a buyer"}
