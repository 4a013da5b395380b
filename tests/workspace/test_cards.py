"""`model:` names the points or a card that was approved; anything else is refused before it scores anybody."""

import shutil
from pathlib import Path

import pytest

from app.workspace.apply import work_out
from app.workspace.mistakes import MistakesError
from app.workspace.standing import Standing
from tests.workspace.test_mistakes import ENVIRON, STARTER

CARD = "card-0123456789ab"


def mistakes(tmp_path: Path, model: str, cards: dict[str, bool]) -> list[str]:
    place = tmp_path / "workspace"
    shutil.copytree(STARTER, place)
    text = (place / "scoring.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("model:")]
    (place / "scoring.yaml").write_text("\n".join([*lines, f"model: {model}", ""]))
    try:
        work_out(place, ENVIRON, Standing(cards=cards), secret="k" * 40)
    except MistakesError as error:
        return [str(each) for each in error.mistakes]
    return []


@pytest.mark.parametrize("cards", [{CARD: True}])
@pytest.mark.parametrize("model", ["points", CARD])
def test_points_and_an_approved_card_are_taken(
    tmp_path: Path, model: str, cards: dict[str, bool]
) -> None:
    assert mistakes(tmp_path, model, cards) == []


@pytest.mark.parametrize(
    ("model", "cards", "why", "mend"),
    [
        (CARD, {}, "there is no card", "points"),
        (CARD.replace("b", "c"), {CARD: True}, "there is no card", f"did you mean `{CARD}`?"),
        (CARD, {CARD: False}, "was trained and never approved", "approve it first"),
        ("logistic", {}, "the model is `points`, or the id of a card", ""),
    ],
)
def test_a_card_that_is_unknown_or_never_approved_is_refused(
    tmp_path: Path, model: str, cards: dict[str, bool], why: str, mend: str
) -> None:
    (mistake,) = mistakes(tmp_path, model, cards)
    assert mistake.startswith("scoring.yaml:")
    assert why in mistake
    assert mend in mistake
