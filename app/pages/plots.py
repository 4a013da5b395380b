"""Lays out plots that are drawn on the server as SVG: dots and lines between two axes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320.0, 210.0
LEFT, TOP, RIGHT, BOTTOM = 42.0, 10.0, 310.0, 178.0
"""The frame within the drawing; names of ticks stand outside it."""
SMALLEST, LARGEST = 3.0, 9.0
"""The radius of a dot for few and for many."""
LEAST = 0.1

Row = tuple[str, ...]
Tick = tuple[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One mark of a plot; `says` is read out and shown on hovering."""

    x: float
    y: float
    radius: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time between two marks along the floor; `heat` 0–5 is how warm."""

    x: float
    width: float
    heat: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing with the same in words and as a table; `key` tells it apart on its page.

    `path` is what was found, `guide` the line to hold it against.
    """

    key: str
    title: str
    sentence: str
    x_name: str
    y_name: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    head: Row
    rows: Sequence[Row]
    path: str = ""
    guide: str = ""
    dots: Sequence[Dot] = ()
    stretches: Sequence[Stretch] = ()


def calibration(bins: Sequence[Mapping[str, float]]) -> Plot | None:
    """What was foreseen against what was found; `bins` have rows, predicted and won (shares)."""
    if not bins:
        return None
    top = max(LEAST, *(max(each["predicted"], each["won"]) for each in bins))
    most = max(each["rows"] for each in bins)
    dots = [
        Dot(
            x=across(each["predicted"] / top),
            y=up(each["won"] / top),
            radius=_radius(each["rows"] / most),
            says=f"Foreseen {share(each['predicted'])}, found {share(each['won'])} of {each['rows']:,.0f}",
        )
        for each in bins
    ]
    return Plot(
        key="calibration",
        title="Does it say what comes true?",
        sentence="Each dot is a group of leads it held for alike. On the dashed line exactly as many were found far enough as it had foreseen; below it, it promised too much.",
        x_name="foreseen",
        y_name="found",
        x_ticks=_shares(top, across),
        y_ticks=_shares(top, up),
        head=("Leads", "Foreseen", "Found"),
        rows=[(f"{b['rows']:,.0f}", share(b["predicted"]), share(b["won"])) for b in bins],
        guide=line([(across(0), up(0)), (across(1), up(1))]),
        dots=dots,
    )


def lift(tenths: Sequence[float]) -> Plot | None:
    """The share of all buyers among its best tenth, two tenths, … of leads."""
    if not tenths:
        return None
    places = [(n + 1) / len(tenths) for n in range(len(tenths))]
    points = [(across(0), up(0))]
    points += [(across(at), up(found)) for at, found in zip(places, tenths, strict=True)]
    first = next((n for n, at in enumerate(places) if at >= 0.2), 0)
    return Plot(
        key="lift",
        title="Whom does it put first?",
        sentence=f"Of all buyers {share(tenths[first])} stand among the {share(places[first])} of leads it puts first. The dashed line is what calling by chance finds.",
        x_name="leads, best first",
        y_name="buyers among them",
        x_ticks=_shares(1, across),
        y_ticks=_shares(1, up),
        head=("Leads, best first", "Buyers among them"),
        rows=[(share(at), share(found)) for at, found in zip(places, tenths, strict=True)],
        path=line(points),
        guide=line([(across(0), up(0)), (across(1), up(1))]),
    )


def line(points: Sequence[tuple[float, float]]) -> str:
    """A path through these points."""
    return " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))


def across(part: float) -> float:
    """Where a part (0–1) of the width stands."""
    return round(LEFT + (RIGHT - LEFT) * min(max(part, 0.0), 1.0), 1)


def up(part: float) -> float:
    """Where a part (0–1) of the height stands; 0 is the floor."""
    return round(BOTTOM - (BOTTOM - TOP) * min(max(part, 0.0), 1.0), 1)


def share(of_one: float) -> str:
    """A share in a figure: `34 %`."""
    return f"{of_one * 100:.0f} %"


def _radius(part: float) -> float:
    return round(SMALLEST + (LARGEST - SMALLEST) * float(part**0.5), 1)


def _shares(top: float, place: Callable[[float], float]) -> list[Tick]:
    return [(place(part), share(part * top)) for part in (0.0, 0.5, 1.0)]
