"""Example views of the report pages."""

from collections.abc import Sequence
from decimal import Decimal

from app.pages import report_view
from app.pages.office import PersonLine
from app.pages.report_view import CellPeople, SourceReport
from app.pages.views import Mistake
from app.reports.accuracy import Accuracy
from app.reports.cells import Cell
from app.reports.journeys import Measure
from app.reports.sources import Line
from prospects.kinds import Verdict

STAGES = {"evaluation": "Evaluation", "decision": "Decision"}
LONG = "Frühjahrskampagne für kältetechnische Großanlagen im deutschsprachigen Raum 2026"
DAYS = {"to_offer": 12.3, "to_take": 0.2, "to_finding": 1.8, "to_win": 41.0}


def line(*counts: int, source: str = "linkedin", campaign: str = "", **more: object) -> Line:
    """One line with these counts, in the measures' order."""
    told = dict(zip(Measure, counts, strict=True))
    return Line(source=source, campaign=campaign, month="2026-03", counts=told, **more)  # type: ignore[arg-type]


FULL = line(
    1204, 318, 290, 241, 180, 37,
    campaign=LONG, found={"evaluation": 121, "decision": 59, "gone": 2}, days=DAYS,
    amounts={"EUR": Decimal("1234567.80"), "USD": Decimal("900.00")}, cost=(Decimal("18000.00"), "EUR"),
)  # fmt: skip
BARE = line(0, 0, 0, 0, 0, 0, source="حملة", campaign="مؤتمر التبريد", cost=(Decimal("500.00"), "EUR"))  # fmt: skip
VERDICTS = {Verdict.CONFIRMED: 98, Verdict.EARLIER: 71, Verdict.LATER: 11, Verdict.NOT_A_BUYER: 61}
CLAIMS = [
    Accuracy(source="linkedin", claimed="decision", verdicts=VERDICTS),
    Accuracy(source="site", claimed="", verdicts={Verdict.LATER: 1}),
    Accuracy(source="site", claimed="evaluation", verdicts={Verdict.CONFIRMED: 4}),
]
REPORT = SourceReport(
    bars=report_view.bars(FULL.counts, Cell()),
    lines=[report_view.line(each, STAGES) for each in (FULL, BARE, line(3, 1, 0, 0, 0, 0))],
    claims=[report_view.claim(each, STAGES) for each in CLAIMS],
    sources=["linkedin", "site"],
    source="linkedin",
)
WRONG = SourceReport(
    bars=[],
    lines=[],
    claims=[],
    since="2026-03",
    typed={"source": "site", "amount": "much"},
    mistakes={"amount": Mistake(reason="This is no amount.", mend="Write it like 1200.00.")},
)
EMPTY = SourceReport(bars=[], lines=[], claims=[])


def cell(lines: Sequence[PersonLine]) -> CellPeople:
    """The people behind a number."""
    shared = report_view.shared(
        Cell(source="linkedin", campaign=LONG, month="2026-03", stage_found="decision"), STAGES, {}
    )
    return CellPeople(title="Confirmed buyers", shared=shared, count=len(lines), lines=lines)
