"""Examples of the pages of models: nothing yet, one that is tried, a training that is held, and names that are hard."""

from dataclasses import replace
from typing import Any

from app.pages import hidden_percentage, model_changes, model_drift, model_words, plots
from app.pages.model_views import (
    Change,
    CheckLine,
    Deed,
    DriftShown,
    LeftOut,
    ModelLine,
    ModelPage,
    Models,
    Mover,
    Suspected,
    TableShown,
    TrainingLine,
)
from app.pages.views import Tone
from scoring.learning.limits import LIMITS, NOBODY_DRAWN
from tests.pages import examples as ex

MISSING = "Not yet: 38 more confirmations needed before anything can be learned."
POINTS = ModelLine(name="points/3", kind="Your points", state="score everybody", tone=Tone.GOOD, at=None, says="The rules that you wrote. Whatever is learned must be better than these.")  # fmt: skip
NONE = Models(
    scoring_now="Your points score.",
    missing=MISSING,
    lines=[POINTS],
    may_steer=True,
    undrawn=NOBODY_DRAWN,
)
UNDER_WAY = TrainingLine(state="under way", tone=Tone.SOON, asked_by="Warmline", because="it was time", at=ex.ago(minutes=1), step="seeing them as they were", done=2000, total=5210)  # fmt: skip
HELD = TrainingLine(
    state="waits for your word", tone=Tone.SOON, asked_by="mia@acme.example", because="somebody asked", at=ex.ago(hours=3),
    suspects=[
        Suspected(name="fields.lead_quality", why="by it alone wins are told from losses with an AUC of 0.94"),
        Suspected(name="fields." + ex.LONG, why="nearly everybody with “won” in it was found far enough", known=False, by="mia@acme.example"),
        Suspected(name=ex.ARABIC, why=ex.HOSTILE, known=True, by=ex.LONG),
    ],
)  # fmt: skip
DONE = TrainingLine(state="done", tone=Tone.GOOD, asked_by="Warmline", because="there is a tenth more to learn from", at=ex.ago(days=8), model_url="/gallery/model", words=["Learned from 412 leads that were checked, 61 of them found far enough in time."])  # fmt: skip
NO_SIGNAL = TrainingLine(state="done", tone=Tone.GOOD, asked_by="Warmline", because="there is enough to learn from", at=ex.ago(days=60), words=["There is no signal: wins and losses are told apart no better than by chance.", "The points stay."])  # fmt: skip
FULL = Models(
    scoring_now="Your points as a percentage scores (card-11aa22bb33cc); your points go on beside it.",
    missing="Not yet: 139 more confirmations of leads found far enough needed before a sum learned from everything they did can be tried.",
    lines=[
        ModelLine(name="card-9f86d081884c", kind="Scorecard on top of your points", state="trying itself in the shadow until 3 Mar", tone=Tone.SOON, at=ex.ago(days=2), says="It would have ranked 9 of 12 later buyers higher than your points did, 2 lower.", url="/gallery/model"),
        ModelLine(name="card-11aa22bb33cc", kind="Your points as a percentage", state="scores everybody since 1 Feb", tone=Tone.GOOD, at=ex.ago(days=40), says="It shows a percentage: on leads it had not seen, what it foresaw came true.", url="/gallery/model-active"),
        POINTS,
    ],
    next_url="/gallery/models",
    trainings=[UNDER_WAY, DONE, NO_SIGNAL],
    under_way=True,
    may_steer=True,
)  # fmt: skip
BINS = [
    {"rows": 120.0, "predicted": 0.04, "won": 0.03},
    {"rows": 80.0, "predicted": 0.11, "won": 0.14},
    {"rows": 61.0, "predicted": 0.21, "won": 0.18},
    {"rows": 22.0, "predicted": 0.44, "won": 0.5},
]
PLOTS = [
    plots.calibration(BINS),
    plots.lift([0.34, 0.55, 0.69, 0.78, 0.85, 0.9, 0.94, 0.97, 0.99, 1]),
]
DEEDS = [
    Deed(name="activation", title="Let it score", button="Activate it", next="It scores everybody in place of what scores now. Who would cross the warm line because of it waits until a person releases them.", reason="Its time in the shadow is not over: why now?"),
    Deed(name="retirement", title="Leave it", button="Leave it", next="It stops being tried. What scores now goes on; the model is kept for the record."),
]  # fmt: skip
CHECKS = [
    CheckLine(title=model_words.CHECKS["enough"], passed=False, words="12 wins among the newest rows; 100 let a model take over by itself, from 50 on a person may decide."),
    CheckLine(title=model_words.CHECKS["better"], passed=True, words="Against what scores now: log loss -0.0121, better in 96% of draws."),
    CheckLine(title=model_words.CHECKS["slices"], passed=False, words=f"Worse for: came.source “{ex.ARABIC}”."),
]  # fmt: skip
CHANGES = [
    Change(name="Buying stages, pulled by 412 findings", sort="changed", rows=[("Awareness", "+0.50", "+0.53"), ("Decision", "−0.17", "−0.38")], note=model_changes.OF_STAGES),
    Change(name="How often they sent a form", sort="changed", rows=[("up to 0", "−0.41", "−0.60"), ("up to 2", "+0.30", "+0.52"), ("above 2", "–", "+0.91"), ("missing", "+0.00", "+0.00")]),
    Change(name=f"What they or a file said under “{ex.LONG}”", sort="new", rows=[(ex.HOSTILE, "–", "+0.10"), (ex.ARABIC, "–", "−0.20")]),
]  # fmt: skip
DRIFT = model_drift.shown(
    {"psi": {"came.source": 0.41, "did.form.count": 0.03}, "look": ["came.source"], "unseen": {"came.source": 0.2}, "words": ["Of 62 leads that reps have checked, 9 were far enough; 14 were foreseen."]},
    ex.NOW.date(),
)  # fmt: skip
TABLE = TableShown(title="Everything that was tried", head=("What", "On", "AUC", "PR AUC", "log loss", "Brier", "ECE", "lift 10 %"), rows=[("Your points", "five parts in turn", "0.701", "0.310", "–", "–", "–", "2.100"), ("Scorecard on top of your points", "the newest fifth", "0.744", "0.352", "0.401", "0.121", "0.020", "2.800")], note="Nothing of this is a promise.")  # fmt: skip


