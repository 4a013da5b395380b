"""What is kept follows any history: late acts, robots found, acts gone or parted, and changed rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.ids import ActivityId, first_id_after, new_id
from prospects.kinds import Kind
from prospects.values import Activity
from scoring.features import tally
from scoring.features.keeping import Kept, followed, made
from scoring.features.seeing import features_from, features_of
from tests.scoring.people import DAY, NOW, act, form, somebody, written

RULES = written()
OTHERS = replace(RULES, mark=RULES.mark + 1)

KINDS = (Kind.FORM, Kind.PAGE_VIEW, Kind.CLICK, Kind.UNSUBSCRIBED, Kind.VERDICT, Kind.MAIL_SENT)
LOOK = st.fixed_dictionaries(
    {
        "later": st.integers(0, 24 * 20),
        "news": st.lists(
            st.tuples(st.sampled_from(KINDS), st.integers(-5, 24 * 110), st.integers(0, 30)),
            max_size=4,
        ),
        "robots": st.sets(st.integers(0, 12), max_size=2),
        "gone": st.sets(st.integers(0, 12), max_size=1),
        "late": st.booleans(),
        "others": st.booleans(),
    }
)


def _acts(news: list[tuple[Kind, int, int]], at: timedelta, *, late: bool) -> list[Activity]:
    """Acts learned now, or learned a while ago by a transaction that took long."""
    learned = NOW + at - (timedelta(hours=2) if late else timedelta())
    return [
        replace(
            act(
                kind, timedelta(hours=ago) - at, page=f"/{n % 3}", campaign=str(n), n=n, at=str(at)
            ),
            id=ActivityId(new_id(learned)),
            learned_at=learned,
        )
        for kind, ago, n in news
    ]


@given(looks=st.lists(LOOK, min_size=1, max_size=5))
def test_following_comes_to_what_is_made_anew(looks: list[dict[str, object]]) -> None:
    history: dict[object, Activity] = {}
    kept: Kept | None = None
    at = timedelta()
    for look in looks:
        at += timedelta(hours=look["later"])  # type: ignore[arg-type]
        fresh = _acts(look["news"], at, late=look["late"])  # type: ignore[arg-type]
        history |= {each.id: each for each in fresh if "verdict" not in each.kind}
        for place, each in enumerate([*history.values()]):
            if place in look["robots"]:  # type: ignore[operator]
                history[each.id] = replace(each, suspect_robot=True)
            if place in look["gone"]:  # type: ignore[operator]
                del history[each.id]
        rules = OTHERS if look["others"] else RULES
        now = NOW + at
        seen = replace(somebody(*history.values()), as_of=now)
        kept = made(seen, rules, now) if kept is None else followed(kept, seen, rules, now) or kept
        anew = features_of(seen, now, rules)
        found = features_from(kept.state, seen.person, seen.company, now=now, rules=rules)
        for name, value in anew.items():
            assert found[name] == (
                pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            )


def test_only_what_is_new_is_looked_at() -> None:
    """A look with news adds them to what is kept; without any there is nothing to write."""
    before = somebody(replace(form("demo", DAY), id=ActivityId(new_id(NOW - DAY))))
    kept = made(before, RULES, NOW)
    assert followed(kept, before, RULES, NOW + DAY) is None

    quote = replace(form("quote"), learned_at=NOW + DAY, id=ActivityId(new_id(NOW + DAY)))
    more = replace(somebody(*before.activities, quote), as_of=NOW + DAY)
    # What no act of theirs tells stays, so nothing was made from the history.
    marked = tally.Tally(
        did={**kept.state.tally.did, "chat": [tally.micros(NOW)]}, first=kept.state.tally.first
    )
    kept = replace(kept, state=replace(kept.state, tally=marked))
    after = followed(kept, more, RULES, NOW + DAY)
    assert after is not None
    assert after.state.tally.did["chat"] == [tally.micros(NOW)]
    assert len(after.state.tally.did["form"]) == 2
    assert (after.acts, after.learned_at) == (2, NOW + DAY)
    assert after.state.earned.at > kept.state.earned.at


def test_who_somebody_is_changes_what_is_kept_without_any_act() -> None:
    kept = made(somebody(), RULES, NOW)
    after = followed(kept, somebody(title="CEO"), RULES, NOW)

    assert after is not None
    assert (kept.state.earned.fit, after.state.earned.fit) == (0, 20)


def test_ids_tell_what_was_learned_later() -> None:
    for micros in (0, 1, 999, 1000, 1001):
        at = NOW + timedelta(microseconds=micros)
        assert new_id(at) < first_id_after(at) <= new_id(at + timedelta(microseconds=1))
