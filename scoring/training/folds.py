"""Which rows are trained on and which are measured: five folds by chance, and the newest fifth by time."""

from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from scoring.training.table import Places, Table

FOLDS = 5
NEWEST = 0.2


class Cut(NamedTuple):
    """Row numbers of the two parts."""

    older: Places
    newer: Places


def folds(table: Table, seed: int, most: int = FOLDS) -> list[Cut]:
    """Five cuts in which each certain row is measured once; rows of one group stay together."""
    apart = most if table.groups is None else len(np.unique(table.groups))
    count = int(min(most, apart, table.positives, table.losses))
    if count < 2:
        return []
    if table.groups is None:
        kind = StratifiedKFold(count, shuffle=True, random_state=seed)
        made = kind.split(np.zeros(len(table)), table.label)
    else:
        kind = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        made = kind.split(np.zeros(len(table)), table.label, table.groups)
    cuts = [Cut(older.astype(np.int64), _certain(table, newer)) for older, newer in made]
    return [cut for cut in cuts if _both(table, cut.older) and _both(table, cut.newer)]


def by_time(table: Table) -> Cut | None:
    """The newest fifth of the certain rows, in order of time, and all before; None where a part lacks an outcome."""
    rows = _certain(table, np.arange(len(table)))
    newer = rows[len(rows) - round(NEWEST * len(rows)) :]
    if not len(newer):
        return None
    older = np.arange(newer[0], dtype=np.int64)
    if table.groups is not None:
        older = older[~np.isin(table.groups[older], table.groups[newer])]
    return Cut(older, newer) if _both(table, older) and _both(table, newer) else None


def _certain(table: Table, rows: Places) -> Places:
    return rows[table.certain[rows]].astype(np.int64)


def _both(table: Table, rows: Places) -> bool:
    label = table.label[rows]
    return len(label) > 0 and 0 < label.sum() < len(label)
