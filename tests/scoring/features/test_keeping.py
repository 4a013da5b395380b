"""What is kept follows any history: late acts, robots found, acts gone or parted, and changed rules."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.ids import ActivityId, first_id_after, new_id
from prospects.kinds import Kind
from prospects.values import Activity, Snapshot
from scoring.features import tally
from scoring.features.keeping import Kept, News, followed, made
from scoring.features.seeing import features_from, features_of
from scoring.rules import ScoringRules
from tests.scoring.people import DAY, NOW, act, form, somebody, written

RULES = written()
HOUR = timedelta(hours=1)
OTHERS = written(
    engagement={
        "cap": 40,
        "half_life": "3d",
        "rules": [{"name": "clicks", "activity": "click", "points": 7, "cap": 30}],
    }
)

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
        "rewritten": st.booleans(),
    }
)


class Row:
    """What a row of the table holds, written and read as there: a tally, and what waits beside it."""

    def __init__(self) -> None:
        self.tally, self.beside = "", ""
        self.kept: Kept | None = None

    def look(
        self, seen: Snapshot, rules: ScoringRules, now: datetime, *, rewritten: bool
    ) -> Kept | News | None:
        """Follow once; `rewritten`: the tally is read and written again. Says what there was to write."""
        found: Kept | News | None
        if self.kept is None:
            found = made(seen, rules, now)
        else:
            held = self.kept.tally if rewritten else None
            found = followed(self.kept.noted, held, seen, rules, now)
        match found:
            case Kept():
                self.tally, self.beside = json.dumps(tally.written(found.tally)), ""
            case News():
                self.beside += tally.written_beside(found.traces)
            case None:
                return None
        self.kept = Kept(tally.read(json.loads(self.tally), self.beside), found.noted)
        return found


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
    row = Row()
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
        row.look(seen, rules, now, rewritten=bool(look["rewritten"]))
        assert row.kept is not None
        anew = features_of(seen, now, rules)
        found = features_from(row.kept.state, seen.person, seen.company, now=now, rules=rules)
        for name, value in anew.items():
            assert found[name] == (
                pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            )


@pytest.mark.parametrize("rewritten", [False, True])
def test_only_what_is_new_is_looked_at(*, rewritten: bool) -> None:
    """A look with news adds them to what is kept; without any there is nothing to write."""
    before = somebody(replace(form("demo", DAY), id=ActivityId(new_id(NOW - DAY))))
    row = Row()
    row.look(before, RULES, NOW, rewritten=True)
    assert row.look(before, RULES, NOW + DAY, rewritten=rewritten) is None

    quote = replace(form("quote"), learned_at=NOW + DAY, id=ActivityId(new_id(NOW + DAY)))
    more = replace(somebody(*before.activities, quote), as_of=NOW + DAY)
    # What no act of theirs tells stays, so nothing was made from the history.
    assert row.kept is not None
    marked = tally.written(row.kept.tally)
    marked["did"]["chat"] = [tally.micros(NOW)]
    row.tally, earlier = json.dumps(marked), row.kept.noted.earned
    row.kept = replace(row.kept, tally=tally.read(marked))
    assert isinstance(
        row.look(more, RULES, NOW + DAY, rewritten=rewritten), Kept if rewritten else News
    )
    assert row.kept.tally.did["chat"] == [tally.micros(NOW)]
    assert len(row.kept.tally.did["form"]) == 2
    noted = row.kept.noted
    assert (noted.acts, noted.history, noted.learned_at) == (2, 2, NOW + DAY)
    assert noted.earned.at > earlier.at


def test_what_features_do_not_see_is_not_written() -> None:
    """A mail of ours is no news, and the next act of theirs is found beside it."""
    first = replace(form("demo", DAY), id=ActivityId(new_id(NOW - DAY)))
    row = Row()
    row.look(somebody(first), RULES, NOW, rewritten=False)
    sent = replace(act(Kind.MAIL_SENT), learned_at=NOW + HOUR, id=ActivityId(new_id(NOW + HOUR)))
    later = replace(somebody(first, sent), as_of=NOW + HOUR)
    assert row.look(later, RULES, NOW + HOUR, rewritten=False) is None

    click = replace(act(Kind.CLICK), learned_at=NOW + DAY, id=ActivityId(new_id(NOW + DAY)))
    last = replace(somebody(first, sent, click), as_of=NOW + DAY)
    found = row.look(last, RULES, NOW + DAY, rewritten=False)
    assert isinstance(found, News)
    assert [each.kind for each in found.traces] == ["click"]
    assert (found.noted.acts, found.noted.history) == (2, 3)


def test_who_somebody_is_changes_what_is_kept_without_any_act() -> None:
    kept = made(somebody(), RULES, NOW)
    after = followed(kept.noted, None, somebody(title="CEO"), RULES, NOW)

    assert isinstance(after, News)
    assert not after.traces
    assert (kept.noted.earned.fit, after.noted.earned.fit) == (0, 20)


TRACES = st.builds(
    tally.Trace,
    kind=st.sampled_from([kind.value for kind in tally.COUNTED]),
    at=st.integers(-3, 3) | st.integers(0, 2**51),
    robot=st.integers(0, 1),
    **{part: st.text(max_size=3) for part in ("part", "source", "campaign", "form")},
)


@given(traces=st.lists(TRACES, max_size=6), cut=st.integers(0, 6))
def test_traces_come_back_from_their_text_however_it_grew(
    traces: list[tally.Trace], cut: int
) -> None:
    text = tally.written_beside(traces[:cut]) + tally.written_beside(traces[cut:])
    told = [tally.Trace(*each) for each in json.loads(f"[{text[:-1]}]")]
    assert told == traces


def test_ids_tell_what_was_learned_later() -> None:
    for micros in (0, 1, 999, 1000, 1001):
        at = NOW + timedelta(microseconds=micros)
        assert new_id(at) < first_id_after(at) <= new_id(at + timedelta(microseconds=1))
