"""How far a company is, in words: who says what, and whether they are at one."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.pages.company_views import STAKES, CompanyStage, Insider, Said
from prospects.account_claims import stages_of
from prospects.account_stage import Saying
from prospects.rows import AccountRow, ProspectRow
from prospects.stakes import Stake
from prospects.sureness import sure

SENIORITIES: Mapping[str, str] = {
    "c_level": "a head of the company",
    "vp": "a vice president",
    "director": "a director",
    "manager": "a manager",
    "senior": "a senior colleague",
    "entry": "somebody who has just begun",
}
SOMEBODY = "somebody"


def read(
    session: Session,
    row: AccountRow,
    people: Sequence[ProspectRow],
    *,
    insiders: Sequence[Insider],
    stages: Mapping[str, str],
) -> CompanyStage | None:
    """For a company's page. `insiders` begin with the `people` who may be seen; `stages` are names by slug."""
    found = stages_of(session, [row.id], list(stages), g.now).get(row.id)
    if found is None:
        return None
    seen = {who.id: each for who, each in zip(people, insiders, strict=False)}
    return CompanyStage(
        stage=stages.get(found.stage, found.stage),
        sure=sure(found.confidence),
        conflict=found.conflict,
        says=tuple(_said(each, stages, seen.get(each.prospect_id)) for each in found.says),
    )


def of_paper(paper: Mapping[str, Any], person: str) -> CompanyStage | None:
    """As it was written into a brief about `person` (their id); nobody else is named there."""
    told = paper.get("account")
    if not told:
        return None
    return CompanyStage(
        stage=told["name"],
        sure=sure(float(told["confidence"])),
        conflict=bool(told["conflict"]),
        says=tuple(
            Said(
                name="this person"
                if each["prospect"] == person
                else role(each["stake"], each["seniority"]),
                stage=each["name"],
                found=bool(each["found"]),
            )
            for each in told["says"]
        ),
    )


def role(stake: str | None, seniority: str | None) -> str:
    """Who somebody is without their name: their role, else how senior they are."""
    if stake:
        return f"a {STAKES[Stake(stake)]}"
    return SENIORITIES.get(seniority or "", SOMEBODY)


def _said(each: Saying, stages: Mapping[str, str], insider: Insider | None) -> Said:
    return Said(
        name=insider.name if insider else role(each.stake, each.seniority),
        stage=stages.get(each.stage, each.stage),
        url=insider.url if insider else None,
        found=each.found,
    )
