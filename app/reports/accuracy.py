"""How often marketing's claim was right: beside each claim what the rep found."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.reports.cells import Cell
from app.reports.journeys import Measure, came, journeys, reached
from prospects.kinds import Verdict

NO_BUYER = (Verdict.WRONG_PERSON, Verdict.NOT_A_BUYER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """What reps found where marketing claimed one stage for people of one source.

    `claimed` is empty where marketing had made no claim.
    """

    source: str
    claimed: str
    verdicts: Mapping[Verdict, int]
    since: str | None = None

    @property
    def checked(self) -> int:
        """How many claims a rep has checked with the buyer."""
        return sum(self.verdicts.values())

    @property
    def over(self) -> float:
        """The share of people who were not as far as claimed, or no buyers at all: 0 to 1."""
        return self._share(Verdict.EARLIER, *NO_BUYER)

    @property
    def under(self) -> float:
        """The share of people who were further than claimed: 0 to 1."""
        return self._share(Verdict.LATER)

    def cell(self, verdict: Verdict | None = None) -> Cell:
        """The people behind one number of this line."""
        return Cell(
            measure=Measure.CHECKED,
            source=self.source,
            claimed=self.claimed,
            verdict=verdict,
            since=self.since,
        )

    def _share(self, *verdicts: Verdict) -> float:
        return sum(self.verdicts.get(each, 0) for each in verdicts) / max(self.checked, 1)


def of_claims(
    session: Session, *, source: str | None = None, since: str | None = None
) -> list[Accuracy]:
    """Claims beside findings by source and claimed stage; `since` is a month of first touch."""
    rows = journeys(*came(source=source, since=since))
    key = (rows.c.source, rows.c.claimed, rows.c.verdict)
    query = select(*key, func.count()).where(reached(rows, Measure.CHECKED)).group_by(*key)
    found: dict[tuple[str, str], dict[Verdict, int]] = defaultdict(dict)
    for where, claimed, verdict, number in session.execute(query.order_by(*key)):
        found[where, claimed][Verdict(verdict)] = number
    return [
        Accuracy(source=where, claimed=claimed, verdicts=verdicts, since=since)
        for (where, claimed), verdicts in found.items()
    ]
