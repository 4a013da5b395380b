"""What a lead turned out to be, by what the history tells at an instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from prospects.kinds import Kind, Verdict
from scoring.learning.labels import Aim, Fate, Lead, Told, aim_of, leads
from scoring.rules import built_in, compile_rules, read_scoring, read_stages
from tests.scoring.people import DAY, NOW

LADDER = ("awareness", "consideration", "evaluation", "decision", "customer")
AIM = Aim(stage="evaluation", ladder=LADDER, within=30 * DAY)


def told(kind: Kind, ago: float, *, key: str = "", **body: Any) -> Told:
    at = NOW - ago * DAY
    return Told(kind=kind, happened_at=at, learned_at=at, key=key, body={"handoff": "lead", **body})


def found(verdict: Verdict, stage: str | None, ago: float, **more: Any) -> Told:
    return told(Kind.VERDICT, ago, verdict=verdict, stage_found=stage, **more)


def only(*acts: Told, now: datetime = NOW) -> Lead:
    (lead,) = leads(acts, AIM, now)
    return lead


OFFERED = told(Kind.OFFERED, 20)


@pytest.mark.parametrize(
    ("verdict", "stage", "fate"),
    [
        (Verdict.CONFIRMED, "evaluation", Fate.WIN),
        (Verdict.CONFIRMED, "decision", Fate.WIN),
        (Verdict.CONFIRMED, "awareness", Fate.LOSS),
        (Verdict.LATER, "decision", Fate.WIN),
        (Verdict.LATER, "consideration", Fate.LOSS),
        (Verdict.EARLIER, "evaluation", Fate.WIN),
        (Verdict.EARLIER, "consideration", Fate.LOSS),
        (Verdict.WRONG_PERSON, None, Fate.LOSS),
        (Verdict.NOT_A_BUYER, "decision", Fate.LOSS),
        (Verdict.NOT_REACHED, None, Fate.OPEN),
        (Verdict.CONFIRMED, "a stage that is gone", Fate.OPEN),
    ],
)
def test_the_stage_found_decides_and_not_what_the_verdict_is_called(
    verdict: Verdict, stage: str | None, fate: Fate
) -> None:
    assert only(OFFERED, found(verdict, stage, 15)).fate is fate


def test_a_plain_confirmation_is_of_the_stage_that_was_claimed() -> None:
    assert only(OFFERED, found(Verdict.CONFIRMED, None, 15, claimed="decision")).fate is Fate.WIN
    assert only(OFFERED, found(Verdict.CONFIRMED, None, 15)).fate is Fate.OPEN


def test_what_is_found_after_the_time_is_over_is_no_win() -> None:
    offered = told(Kind.OFFERED, 40)
    in_time, late = (found(Verdict.LATER, "decision", ago) for ago in (10, 9.9))
    assert only(offered, in_time).fate is Fate.WIN
    assert only(offered, late).fate is Fate.LOSS
    assert only(offered, late).age == 30 * DAY


def test_a_correction_takes_the_place_of_what_it_names() -> None:
    first = found(Verdict.CONFIRMED, "evaluation", 15, key="verdict:one")
    second = found(Verdict.EARLIER, "awareness", 16, key="verdict:two", supersedes="one")
    # It names an earlier talk, and is learned of later.
    second = replace(second, learned_at=NOW - 5 * DAY)
    assert only(OFFERED, first, second).fate is Fate.LOSS
    assert only(OFFERED, first, second, now=NOW - 10 * DAY).fate is Fate.WIN


def test_nothing_that_came_to_be_known_later_is_seen() -> None:
    late = replace(found(Verdict.LATER, "decision", 15), learned_at=NOW - DAY)
    assert only(OFFERED, late, now=NOW - 2 * DAY).fate is Fate.OPEN
    assert only(OFFERED, late).settled_at == NOW - DAY


def test_a_lead_nobody_was_heard_of_is_open_as_long_as_somebody_has_it() -> None:
    taken, tried = told(Kind.ACCEPTED, 19), told(Kind.CONTACT_ATTEMPT, 18)
    passed_on = told(Kind.DECLINED, 17, reason="no_time")
    assert only(OFFERED, taken).age == 20 * DAY
    assert only(OFFERED, taken, tried).age == 2 * DAY
    assert only(OFFERED, passed_on).age == 3 * DAY
    assert only(told(Kind.OFFERED, 90)).age == 30 * DAY
    assert only(OFFERED, taken, tried, passed_on).fate is Fate.OPEN


def test_each_lead_of_a_person_has_a_fate_of_its_own() -> None:
    again = [
        told(Kind.OFFERED, 3, handoff="again"),
        found(Verdict.LATER, "decision", 2, handoff="again"),
    ]
    fates = [
        each.fate
        for each in leads([*again, OFFERED, found(Verdict.EARLIER, "awareness", 9)], AIM, NOW)
    ]
    assert fates == [Fate.LOSS, Fate.WIN]


def test_a_deal_that_is_won_in_time_was_a_win_whatever_was_found() -> None:
    earlier, won = found(Verdict.CONFIRMED, "awareness", 15), told(Kind.OUTCOME, 1, result="won")
    assert only(OFFERED, earlier, won).fate is Fate.WIN
    lost = told(Kind.OUTCOME, 1, result="lost")
    assert only(OFFERED, found(Verdict.CONFIRMED, "decision", 15), lost).fate is Fate.WIN
    assert only(OFFERED, lost).fate is Fate.LOSS


def test_who_was_drawn_by_chance_keeps_the_chance() -> None:
    drawn = told(Kind.EXPLORED, 20, probability=0.05)
    assert only(drawn, OFFERED).probability == 0.05
    assert only(OFFERED).probability is None
    assert only(told(Kind.EXPLORED, 20, probability=0), OFFERED).probability is None


def test_a_verdict_on_nobody_who_was_offered_is_no_lead() -> None:
    assert leads([found(Verdict.LATER, "decision", 2)], AIM, NOW) == []
    assert leads([told(Kind.VERDICT, 2, handoff=None)], AIM, NOW) == []


def test_what_is_foreseen_is_a_setting() -> None:
    assert aim_of(built_in()) == AIM
    stages = read_stages({"stages": [{"slug": s, "name": s} for s in ("new", "hot", "sold")]})
    written = {"warm": {"stage": "hot"}, "evidence": []}
    rules = compile_rules(read_scoring(written, stages), stages)
    assert aim_of(rules).stage == "hot"
    soon = compile_rules(
        read_scoring({"label": {"within": "2w"}}, read_stages(None)), read_stages(None)
    )
    assert (aim_of(soon).stage, aim_of(soon).within) == ("evaluation", timedelta(days=14))


def test_what_a_manager_took_back_is_open() -> None:
    offered, back = told(Kind.OFFERED, 20), told(Kind.OUTCOME, 10, result="withdrawn")
    lead = only(offered, back)
    assert (lead.fate, lead.ended) == (Fate.OPEN, None)
    found_before = only(offered, found(Verdict.LATER, "evaluation", 15), back)
    assert (found_before.fate, found_before.ended) == (Fate.WIN, None)
