"""The model card and the report say all there is to say, and nothing a stranger typed does harm in them."""

import json
from dataclasses import replace
from functools import cache

from scoring.training.model_card import in_markdown
from scoring.training.report import as_json
from scoring.training.table import words
from scoring.training.train import train
from scoring.training.trained import Trained
from tests.scoring.training.tables import PLAN, buyers, by_chance

NASTY = "<script>alert(1)</script>|[x](http://a.example)\n# no heading"


@cache
def trained() -> Trained:
    table = buyers(260, points=True)
    level = table.columns["level"]
    nasty = replace(
        table,
        columns={**table.columns, NASTY: words([NASTY] * 130 + ["other"] * 130), "vp": level},
    )
    plan = replace(
        PLAN,
        slices=(NASTY, "source"),
        left_out={"Tags": "known only after the fact"},
        allowed={"Lead Source": "known before, says Rita"},
        suspects=("Lead Quality",),
    )
    return train(nasty, plan)


def test_the_page_tells_what_a_model_was_made_of_and_how_good_it_is() -> None:
    page = in_markdown(trained())
    card = trained().card
    assert card is not None
    for expected in (
        f"# Model {card.id}",
        "Rows: 260",
        "- Left out: Tags: known only after the fact",
        "- Taken in because somebody said so: Lead Source: known before, says Rita",
        "## May it take over: stay",
        "Somebody must say so of “Lead Quality”",
        "| naive_bayes | five folds |",
        "## Known limits",
        card.window.sha256[:12],
    ):
        assert expected in page, expected
    assert " ± 0." in page


def test_what_a_stranger_typed_stays_text() -> None:
    page = in_markdown(trained())
    assert "<script>" not in page
    assert "[x\\](http" in page
    assert "[x](http" not in page
    assert "\n# no heading" not in page


def test_without_a_model_the_page_says_so() -> None:
    page = in_markdown(train(by_chance(260), PLAN))
    assert page.startswith("# No model\n\nThere is no signal")


def test_the_report_is_json_with_every_candidate_and_its_figures() -> None:
    report = json.loads(json.dumps(as_json(trained()), allow_nan=False))
    assert (report["rows"], report["champion"]) == (260, str(trained().champion))
    by_name = {each["name"]: each for each in report["candidates"]}
    assert len(by_name) == 6
    for part in ("cv", "time_split"):
        figures = by_name["scorecard"][part]
        assert {"auc", "pr_auc", "brier", "log_loss", "ece", "lift10"} <= set(figures)
    assert by_name["additive"]["cv"] is None
    assert "200 wins" in by_name["additive"]["why_not"]
    assert {check["name"] for check in report["gate"]["checks"]} >= {"enough", "better", "leaks"}


def test_the_card_carries_the_figures_it_was_chosen_by() -> None:
    card = trained().card
    assert card is not None
    assert {"cv", "time_split"} <= set(card.metrics)
    assert 0.5 < card.metrics["cv"]["auc"] < 1
    assert card.left_out == {"Tags": "known only after the fact"}
