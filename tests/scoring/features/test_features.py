"""Features say what their sentences promise, and see only what was known."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.ids import MemberId
from prospects.kinds import Kind, Verdict
from prospects.mail_names import UNPROVED
from prospects.old_views import KEPT
from prospects.values import Active, Activity, Lifecycle, Snapshot
from scoring.features import facts, points, registry, tally
from scoring.features.protected import protected
from scoring.features.registry import REGISTRY, VERSION
from scoring.features.seeing import State, features_from, features_of, known_by, state_of
from tests.scoring.people import DAY, NOW, SOMEBODY, act, form, somebody, verdict, written

RULES = written()
HOUR = timedelta(hours=1)


def said(*acts: Activity, **told: object) -> dict[str, object]:
    return dict(features_of(_person(somebody(*acts), **told), NOW, RULES))


def _person(seen: Snapshot, **told: object) -> Snapshot:
    return replace(seen, person=replace(seen.person, **told))


def test_every_feature_has_a_sentence_and_a_unit_if_it_is_a_number() -> None:
    for each in REGISTRY.values():
        assert each.says[0].isupper()
        assert not each.says.endswith(".")
        assert bool(each.unit) is (each.sort == "number")
        assert each.blind_to
        assert " 1 days" not in each.says


def test_what_somebody_did_is_counted_and_halves() -> None:
    found = said(form("demo", 7 * DAY), form("guide", 14 * DAY), act(Kind.REPLY, 2 * HOUR))

    assert found["did.form.count"] == 2
    assert found["did.form.recent_7d"] == pytest.approx(0.5 + 0.25)
    assert found["did.form.hours_since"] == 7 * 24
    assert found["did.form.days_since_first"] == 14
    assert found["did.any.hours_since"] == 2
    assert found["did.any.kinds"] == 2
    assert found["did.any.active_days"] == 3
    assert found["did.webinar.count"] == 0
    assert found["did.webinar.hours_since"] is None


def test_many_looks_at_one_part_of_the_site_on_one_day_are_one_visit() -> None:
    looks = [
        act(Kind.PAGE_VIEW, n * HOUR, page=page)
        for n, page in enumerate(("/pricing", "/pricing/enterprise", "/docs/a", "/docs/b"))
    ]

    assert said(*looks)["did.page_view.count"] == 2
    assert said(*looks, act(Kind.PAGE_VIEW, DAY, page="/pricing"))["did.page_view.count"] == 3


def test_nothing_older_than_raw_views_last_is_seen() -> None:
    assert KEPT.days == tally.LOOKS_BACK
    edge = timedelta(days=tally.LOOKS_BACK - 1) + timedelta(hours=NOW.hour)

    assert said(form("a", edge))["did.form.count"] == 1
    assert said(form("a", edge + HOUR))["did.form.count"] == 0


def test_robots_count_only_in_their_own_share() -> None:
    found = said(act(Kind.CLICK, robot=True), act(Kind.PAGE_VIEW, robot=True), form("a"))

    assert found["did.click.count"] == 0
    assert found["did.any.robot_share"] == pytest.approx(2 / 3)


def test_an_answer_that_anybody_may_have_written_counts_for_nothing() -> None:
    doubtful = act(Kind.REPLY, DAY, **{UNPROVED: True})
    vouched = verdict(Verdict.CONFIRMED, HOUR, found="evaluation")

    assert said(doubtful, vouched) == said()
    assert (
        said(doubtful)["points.engagement"] == 0 < (said(act(Kind.REPLY))["points.engagement"] or 0)
    )  # type: ignore[operator]
    assert said(doubtful, act(Kind.REPLY, HOUR))["did.reply.count"] == 1


def test_hours_are_those_where_the_person_is() -> None:
    acts = [form("tuesday 10 utc"), form("saturday", 3 * DAY)]

    assert said(*acts)["did.any.in_hours_share"] is None
    assert said(*acts, zone="Europe/Berlin")["did.any.in_hours_share"] == 0.5
    assert said(*acts, zone="Europe/Berlin")["did.any.weekend_share"] == 0.5
    assert said(*acts, zone="Asia/Tokyo")["did.any.in_hours_share"] == 0
    assert said(*acts, zone="../../etc/passwd")["did.any.in_hours_share"] is None


@pytest.mark.parametrize(
    ("hour", "minute", "share"), [(7, 59, 0), (8, 0, 1), (17, 59, 1), (18, 0, 0)]
)
def test_a_working_day_begins_at_eight_and_ends_at_eighteen(
    hour: int, minute: int, share: float
) -> None:
    at = NOW.replace(hour=hour, minute=minute) - DAY
    assert said(form("a", NOW - at), zone="UTC")["did.any.in_hours_share"] == share


def test_opens_count_up_to_five() -> None:
    opens = [act(Kind.OPEN, n * HOUR, n=n) for n in range(8)]
    counts = [said(*opens[:many])["did.open.count"] for many in (0, 4, 5, 8)]
    assert counts == [0, 4, 5, 5]
    assert said(*opens)["did.any.count"] == 0


@pytest.mark.parametrize(
    ("people", "size"),
    [(1, "1-10"), (10, "1-10"), (11, "11-50"), (5_000, "1001-5000"), (5_001, "5001+")],
)
def test_a_company_is_of_the_size_whose_bounds_hold_it(people: int, size: str) -> None:
    seen = somebody()
    assert seen.company is not None
    fields = {"employees": people, "industry": "Steel", "region": "north"}
    found = features_of(replace(seen, company=replace(seen.company, fields=fields)), NOW, RULES)

    assert found["account.size"] == size
    told = {name for name in found if name.startswith("account.fields.")}
    assert told == {"account.fields.region"}


def test_by_what_they_came_is_told_of_the_first_touch_and_the_last() -> None:
    acts = [
        act(Kind.FORM, 200 * DAY, form="guide", campaign="spring"),
        act(Kind.FORM, 5 * DAY, form="demo", campaign="autumn"),
        act(Kind.CLICK, DAY),
    ]
    found = said(*acts)

    assert (found["came.campaign"], found["came.last_campaign"]) == ("spring", "autumn")
    assert found["came.last_form"] == "demo"
    assert found["came.source"] == "test"


def test_a_robot_is_no_first_touch_and_a_view_is_no_last_one() -> None:
    """Of a folded day only first views are left, so that no view can be the last that tells a campaign."""
    acts = [
        act(Kind.CLICK, 9 * DAY, robot=True, campaign="scanned"),
        act(Kind.PAGE_VIEW, 8 * DAY, page="/", campaign="seen"),
        form("demo", 5 * DAY),
        act(Kind.CLICK, 3 * DAY, campaign="mail"),
        act(Kind.PAGE_VIEW, DAY, page="/", campaign="later"),
    ]
    found = said(*acts)

    assert (found["came.campaign"], found["came.last_campaign"]) == ("seen", "mail")
    assert said(acts[0])["came.source"] is None


def test_words_of_the_workspace_for_titles_go_before_the_built_in_ones() -> None:
    own = written(
        titles=[{"words": "Bid Manager", "function": "procurement", "seniority": "senior"}]
    )
    seen = somebody(title="Senior Bid-Manager (m/w/d)")

    assert features_of(seen, NOW, own)["person.function"] == "procurement"
    assert features_of(seen, NOW, own)["person.seniority"] == "senior"
    assert features_of(seen, NOW, RULES)["person.seniority"] == "manager"


@pytest.mark.parametrize(
    ("given", "people"),
    [
        *[("51-200", 51), ("1,000+", 1000), (" 250 ", 250), (12, 12), ("1k", 1000)],
        *[("many", None), (True, None), (-1, None), (float("nan"), None)],
    ],
)
def test_a_company_is_as_large_as_forms_say(given: object, people: float | None) -> None:
    assert facts.employees_of(given) == people


def test_who_else_is_active_at_the_company_is_told() -> None:
    seen = somebody()
    assert seen.company is not None
    seen = replace(
        seen, company=replace(seen.company, active=Active(3, 2), fields={"employees": 80})
    )
    found = features_of(seen, NOW, RULES)

    assert (found["account.people_active"], found["account.functions_active"]) == (3, 2)
    assert found["account.size"] == "51-200"


def test_fields_are_numbers_or_words_and_what_is_denied_needs_a_decision() -> None:
    fields = {
        "budget": "12000",
        "ready": True,
        "First Name": "Ada",
        "plz": "10115",
        "Lead Quality": "A",
    }
    fields |= {"team": {"size": 4}, "why": "x" * 500}
    found = said(fields=fields)

    assert (found["fields.budget"], found["fields.ready"]) == (12000.0, "yes")
    assert (found["fields.team"], found["fields.why"]) == (None, None)
    assert not {"fields.First Name", "fields.plz", "fields.Lead Quality"} & set(found)

    decision = {
        "name": "fields.plz",
        "because": "We sell by district",
        "by": "Ada",
        "at": "2026-01-02",
    }
    seen = _person(somebody(), fields=fields)
    allowed = features_of(seen, NOW, written(allowed_features=[decision]))
    assert allowed["fields.plz"] == 10115.0


@pytest.mark.parametrize(
    ("heading", "kept_out"),
    [
        *(("contact_date_of_birth", True), ("CustomerZipCode", True), ("gender (select)", True)),
        *(("campaign_name", False), ("zipper", False), ("budget", False), ("Contact Name", True)),
    ],
)
def test_what_tells_of_a_persons_nature_is_known_however_its_heading_goes_on(
    heading: str, kept_out: bool
) -> None:
    assert (protected(heading) is not None) is kept_out


def test_nothing_of_the_rep_or_the_deal_changes_a_feature() -> None:
    rules = written(
        fit={
            "cap": 50,
            "rules": [{"name": "ours", "if": {"field": "owner", "op": "is_set"}, "points": 9}],
        }
    )
    before = somebody(form("demo", DAY))
    after = somebody(
        form("demo", DAY),
        verdict(Verdict.CONFIRMED, HOUR, found="decision"),
        act(Kind.OUTCOME, HOUR, result="won"),
        act(Kind.NOTE, HOUR, text="nice"),
        act(Kind.DEAL, HOUR, state="won"),
        act(Kind.MAIL_SENT, HOUR),
    )
    after = replace(
        after, lifecycle=Lifecycle.WON, owner=MemberId(SOMEBODY), warm=True, tags=("vip",)
    )

    assert features_of(after, NOW, rules) == features_of(before, NOW, rules)


def test_a_time_in_the_future_and_a_late_webhook_are_not_seen() -> None:
    ahead = form("demo", -HOUR)
    late = replace(form("quote", 2 * DAY), learned_at=NOW + HOUR)
    plain = features_of(somebody(form("a", DAY)), NOW, RULES)
    found = features_of(somebody(form("a", DAY), ahead, late), NOW, RULES)

    assert found == plain
    afterwards = features_of(somebody(form("a", DAY), ahead, late), NOW + HOUR, RULES)
    assert afterwards["did.form.count"] == 3


ACTS = st.lists(
    st.builds(
        lambda kind, hours, page, robot, late: replace(
            act(
                kind, timedelta(hours=hours), robot=robot, page=f"/{page}/x", campaign=page, n=late
            ),
            learned_at=NOW - timedelta(hours=max(0, hours - late)),
        ),
        st.sampled_from([Kind.FORM, Kind.PAGE_VIEW, Kind.CLICK, Kind.OPEN, Kind.VERDICT]),
        st.integers(0, 24 * 130),
        st.sampled_from("abc"),
        st.booleans(),
        st.integers(0, 400),
    ),
    max_size=25,
    unique_by=lambda each: each.id,
)


@given(
    acts=ACTS,
    order=st.randoms(use_true_random=False),
    cut=st.integers(0, 25),
    days=st.integers(0, 120),
)
def test_what_is_kept_act_by_act_in_any_order_comes_to_what_is_made_anew(
    acts: list[Activity], order: object, cut: int, days: int
) -> None:
    acts = [one for one in acts if "verdict" not in one.kind]
    seen = somebody(*acts)
    mixed = [*acts]
    order.shuffle(mixed)  # type: ignore[attr-defined]
    kept = tally.added(tally.tallied(mixed[:cut], NOW), mixed[cut:], NOW)
    kept = tally.read(tally.written(kept))
    earned = points.read(points.written(points.earning(seen, RULES, NOW)))
    later = NOW + timedelta(days=days, hours=3)

    anew = features_of(seen, later, RULES)
    found = features_from(State(kept, earned), seen.person, seen.company, now=later, rules=RULES)

    assert found.keys() == anew.keys()
    for name, value in anew.items():
        assert found[name] == (
            pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
        )


def test_what_is_known_by_an_instant_is_the_same_then_and_now() -> None:
    acts = [form(str(n), n * DAY) for n in range(9)]
    yesterday = NOW - DAY
    live = features_of(somebody(*acts[1:]), yesterday, RULES)

    assert features_of(somebody(*acts), yesterday, RULES) == live
    assert known_by(somebody(*acts), yesterday) == [*reversed(acts[1:])]
    assert state_of(somebody(*acts), yesterday, RULES).tally == tally.tallied(acts[1:], yesterday)


def test_a_card_can_tell_that_features_have_changed() -> None:
    """What one person's features say is pinned: who changes it raises `registry.REVISION`."""
    seen = _person(
        somebody(form("demo", DAY), act(Kind.PAGE_VIEW, 9 * DAY, page="/a"), title="CEO"),
        zone="UTC",
    )
    told = {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in features_of(seen, NOW, RULES).items()
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    assert VERSION.startswith("features-")
    assert (registry.REVISION, digest) == (1, "07d80207e651")
