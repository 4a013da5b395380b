"""What came of a training from a file: for a program as JSON, for a marketer in words first and figures below."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, assert_never

from app.importing.columns import named
from app.labelled.labelled import Labelled
from prospects.faults import shown
from scoring.card.adding import points_are_chances
from scoring.card.card import Card, sha256_of_learned, written
from scoring.card.terms import Levels, Line, Steps, Term
from scoring.features.registry import FIELD, feature
from scoring.training.report import as_json
from scoring.training.trained import Candidate, Judged, Measured, Trained

_QUOTED = re.compile("“([^”]+)”")
FIGURES = ("auc", "pr_auc", "brier", "log_loss", "ece", "lift10")
CALLED = {
    Candidate.POINTS: "your points",
    Candidate.PLATT: "points as a probability",
    Candidate.SCORECARD: "scorecard",
    Candidate.ADDITIVE: "additive boosting",
    Candidate.FULL_BOOSTING: "full boosting (never served)",
    Candidate.NAIVE_BAYES: "naive Bayes (never served)",
}
MOST_TERMS = 12
MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A training, what it learned from, and how long it took; `kept_as` is the card's id once it is kept."""

    read: Labelled
    trained: Trained
    fit_seconds: float
    serve_us_per_row: float | None
    kept_as: str | None = None


def document(report: Report) -> dict[str, Any]:
    """The report for a program."""
    read, trained = report.read, report.trained
    tried = [each for each in trained.candidates if each.cv or each.time_split]
    return {
        "rows": trained.rows,
        "positives": trained.positives,
        "rows_in_file": read.in_file,
        "candidates": [
            {
                "name": str(each.name),
                "cv": _figures(each.cv),
                "time_split": _figures(each.time_split),
            }
            for each in tried
        ],
        "champion": str(trained.champion),
        "suspected_leaks": [each.name for each in read.suspects],
        "fit_seconds": round(report.fit_seconds, 3),
        "serve_us_per_row": report.serve_us_per_row,
        "no_signal": not trained.signal,
        "drift": trained.drift,
        "positive": read.positive,
        "suspects": [
            {"column": each.name, "why": each.why, "auc": each.auc, "kept": each.name in read.kept}
            for each in read.suspects
        ],
        "left_out": left_out(report),
        "features": dict(read.of),
        "not_tried": {
            str(each.name): each.why_not for each in trained.candidates if each not in tried
        },
        "gate": None if trained.gate is None else asdict(trained.gate),
        "looked": as_json(trained)["looked"],
        "words": [*_in_words(report)],
        "remarks": [*read.remarks],
        "card": None if trained.card is None else {"id": trained.card.id, **written(trained.card)},
        "hash": None if trained.card is None else sha256_of_learned(trained.card),
        "kept_as": report.kept_as,
    }


def left_out(report: Report) -> dict[str, str]:
    """Every heading that is learned nothing from, with the reason; suspects stand in a list of their own."""
    read = report.read
    dropped = {read.of.get(name, name): why for name, why in report.trained.dropped.items()}
    return {**read.left_out, **dropped}


def lines(report: Report) -> Iterator[str]:
    """The report for a person; what a file says cannot move their terminal."""
    for line in _lines(report):
        yield "".join(char if char.isprintable() else "?" for char in line)


def _lines(report: Report) -> Iterator[str]:
    read, trained = report.read, report.trained
    of = f" of the file's {read.in_file:,}" if read.in_file > trained.rows else ""
    yield f"{trained.rows:,}{of} rows, {trained.positives:,} of them won."
    yield from _in_words(report)
    if read.suspects:
        yield ""
        yield "Columns that may be filled only after the fact (--keep COL where you know better):"
        for each in read.suspects:
            kept = "kept, as asked" if each.name in read.kept else "left out"
            yield f"  {shown(each.name)}: {kept}; {each.why}"
    yield ""
    yield from _candidates(trained)
    yield from _not_learned_from(left_out(report))
    yield ""
    yield "How the file was read:"
    yield from (f"  {each}" for each in read.remarks)
    if trained.card is not None:
        yield ""
        yield from _card(trained.card, read)
        yield from _to_score_by(trained.card, report.kept_as)
    speed = (
        ""
        if report.serve_us_per_row is None
        else f", scored in {report.serve_us_per_row:.0f} µs a person"
    )
    yield ""
    yield f"Trained in {report.fit_seconds:.1f} s{speed}."


def _not_learned_from(gone: Mapping[str, str]) -> Iterator[str]:
    """The headings that are left out, those of one reason together."""
    yield from ("", "Not learned from:") if gone else ()
    for why in dict.fromkeys(gone.values()):
        headings = [heading for heading, each in gone.items() if each == why]
        more = f" and {len(headings) - MOST_NAMED} more" if len(headings) > MOST_NAMED else ""
        yield f"  {', '.join(map(shown, headings[:MOST_NAMED]))}{more}: {why}"


