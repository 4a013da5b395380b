"""Small labelled files, written for one test each."""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.labelled.asked import Asked
from app.labelled.labelled import Labelled, labelled

DRAWN = random.Random(11)


def write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], separator: str = ","
) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=separator)
        out.writerow(header)
        out.writerows(rows)
    return path


def text(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def read(path: Path, label: str = "won", **asked: Any) -> Labelled:
    return labelled(Asked(path=path, label=label, **asked))


def chance(share: float) -> bool:
    return DRAWN.random() < share
