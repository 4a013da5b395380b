"""The model card: one page of Markdown that says what a model was made of, how good it is, and what it cannot do."""

from collections.abc import Iterable, Iterator

from scoring.card.card import Card
from scoring.learning.limits import LIMITS
from scoring.training.trained import Gate, Judged, Looked, Measured, Slice, Trained

NINE_OF_TEN = 1.645


def in_markdown(trained: Trained) -> str:
    """The page, one sentence a line; what a stranger typed (names of columns and words) is made harmless."""
    card = trained.card
    title = f"# Model {card.id}" if card else "# No model"
    parts = [
        title,
        "",
        *map(_harmless, trained.words),
        *_made_of(trained, card),
        *_candidates(trained.candidates),
    ]
    if trained.gate:
        parts += _gate(trained.gate)
    if trained.looked:
        parts += _looked(trained.looked)
    parts += ["", "## Known limits", "", *[f"- {limit}" for limit in LIMITS]]
    if card and not card.calibration.passed:
        parts.append(f"- It shows no percentage. {card.calibration.why}")
    return "\n".join(parts) + "\n"


def _made_of(trained: Trained, card: Card | None) -> Iterator[str]:
    yield from ("", "## What it was made of", "")
    yield f"- Rows: {trained.rows:,}, of which {trained.positives:,} were won."
    if card is None:
        return
    window = card.window
    within = f" within {card.label.horizon_days} days" if card.label.horizon_days else ""
    yield f"- It says how likely this is: {_harmless(card.label.name)} ({_harmless(card.label.positive)}){within}."
    if window.since and window.until:
        yield f"- Data from {window.since.date()} to {window.until.date()}."
    yield f"- Kind: {card.rung}; columns used: {len(card.terms)}; features as of version {card.feature_version}."
    yield f"- Hash of the data: {window.sha256[:12]}; seed {window.seed}."
    yield from _reasons("Left out", card.left_out)
    yield from _reasons("Taken in because somebody said so", card.allowed)
    yield from _reasons("Nothing to learn from", trained.dropped)


def _reasons(title: str, columns: object) -> Iterator[str]:
    assert hasattr(columns, "items")
    for name, reason in columns.items():
        yield f"- {title}: {_harmless(name)}: {_harmless(reason)}"


def _candidates(judged: Iterable[Judged]) -> Iterator[str]:
    yield from ("", "## What was tried", "")
    yield from _table(
        ("candidate", "on", "AUC", "PR AUC", "log loss", "Brier", "ECE", "lift 10 %"),
        [
            (str(each.name), where, *_row(measured))
            for each in judged
            for where, measured in (("five folds", each.cv), ("newest fifth", each.time_split))
            if measured is not None
        ],
    )
    yield ""
    yield "After ± stands what nine of ten repetitions would lie within."
    yield from (f"- {each.name}: {each.why_not}" for each in judged if each.why_not)


def _row(measured: Measured) -> tuple[str, ...]:
    names = ("auc", "pr_auc", "log_loss", "brier", "ece", "lift10")
    return tuple(_with_error(measured, name) for name in names)


def _with_error(measured: Measured, name: str) -> str:
    figure = getattr(measured, name)
    if figure is None:
        return "–"
    error = measured.errors.get(name)
    if error is None or error == float("inf"):
        return f"{figure:.3f}"
    return f"{figure:.3f} ± {NINE_OF_TEN * error:.3f}"


def _gate(gate: Gate) -> Iterator[str]:
    yield from ("", f"## May it take over: {gate.outcome}", "")
    for check in gate.checks:
        yield f"- {'Yes' if check.passed else 'No'}, {check.name}: {_harmless(check.words)}"


def _looked(looked: Looked) -> Iterator[str]:
    where = "the newest rows" if looked.newest else "all rows, by folds"
    yield from ("", f"## Does it say what comes true (on {where})", "")
    yield from _table(
        ("rows", "predicted", "won"),
        [
            (f"{each['rows']:.0f}", f"{each['predicted']:.1%}", f"{each['won']:.1%}")
            for each in looked.reliability
        ],
    )
    best = ", ".join(f"{share:.0%}" for share in looked.lift)
    yield from ("", f"Of all wins, so many stand among the best 10 %, 20 %, …: {best}.")
    if looked.slices:
        yield from ("", "## By source, country, size", "")
        yield from _slices(looked.slices)


def _slices(slices: Iterable[Slice]) -> Iterator[str]:
    yield from _table(
        ("who", "rows", "AUC", "AUC of what scores now", "predicted over won"),
        [
            (
                f"{_harmless(each.column)}: {_harmless(each.level)}",
                f"{each.rows}",
                f"{each.auc:.3f}",
                f"{each.auc_now:.3f}",
                f"{each.ratio:.2f}",
            )
            for each in slices
        ],
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _harmless(text: str) -> str:
    """What somebody typed, on one line and without anything that Markdown or HTML would take for itself."""
    kept = "".join(each if each.isprintable() else " " for each in text)
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#&!" else each for each in kept)
