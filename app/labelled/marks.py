"""The marketer's own points for the rows of a file: fit rules in scoring.yaml's form whose fields are its columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.endings import FailedError
from app.importing.columns import named
from app.labelled.asked import WrongAskError
from app.labelled.headings import targets
from app.labelled.sorts import Sort, sort_of
from prospects.conditions.predicate import compile_where
from prospects.conditions.vocabulary import Vocabulary
from prospects.faults import nearest, shown
from prospects.shapes import faults_in
from prospects.titles import function_of, seniority_of
from scoring.cells import numbers, says_nothing
from scoring.features.registry import FIELD
from scoring.written.leaves import fields_of
from scoring.written.scoring import Fit


@dataclass(frozen=True, slots=True)
class Marked:
    """The points each row gets, never below nothing nor above the cap, and the columns they look at."""

    points: tuple[float, ...]
    columns: tuple[str, ...]


def read_rules(path: Path, columns: Sequence[str]) -> Fit:
    """The rules under `fit:` (or standing alone), checked against the columns there are. Raises WrongAskError, FailedError."""
    try:
        written = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, YAMLError) as error:
        raise FailedError(
            f"--points: {path} cannot be read: {' '.join(str(error).split())}"
        ) from None
    fit = written.get("fit", written) if isinstance(written, Mapping) else written
    if isinstance(fit, list):
        fit = {"rules": fit}
    if not isinstance(fit, Mapping) or not fit.get("rules"):
        raise WrongAskError(
            f"--points: {path} has no rules; write `fit: {{cap: 50, rules: [{{name: …, if: …, points: …}}]}}`"
        )
    known = frozenset(_sights(columns))
    vocabulary = Vocabulary(fields=known, kinds=frozenset(), values={})
    try:
        rules = Fit.model_validate(dict(fit), context={"vocabulary": vocabulary})
    except ValidationError as error:
        first = str(faults_in(error, Fit)[0]).partition(" (a custom field")[0]
        raise WrongAskError(f"--points: {path}, {first}") from None
    for name in sorted(set().union(*(fields_of(rule.condition) for rule in rules.rules)) - known):
        mend = nearest(name, columns)
        raise WrongAskError(f"--points: {path}: the table has no column {shown(name)}; {mend}")
    return rules


def marked(fit: Fit, columns: Mapping[str, Sequence[str]], rows: int) -> Marked:
    """The points of every row."""
    sights = _sights(list(columns))
    asked = sorted(set().union(*(fields_of(rule.condition) for rule in fit.rules)))
    values = {}
    for name in asked:
        heading, told = sights[name]
        cells = columns[heading]
        values[name] = _values(heading, cells) if told is None else [told(cell) for cell in cells]
    tests = [(compile_where(rule.condition), rule.points) for rule in fit.rules]
    points = []
    for n in range(rows):
        body: dict[str, Any] = {name: cells[n] for name, cells in values.items()}
        total = sum(worth for test, worth in tests if test(body, ()))
        points.append(min(max(total, 0.0), fit.cap))
    return Marked(tuple(points), tuple(sights[name][0] for name in asked))


def _sights(columns: Sequence[str]) -> dict[str, tuple[str, Callable[[str], object] | None]]:
    """What a rule may ask for, and the column that tells: each heading, and what imported people have of it."""
    found: dict[str, tuple[str, Callable[[str], object] | None]] = {}
    for heading, target in targets(list(columns)).items():
        found |= {f"{FIELD}{named(heading)}": (heading, None), target: (heading, None)}
        if target == "title":
            found |= {"seniority": (heading, seniority_of), "function": (heading, function_of)}
    return found | {heading: (heading, None) for heading in columns}


def _values(heading: str, cells: Sequence[str]) -> list[Any]:
    """Cells as a rule compares them: numbers as numbers, what says nothing as nothing."""
    found = sort_of(heading, cells)
    if found.sort is Sort.NUMBER:
        return list(numbers(cells, found.decimal))
    return [None if says_nothing(cell) else cell for cell in cells]