def _in_words(report: Report) -> Iterator[str]:
    read, trained = report.read, report.trained
    best = next((each for each in trained.candidates if each.name is trained.champion), None)
    later = best.time_split if best else None
    if later is not None and trained.signal:
        top, chance = round(later.lift10 * later.positives / 10), round(later.positives / 10)
        yield (
            f"It would have ranked {top:,} of {later.positives:,} later wins in the first tenth of"
            f" its list, where chance ranks {chance:,}."
        )
    yield from (_by_headings(each, read.of) for each in trained.words)
    if not read.table.columns and read.suspects:
        yield "All that could be learned from is suspected: keep by --keep what was known before the outcome."


def _by_headings(words: str, of: Mapping[str, str]) -> str:
    """A sentence with the file's own headings in place of the features' names."""
    return _QUOTED.sub(lambda quoted: f"“{of.get(quoted[1], quoted[1])}”", words)


def _candidates(trained: Trained) -> Iterator[str]:
    columns = ("AUC", "PR AUC", "Brier", "log loss", "ECE", "lift 10 %")
    yield f"{'':30} " + " ".join(f"{each:>9}" for each in columns)
    for each in trained.candidates:
        mark = "*" if each.name is trained.champion else " "
        if each.why_not:
            yield f"{mark} {CALLED[each.name]:28} not tried: {each.why_not}"
            continue
        yield from _rows(each, mark)
    yield "* is the one that earned its place. Each first line is measured across the file, each second on the newest rows."


def _rows(each: Judged, mark: str) -> Iterator[str]:
    for name, measured in ((CALLED[each.name], each.cv), ("  on the newest rows", each.time_split)):
        if measured is not None:
            figures = [getattr(measured, figure) for figure in FIGURES]
            cells = " ".join(f"{'–':>9}" if one is None else f"{one:9.3f}" for one in figures)
            yield f"{mark} {name:28} {cells}"
            mark = " "


def _card(card: Card, read: Labelled) -> Iterator[str]:
    """The terms that move people most, each from its least to its most."""
    yield f"The card {card.id}: what each value adds (in log odds; the sum makes the score)."
    spans = sorted(((*_span(term), term.feature) for term in card.terms), reverse=True)
    for _, words, name in spans[:MOST_TERMS]:
        heading = read.of.get(name, name)
        beside = "" if name in (heading, f"{FIELD}{named(heading)}") else f" ({name})"
        yield f"  {heading}{beside}: {words}"
    if len(spans) > MOST_TERMS:
        yield f"  … and {len(spans) - MOST_TERMS} more; --json prints the whole card"
    for heading, why in card.allowed.items():
        yield f"  {shown(heading)} is learned from by a decision on record: {why}"


def _to_score_by(card: Card, kept_as: str | None) -> Iterator[str]:
    """Whether and how it could score people here."""
    yield ""
    strange = [term.feature for term in card.terms if feature(term.feature) is None]
    if strange:
        yield (
            f"It can score nobody here, for nobody here has {', '.join(map(shown, strange[:5]))}"
            f"{' and others' if len(strange) > 5 else ''}: it tells what the file teaches."
        )
        return
    if points_are_chances(card):
        yield (
            "Where it scores people, their points are 100 times its probability, because the file came "
            "without points to set a scale by: look at the warm line (Scoring) before it is switched on."
        )
    if kept_as:
        yield f"Kept as {kept_as}: it scores nobody until a person approves it (Scoring, then Models)."


def _span(term: Term) -> tuple[float, str]:
    """How far apart the least and the most of a term lie, and which they are."""
    match term:
        case Levels(weights=weights, other=other, missing=missing):
            known: Mapping[str, float] = {**weights, "anything else": other, "nothing": missing}
            low, high = min(known, key=lambda k: known[k]), max(known, key=lambda k: known[k])
            words = f"{low} {known[low]:+.2f} … {high} {known[high]:+.2f}"
            return known[high] - known[low], words
        case Steps(weights=weights):
            least, most = min(weights), max(weights)
            return most - least, f"{least:+.2f} … {most:+.2f} in {len(weights)} steps"
        case Line(slope=slope, low=low, high=high):
            reach = slope * (high - low)
            return abs(reach), f"{reach:+.2f} from {low:g} to {high:g}"
        case _:
            assert_never(term)


def _figures(measured: Measured | None) -> dict[str, float | None] | None:
    return None if measured is None else {each: getattr(measured, each) for each in FIGURES}
