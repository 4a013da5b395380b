"""Example views of the pages of claim accuracy."""

from dataclasses import replace
from uuid import UUID

from app.pages import claim_views, rep_answers, team_answers
from app.pages.claim_views import ClaimReport, Tab
from app.reports.cells import Cell
from app.reports.rates import By, Rate
from prospects.kinds import Verdict
from scoring.learning.answering import Answers, Beside
from scoring.learning.team_answers import TeamAnswers

STAGES = {"evaluation": "Evaluation", "decision": "Decision"}
REPS = {str(UUID(int=1)): "Rita Calloway", str(UUID(int=2)): "نورة بنت عبد الرحمن الدوسري"}
VERDICTS = {Verdict.CONFIRMED: 98, Verdict.EARLIER: 71, Verdict.LATER: 11, Verdict.NOT_A_BUYER: 61}
FEW = {Verdict.CONFIRMED: 1}
YES = Beside(
    own=Answers(answered=42, confirmed=41, silent=3, won=2, ended=21),
    others=Answers(answered=390, confirmed=231, silent=20, won=96, ended=204),
)
FAIR = Beside(own=Answers(answered=12, confirmed=7), others=YES.others)


def tabs(here: By) -> list[Tab]:
    return [Tab(url=f"?by={by}", name=claim_views.TITLES[by], here=by is here) for by in By]


def report(by: By, *values: str, **more: object) -> ClaimReport:
    """A report with a line for each value."""
    lines = [
        Rate(by=by, value=value, verdicts=FEW if place else VERDICTS, within=Cell())
        for place, value in enumerate(values)
    ]
    return ClaimReport(
        by=by.value,
        headline=claim_views.headline(
            lines, [claim_views.line(each, REPS, STAGES) for each in lines]
        ),
        title=claim_views.TITLES[by],
        tabs=tabs(by),
        lines=[claim_views.line(each, REPS, STAGES) for each in lines],
        csv_url=f"/reports/claims.csv?by={by}",
        sources=["linkedin", "site"],
        **more,  # type: ignore[arg-type]
    )


BY_SIGNAL = report(By.SIGNAL, "evaluation.form", "verdict.later", "stage.did.page_view", "")
BY_CAMPAIGN = report(
    By.CAMPAIGN, "Frühjahrskampagne für kältetechnische Großanlagen im deutschsprachigen Raum 2026", ""
)  # fmt: skip
TOGETHER = TeamAnswers(
    Answers(answered=212, confirmed=208, won=9, ended=71, passed_won=0, passed_ended=2)
)
BY_REP = report(
    By.REP,
    *REPS,
    standing=rep_answers.standing([(UUID(int=2), YES)], REPS),
    source="site",
    team=team_answers.shown(TOGETHER),
)
EMPTY = report(By.MODEL)
OWN = rep_answers.own(YES, 14)
OWN_FAIR = rep_answers.own(FAIR, 14)
OWN_ALIKE = replace(
    rep_answers.own(FAIR, 14),
    team=team_answers.shown(TOGETHER, to_rep=True),
)
OWN_EMPTY = rep_answers.own(rep_answers.NOBODY_YET, 14)
