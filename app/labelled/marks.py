"""The marketer's own points for the rows of a file: fit rules in scoring.yaml's form whose fields are its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.endings import FailedError
from app.labelled.asked import WrongAskError
from app.labelled.sorts import Sort, sort_of
from prospects.conditions.predicate import compile_where
from prospects.conditions.vocabulary import Vocabulary
from prospects.shapes import faults_in
from scoring.cells import numbers, says_nothing
from scoring.leaves import fields_of
from scoring.written import Fit


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
    vocabulary = Vocabulary(fields=frozenset(columns), kinds=frozenset(), values={})
    try:
        return Fit.model_validate(dict(fit), context={"vocabulary": vocabulary})
    except ValidationError as error:
        first = faults_in(error, Fit)[0]
        raise WrongAskError(f"--points: {path}, {first}") from None


def marked(fit: Fit, columns: Mapping[str, Sequence[str]], rows: int) -> Marked:
    """The points of every row."""
    looked_at = sorted(set().union(*(fields_of(rule.condition) for rule in fit.rules)))
    values = {
        heading: _values(heading, columns[heading]) for heading in looked_at if heading in columns
    }
    tests = [(compile_where(rule.condition), rule.points) for rule in fit.rules]
    points = []
    for n in range(rows):
        body: dict[str, Any] = {heading: cells[n] for heading, cells in values.items()}
        total = sum(worth for test, worth in tests if test(body, ()))
        points.append(min(max(total, 0.0), fit.cap))
    return Marked(tuple(points), tuple(values))


def _values(heading: str, cells: Sequence[str]) -> list[Any]:
    """Cells as a rule compares them: numbers as numbers, what says nothing as nothing."""
    found = sort_of(heading, cells)
    if found.sort is Sort.NUMBER:
        return list(numbers(cells, found.decimal))
    return [None if says_nothing(cell) else cell for cell in cells]
