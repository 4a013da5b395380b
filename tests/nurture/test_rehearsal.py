"""A rehearsal does what the flow would do, when it would, and says why each wait ended."""

from datetime import UTC, datetime, timedelta

from nurture.advance import Exit, HandOff, Mail, enter
from nurture.rehearsal import Because, Scene, rehearse
from nurture.wiring import read_flow
from prospects.values import Activity
from tests.nurture.flows_for_tests import CONSIDERED, activity, flow, person

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def walked(steps: object, *acts: Activity, days: int = 30, points: float = 0) -> list[Scene]:
    played = read_flow(CONSIDERED) if steps is CONSIDERED else flow(steps)  # type: ignore[arg-type]
    whole = person(NOW, *acts, prospect_id=None, points=points)

    def known(at: datetime):  # type: ignore[no-untyped-def]
        seen = [each for each in acts if each.learned_at <= at]
        return person(at, *seen, prospect_id=whole.prospect_id, points=points)

    news = sorted(each.learned_at for each in acts)
    place = enter(known(NOW), played, NOW)
    return list(rehearse(known, played, place, at=NOW, until=NOW + days * DAY, news=news))


def mails(scenes: list[Scene]) -> list[tuple[float, str]]:
    return [
        ((scene.at - NOW) / DAY, effect.template)
        for scene in scenes
        for effect in scene.progress.effects
        if isinstance(effect, Mail)
    ]


def test_with_nothing_but_time_every_wait_runs_out() -> None:
    scenes = walked(CONSIDERED)
    assert mails(scenes) == [(0, "hello"), (7, "nudge")]
    assert [scene.because for scene in scenes] == [Because.BEGIN, Because.TIME, Because.TIME]
    assert scenes[-1].progress.rest == Exit("done")


def test_what_happens_ends_the_wait_it_ends() -> None:
    click = activity("click", NOW + 3 * DAY)
    view = activity("page_view", NOW + 2.5 * DAY)
    scenes = walked(CONSIDERED, click, view, points=70)
    assert mails(scenes) == [(0, "hello"), (3, "deep")]
    assert [(scene.at - NOW) / DAY for scene in scenes if scene.because is Because.NEWS] == [3]
    handed = [e for s in scenes for e in s.progress.effects if isinstance(e, HandOff)]
    assert [each.lane for each in handed] == ["fast"]


def test_it_ends_where_it_was_told_to() -> None:
    assert mails(walked(CONSIDERED, days=6)) == [(0, "hello")]


def test_what_a_step_sets_is_seen_by_those_after_it() -> None:
    steps = [
        {"id": "mark", "set": {"field": "fields.hot", "value": True}},
        {"id": "rest", "wait": "1d"},
        {
            "id": "sort",
            "branch": {
                "when": [{"if": {"field": "fields.hot", "op": "eq", "value": True}, "then": "yes"}],
                "else": "no",
            },
        },
        {"id": "yes", "mail": {"template": "yes"}, "next": "no"},
        {"id": "no", "exit": {"reason": "done"}},
    ]
    assert mails(walked(steps)) == [(1, "yes")]


def test_a_circle_of_short_waits_ends_some_time() -> None:
    steps = [{"id": "a", "wait": "1h"}, {"id": "b", "mail": {"template": "b"}, "next": "a"}]
    assert len(walked(steps, days=700)) <= 200