def model(**more: Any) -> ModelPage:
    """A model that is tried, with everything on its page."""
    shown: dict[str, Any] = {
        "url": "/gallery/model",
        "name": "card-9f86d081884c",
        "kind": "Scorecard on top of your points",
        "state": "trying itself in the shadow until 3 Mar",
        "tone": Tone.SOON,
        "headline": ["It would have ranked 9 of 12 later buyers higher than your points did, 2 lower."],
        "percentage": "Percentage hidden, because predictions were 1.6 times what came true. People see the grade instead.",
        "words": ["Learned from 412 leads that were checked, 61 of them found far enough in time."],
        "verdict": model_words.OUTCOMES["ask"],
        "checks": CHECKS,
        "plots": PLOTS,
        "against": "Against card-11aa22bb33cc, which scores now: every term that differs, the largest change first.",
        "changes": CHANGES,
        "shadow": ["So far it scored 412 people beside what scores now.", "5 would be warm who are not, 2 would be warm no longer."],
        "drift": DriftShown(empty=model_drift.NEVER),
        "made_of": [("Learned from", "412 leads, 61 of them found far enough"), ("Trained", f"1 Mar 2026, by {ex.LONG}")],
        "tables": [TABLE],
        "limits": LIMITS,
        "left_out": [LeftOut(why="a colleague said that it was not known before the hand-over", names=[f"“{ex.LONG}”"]), LeftOut(why=ex.HOSTILE, names=[ex.ARABIC]), LeftOut(why="it is empty on every row", names=[f"“{n}”" for n in (*range(60), ex.LONG)])],
        "deeds": DEEDS,
    }  # fmt: skip
    return ModelPage(**{**shown, **more})


ACTIVE = model(
    state="scores everybody since 1 Feb",
    tone=Tone.GOOD,
    hidden=["The percentage is hidden since 3 Mar.", "Of 60 leads of 90 days that it had not learned from, 12 were found far enough; 18 were foreseen.", "Over everybody it is off by about 7 points on average.", hidden_percentage.NEXT],
    shadow=[],
    verdict="",
    in_force=True,
    against="It is what scores now: this is what it counts.",
    changes=[replace(each, sort="", rows=[(row[0], row[-1]) for row in each.rows]) for each in CHANGES],
    movers=[
        Mover(url="/gallery/person", name="Theodora Wiechert", company="Alsterfrost", before="41", after="66", crosses="would be warm"),
        Mover(url="/gallery/person", name="عبد الرحمن بن عبد العزيز آل سعود", company="شركة", before="70", after="12", crosses="warm no longer"),
        Mover(url="/gallery/person", name="Somebody", company="", before="12", after="44"),
    ],
    drift=DRIFT,
    deeds=[Deed(name="retirement", title="Leave it, and go back to your points", button="Go back to points", next="Your points score again.", harsh=True)],
)  # fmt: skip
BARE = model(
    state="trained, kept back by its checks",
    tone=Tone.PLAIN,
    headline=["No signal: beyond what chance does, it tells buyers from others no better than your points. The points can stay."],
    wrong="Not done: card-9f86d081884c is not tried: somebody must say so of “tags”.",
    typed={"approval": ex.HOSTILE},
    deeds=[Deed(name="approval", title="Try it in the shadow", button="Approve: try it", next="It scores everybody beside what scores now.", reason="Its checks kept it back: why try it all the same?")],
    **dict.fromkeys(("words", "checks", "plots", "changes", "shadow", "tables", "left_out", "made_of"), ()),
)  # fmt: skip
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "models": ("marketing/models.html", {"models": FULL}),
    "models-empty": ("marketing/models.html", {"models": NONE}),
    "models-held": ("marketing/models.html", {"models": Models(scoring_now=POINTS.says, missing=MISSING, lines=[POINTS], trainings=[HELD, DONE], may_steer=True)}),
    "model": ("marketing/model.html", {"model": model()}),
    "model-active": ("marketing/model.html", {"model": ACTIVE}),
    "model-kept-back": ("marketing/model.html", {"model": BARE}),
}  # fmt: skip
