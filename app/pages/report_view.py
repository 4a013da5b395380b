"""What the report pages show, as plain values, and how the report's numbers become them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.money import money
from app.pages.office import PersonLine
from app.pages.views import Mistake
from app.reports.accuracy import NO_BUYER, Accuracy
from app.reports.cells import Cell
from app.reports.journeys import Measure
from app.reports.sources import Key, Line
from prospects.kinds import Verdict
from prospects.texts import storable

PEOPLE = "/reports/people"
MEASURES: Mapping[Measure, str] = {
    Measure.LEADS: "Leads",
    Measure.OFFERED: "Offered",
    Measure.TAKEN: "Taken",
    Measure.CHECKED: "Checked",
    Measure.BUYERS: "Buyers",
    Measure.WON: "Won",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number and where the people behind it are; `label` names it."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step of the funnel; `width` 0–100, `rate` in percent of the step before."""

    number: Number
    width: float
    heat: int
    rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source, campaign and month."""

    source: str
    campaign: str
    month: str
    numbers: Sequence[Number]
    found: Sequence[Number]
    amounts: Sequence[str]
    cost: str | None
    per_buyer: str | None
    days: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """Marketing's claim of one stage for one source, beside what reps found."""

    source: str
    claimed: str
    checked: Number
    right: Number
    over: Number
    under: Number
    nobody: Sequence[Number]
    over_percent: int
    under_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """The page: the funnel, the lines, the claims, and the form for a cost."""

    bars: Sequence[Bar]
    lines: Sequence[SourceLine]
    claims: Sequence[ClaimLine]
    first: bool = True
    next_url: str | None = None
    source: str = ""
    since: str = ""
    sources: Sequence[str] = ()
    csv_url: str = "/reports/sources.csv"
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed into the form for a cost."""
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPeople:
    """The people behind one number."""

    title: str
    shared: Sequence[str]
    count: int
    lines: Sequence[PersonLine]
    next_url: str | None = None


def bars(counts: Mapping[Measure, int], cell: Cell) -> list[Bar]:
    """The funnel, each step with its share of the step before."""
    if not counts:
        return []
    most = max(counts.values(), default=0) or 1
    found: list[Bar] = []
    before = 0
    for place, (measure, label) in enumerate(MEASURES.items()):
        number = _number(label, counts[measure], _as(cell, measure))
        rate = round(100 * number.count / before) if before else None
        width = round(100 * number.count / most, 1)
        found.append(Bar(number=number, width=width, heat=min(place + 1, 5), rate=rate))
        before = number.count
    return found


def place(key: Key) -> str:
    """A line in an address: month, source and campaign."""
    source, campaign, month = key
    return f"{month} {source} {campaign}"


def below(written: str) -> Key | None:
    """The line an address names; None if it names none."""
    parts = written.split(" ", 2)
    if len(parts) < 2 or not storable(written):
        return None
    return parts[1], parts[2] if len(parts) == 3 else "", parts[0]


def line(of: Line, stages: Mapping[str, str]) -> SourceLine:
    """One line of the report; `stages` are names by slug, in their order."""
    order = {slug: place for place, slug in enumerate(stages)}
    found = sorted(of.found.items(), key=lambda each: order.get(each[0], len(order)))
    return SourceLine(
        source=of.source,
        campaign=of.campaign,
        month=of.month,
        numbers=[
            _number(label, of.counts[each], of.cell(each)) for each, label in MEASURES.items()
        ],
        found=[
            _number(stages.get(slug, slug), count, of.cell(Measure.BUYERS, slug))
            for slug, count in found
        ],
        amounts=[money(amount, currency) for currency, amount in sorted(of.amounts.items())],
        cost=money(*of.cost) if of.cost else None,
        per_buyer=money(of.cost_per_buyer, of.cost[1]) if of.cost and of.cost_per_buyer else None,
        days=[(name, days) for key, name in _DAYS if (days := of.days.get(key)) is not None],
    )


def claim(of: Accuracy, stages: Mapping[str, str]) -> ClaimLine:
    """One claim beside its findings."""

    def told(label: str, verdict: Verdict) -> Number:
        return _number(label, of.verdicts.get(verdict, 0), of.cell(verdict))

    return ClaimLine(
        source=of.source,
        claimed=stages.get(of.claimed, of.claimed) or "no claim",
        checked=_number("checked", of.checked, of.cell()),
        right=told("as claimed", Verdict.CONFIRMED),
        over=told("not that far", Verdict.EARLIER),
        under=told("further", Verdict.LATER),
        nobody=[told(_NOBODY[each], each) for each in NO_BUYER],
        over_percent=round(100 * of.over),
        under_percent=round(100 * of.under),
    )


def shared(cell: Cell, stages: Mapping[str, str], verdicts: Mapping[Verdict, str]) -> list[str]:
    """What the people behind a number have in common, in words."""
    said: Iterable[str | None] = (
        cell.source and f"came by {cell.source}",
        None if cell.campaign is None else f"campaign {cell.campaign or 'none'}",
        cell.month and f"first seen in {cell.month}",
        None
        if cell.claimed is None
        else f"claimed: {stages.get(cell.claimed, cell.claimed) or 'nothing'}",
        cell.stage_found and f"found: {stages.get(cell.stage_found, cell.stage_found)}",
        cell.verdict and f"the rep says: {_verdict(cell.verdict, verdicts)}",
    )
    return [each for each in said if each]


def _verdict(said: str, verdicts: Mapping[Verdict, str]) -> str:
    return verdicts[Verdict(said)] if said in set(Verdict) else said


def _number(label: str, count: int, cell: Cell) -> Number:
    return Number(label=label, count=count, url=f"{PEOPLE}?{cell.query}")


def _as(cell: Cell, measure: Measure) -> Cell:
    return Cell(measure=measure, source=cell.source, since=cell.since)


_NOBODY = {Verdict.WRONG_PERSON: "wrong person", Verdict.NOT_A_BUYER: "not a buyer"}
_DAYS = (
    ("to_offer", "to an offer"),
    ("to_take", "until taken"),
    ("to_finding", "until checked"),
    ("to_win", "to the deal"),
)
