"""The pages of models: what is missing in words, one card with its plots, and the acts that move it on."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages import model_words, plots
from app.pages.turning import PAGE
from prospects import configuration
from prospects.member import Role
from scoring import models
from scoring.card.card import Rung
from scoring.learning import next_rung, trainings
from scoring.learning.rows import ShadowRow
from scoring.learning.trainings import State
from scoring.models import By, Origin
from scoring.rows import ModelRow
from scoring.training import boosted, platt, scorecard
from tests.app.test_releases import came
from tests.pages.conftest import Visitor
from tests.scoring.card.test_adding_up import a_card

CHECKS = [
    {"name": "enough", "passed": False, "figures": {}, "words": "12 wins."},
    {"name": "points", "passed": True, "figures": {"auc_points": 0.61}, "words": "Better."},
]
REPORT = {
    "signal": True,
    "gate": {"outcome": "ask", "checks": CHECKS},
    "looked": {
        "newest": True, "rows": 90, "won": 12, "higher": 9, "lower": 2, "slices": [], "psi": {},
        "reliability": [{"rows": 45, "predicted": 0.1, "won": 0.2}, {"rows": 45, "predicted": 0.4, "won": 0.3}],
        "lift": [0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 1.0],
    },
    "dropped": {"fields.<b>": "one value only", **{f"fields.f{n}": "it is empty" for n in range(4)}},
    "candidates": [{"name": "points", "cv": {"auc": 0.7}, "time_split": None, "why_not": ""}],
    "words": ["Learned from 100 leads."],
}  # fmt: skip


@pytest.fixture
def card(database: Database, now: datetime) -> str:
    made = a_card()

    def keep(session: Session) -> None:
        models.keep(session, made, REPORT, now, origin=Origin.RECORD, by=By("mia"))

    perform(database, keep)
    return made.id


def test_a_model_is_tried_scores_and_is_left_on_its_page(
    visitor: Callable[[], Visitor], hire: Callable[..., str], card: str
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    url = f"/scoring/models/{card}"
    assert "trained, waits for a person" in mia.see("/scoring/models")
    page = mia.see(url)
    for words in (
        "ranked 9 of 12 later buyers higher than your points did, 2 lower.",
        "Does it say what comes true?",
        "Foreseen 10 %, found 20 % of 45",
        "fields.&lt;b&gt;",
        "4 things: <bdi>it is empty</bdi>",
        "Approve: try it",
        "May it take over?",
    ):
        assert words in page.replace("“&lt;b&gt;”", "fields.&lt;b&gt;"), words
    assert mia.send(url, f"{url}/approval").status_code == 303
    assert "trying itself in the shadow until" in mia.see(url)
    early = mia.send(url, f"{url}/activation", reason=" ")
    assert (early.status_code, "say why" in early.text) == (422, True)
    assert mia.send(url, f"{url}/activation", reason="We waited for it").status_code == 303
    page = mia.see(url)
    assert "scores everybody since today" in page
    assert ("What it counts</h2>" in page, ">Was<" in page) == (True, False)
    assert ("What its checks said" in page, "May it take over?" in page) == (True, False)
    assert mia.send(url, f"{url}/retirement").status_code == 303
    page = mia.see(url)
    assert ("scored until today" in page, "Go back to this one" in page) == (True, True)
    mia.see("/scoring/models/card-none", 404)
    mia.see("/scoring/models/%00", 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_model_in_the_shadow_names_whom_it_would_move_most(
    visitor: Callable[[], Visitor],
    hire: Callable[..., str],
    card: str,
    database: Database,
    now: datetime,
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    shown = {"grade": "B2", "score": None, "was_grade": "B2", "model_id": card, "at": now}

    def told(session: Session) -> None:
        people = came(session, now, "ann", "bob", "cleo")
        for who, points, warm in zip(people, (40.0, 62.0, 41.0), (False, True, False), strict=True):
            session.merge(
                ShadowRow(
                    prospect_id=who,
                    points=points,
                    warm=warm,
                    was_points=40.4,
                    was_warm=False,
                    **shown,
                )
            )

    assert (
        mia.send(f"/scoring/models/{card}", f"/scoring/models/{card}/approval").status_code == 303
    )
    perform(database, told)
    page = mia.see(f"/scoring/models/{card}")
    assert "Whom it would move most" in page
    assert page.count('href="/people/') == 1, "less than a point is not worth a name"
    assert "would be warm</" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_nobody_is_drawn_by_chance_it_is_said_what_to_do(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database, now: datetime
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    none = a_card().calibration.model_copy(update={"passed": False, "why": "No percentage yet: x."})
    made = a_card().model_copy(update={"calibration": none})

    def write(session: Session, **explore: float) -> None:
        models.keep(session, made, REPORT, now, origin=Origin.RECORD, by=By("mia"))
        configuration.write(session, "scoring", "scoring", dict(explore), now, by="mia")

    pages = ("/scoring/models", f"/scoring/models/{made.id}")
    perform(database, write)
    assert all("Set “explore: 0.05”" not in mia.see(page) for page in pages)
    perform(database, lambda session: write(session, explore=0))
    assert all("Set “explore: 0.05”" in mia.see(page) for page in pages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_very_many_models_the_list_goes_on_to_the_first(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database, now: datetime
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    made = [a_card().model_copy(update={"intercept": -n / 100}) for n in range(PAGE + 2)]

    def keep(session: Session) -> None:
        for n, each in enumerate(made):
            at = now + timedelta(minutes=n)
            models.keep(session, each, REPORT, at, origin=Origin.RECORD, by=By("mia"))

    perform(database, keep)
    page = mia.see("/scoring/models")
    assert (made[2].id in page, made[1].id in page) == (True, False)
    assert page.count("The rules that you wrote") == 1
    (further,) = re.findall(r'href="(/scoring/models\?before=[^"]+)"', page)
    page = mia.see(further)
    assert [each.id in page for each in made[:4]] == [True, True, False, False]
    assert ("The rules that you wrote" in page, "?before=" in page) == (False, False)
    mia.see("/scoring/models?before=card-none", 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_manager_reads_and_moves_nothing(
    visitor: Callable[[], Visitor], hire: Callable[..., str], card: str
) -> None:
    max_ = visitor().sign_in(hire("max@us.example", Role.MANAGER))
    assert "Train now" not in max_.see("/scoring/models")
    assert "What you can do" not in max_.see(f"/scoring/models/{card}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_held_training_goes_on_once_every_column_is_judged(
    visitor: Callable[[], Visitor], hire: Callable[..., str], database: Database, now: datetime
) -> None:
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    page = "/scoring/models"
    assert "Not yet: 40 more confirmations needed" in mia.see(page)
    assert mia.send(page, "/scoring/trainings").status_code == 303
    assert "waits for a worker" in mia.see(page)

    def hold(session: Session) -> None:
        row = trainings.latest(session)
        assert row
        held = trainings.take(session, row.id, now)
        assert held
        suspects = {"suspects": [{"name": "fields.a", "why": "<i>"}, {"name": "fields.b"}]}
        trainings.end(session, held, State.HELD, now, report=suspects, reason="look")

    perform(database, hold)
    assert "&lt;i&gt;" in mia.see(page)
    known = "/scoring/known-before"
    assert mia.send(page, known, column="fields.z", known="1").status_code == 400
    assert mia.send(page, known, column="fields.a", known="1").status_code == 303
    assert "Known before hand-over, says" in mia.see(page)
    assert mia.send(page, known, column="fields.b", known="0").status_code == 303
    with reading(database) as session:
        last = trainings.latest(session)
        assert last is not None
        assert last.state == State.OPEN


def test_what_is_missing_is_what_the_trainers_ask_for() -> None:
    floors = (platt.FLOOR, scorecard.ANCHORED_FLOOR, boosted.FLOOR)
    assert tuple(next_rung.NEEDED[rung] for rung in Rung if rung is not Rung.STAGES) == floors
    assert next_rung.missing(2, None).startswith("Not yet: 38 more confirmations needed")
    assert "180 more confirmations of leads found far enough" in next_rung.missing(90, (20, 70))
    assert "1 more confirmation of leads found not that far" in next_rung.missing(90, (70, 19))
    assert "enough" in next_rung.missing(900, (400, 500))


def test_no_comparison_is_made_where_there_was_no_order() -> None:
    flat = {**REPORT, "gate": {"checks": []}}
    assert model_words.better_for(flat, parent=False) is None
    assert "what scored then" in str(model_words.better_for(flat, parent=True))
    assert model_words.no_signal({"signal": False}) is not None
    assert model_words.no_signal({"no_signal": True}) is not None
    assert model_words.no_signal({"no_signal": False}) is None


def test_what_buyers_would_lose_is_told_where_it_was_counted() -> None:
    looked = REPORT["looked"]
    assert isinstance(looked, dict)
    before = {**REPORT, "looked": {name: each for name, each in looked.items() if name != "lower"}}
    assert str(model_words.better_for(before, parent=True)).endswith("what scored then did.")
    assert str(model_words.better_for(REPORT, parent=True)).endswith("did, 2 lower.")


def test_of_a_model_that_learned_stages_alone_that_is_said() -> None:
    stages = {"gate": {"checks": [{"name": "stages_enough", "passed": True, "words": "9."}]}}
    row = ModelRow(body={"rung": "scorecard"}, report=stages)
    assert "only what is said of buying stages" in str(model_words.only_stages(row))
    for body, report in (({"rung": "scorecard"}, REPORT), ({"rung": "stages"}, stages), ({}, {})):
        assert model_words.only_stages(ModelRow(body=body, report=report)) is None


def test_a_hidden_percentage_says_why_once() -> None:
    why = "No percentage: predictions were off by 9.2 points on average."
    row = ModelRow(body={"calibration": {"passed": False, "why": why}})
    assert model_words.percentage(row) == (
        "Percentage hidden, because predictions were off by 9.2 points on average. "
        "People see the grade instead."
    )


def test_plots_stay_within_their_frame_and_say_their_figures() -> None:
    looked = REPORT["looked"]
    assert isinstance(looked, dict)
    for plot in (plots.calibration(looked["reliability"]), plots.lift(looked["lift"])):
        assert plot is not None
        assert plot.rows
        assert all(plots.LEFT <= dot.x <= plots.RIGHT for dot in plot.dots)
        assert all(plots.TOP <= dot.y <= plots.BOTTOM for dot in plot.dots)
    assert plots.calibration([]) is None
