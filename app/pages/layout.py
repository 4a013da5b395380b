"""Lays out boxes and the wires between them, layer by layer from top to bottom. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 146.0, 60.0
"""Of every box, in the drawing's units (CSS pixels at full size)."""
BESIDE, MARGIN = 12.0, 8.0
CURVE, TRACK, LANE = 34.0, 8.0, 10.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One way from a box to another; `label` says when it is taken."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box stands: its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Wire:
    """A link as it is drawn: from the floor of one box to the top of another.

    `points` are its corners; two of them are joined by a curve, more by straight lines.
    """

    link: Link
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The wire as an SVG path."""
        (x, y), *others = self.points
        if len(others) == 1:
            ((to_x, to_y),) = others
            half = (y + to_y) / 2
            return f"M{x:g} {y:g}C{x:g} {half:g} {to_x:g} {half:g} {to_x:g} {to_y:g}"
        return f"M{x:g} {y:g}" + "".join(f"L{to_x:g} {to_y:g}" for to_x, to_y in others)


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by name and all wires, within `width` × `height`."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    wires: tuple[Wire, ...]


def lay_out(names: Sequence[str], links: Sequence[Link]) -> Layout:
    """Place the boxes `names` (the first on top) so that none touches another, and draw every link.

    A link to the next layer goes straight; every other goes round the boxes in a lane of its own,
    on the left if it skips layers, on the right if it leads back.
    """
    layers = _layers(names, links)
    rows = _rows(names, links, layers)
    detours = [each for each in links if layers[each.end] != layers[each.start] + 1]
    left = _lanes([each for each in detours if layers[each.end] > layers[each.start]], layers)
    right = _lanes([each for each in detours if each not in left], layers)
    tracks = _tracks(detours, layers)
    tops, floors = _heights(len(rows), tracks)
    inner = max(map(len, rows)) * (WIDTH + BESIDE) - BESIDE
    start = MARGIN + LANE * _count(left)
    boxes = {
        name: Box(start + (inner + BESIDE) / 2 + (n - len(row) / 2) * (WIDTH + BESIDE), tops[depth])
        for depth, row in enumerate(rows)
        for n, name in enumerate(row)
    }
    lanes = {each: start - LANE * (lane + 1) for each, lane in left.items()}
    lanes |= {each: start + inner + LANE * (lane + 1) for each, lane in right.items()}
    outs, ins = _ports(links, boxes, lanes)
    heights = {
        (each, gap): floors[gap] + CURVE / 2 + TRACK * turn
        for gap, wanted in tracks.items()
        for turn, each in enumerate(wanted)
    }
    wires = [Wire(each, (outs[each], ins[each])) for each in links]
    for n, each in enumerate(links):
        if each in lanes:
            turns = heights[each, layers[each.start]], heights[each, layers[each.end] - 1]
            wires[n] = _around(wires[n], lanes[each], *turns)
    width = start + inner + LANE * _count(right) + MARGIN
    height = floors[len(rows) - 1] + _extra(tracks, len(rows) - 1) + MARGIN
    return Layout(width, height, boxes, tuple(wires))


def _around(wire: Wire, lane: float, down: float, up: float) -> Wire:
    (x, y), (to_x, to_y) = wire.points
    corners = ((x, y), (x, down), (lane, down), (lane, up), (to_x, up), (to_x, to_y))
    return Wire(wire.link, corners)


def _layers(names: Sequence[str], links: Sequence[Link]) -> dict[str, int]:
    """How deep each box lies: below everything that leads to it, but for links that lead back."""
    after = defaultdict(list)
    for link in links:
        after[link.start].append(link.end)
    order, back = _walk(names, after)
    layers = dict.fromkeys(names, 0)
    for name in order:
        for end in (each for each in after[name] if (name, each) not in back):
            layers[end] = max(layers[end], layers[name] + 1)
    return layers


def _walk(
    names: Sequence[str], after: Mapping[str, Sequence[str]]
) -> tuple[list[str], set[tuple[str, str]]]:
    """Names so that each comes before what it leads to, and the links that lead back."""
    done: list[str] = []
    back: set[tuple[str, str]] = set()
    open_: set[str] = set()
    seen: set[str] = set()
    # By hand rather than by recursion: a flow may be deeper than Python's stack.
    waiting = [(name, False) for name in reversed(names)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            open_.discard(name)
            done.append(name)
        elif name not in seen:
            seen.add(name)
            open_.add(name)
            waiting.append((name, True))
            back |= {(name, end) for end in after.get(name, ()) if end in open_}
            waiting.extend((end, False) for end in reversed(after.get(name, ())))
    return done[::-1], back


def _rows(
    names: Sequence[str], links: Sequence[Link], layers: Mapping[str, int]
) -> list[list[str]]:
    """Boxes by layer, each below the middle of what leads to it."""
    rows: list[list[str]] = [[] for _ in range(max(layers.values()) + 1)]
    for name in names:
        rows[layers[name]].append(name)
    place = {name: n - len(row) / 2 for row in rows for n, name in enumerate(row)}
    above = defaultdict(list)
    for link in links:
        if layers[link.start] < layers[link.end]:
            above[link.end].append(link.start)
    for row in rows[1:]:
        middle = {
            name: sum(place[each] for each in above[name]) / max(len(above[name]), 1)
            for name in row
        }
        row.sort(key=middle.__getitem__)
        place |= {name: n - len(row) / 2 for n, name in enumerate(row)}
    return rows


def _lanes(links: Sequence[Link], layers: Mapping[str, int]) -> dict[Link, int]:
    """A lane for each link, the short ones innermost; two share one only where they cannot meet."""

    def span(link: Link) -> tuple[int, int]:
        ends = (layers[link.start], layers[link.end] - 1)
        return min(ends), max(ends)

    taken: list[list[tuple[int, int]]] = []
    lanes: dict[Link, int] = {}
    for link in sorted(links, key=lambda each: span(each)[1] - span(each)[0]):
        low, high = span(link)
        free = (n for n, spans in enumerate(taken) if all(high < a or b < low for a, b in spans))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[link] = lane
    return lanes


def _tracks(links: Sequence[Link], layers: Mapping[str, int]) -> dict[int, list[Link]]:
    """Which links run across in each gap; gap n lies below layer n, gap -1 above the first."""
    tracks: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        for gap in sorted({layers[link.start], layers[link.end] - 1}):
            tracks[gap].append(link)
    return tracks


def _extra(tracks: Mapping[int, Sequence[Link]], gap: int) -> float:
    wanted = len(tracks.get(gap, ()))
    return CURVE + TRACK * (wanted - 1) if wanted else 0.0


def _heights(
    count: int, tracks: Mapping[int, Sequence[Link]]
) -> tuple[list[float], dict[int, float]]:
    """Where each layer begins, and where the gap below each of them (-1: above the first) does."""
    tops: list[float] = []
    floors = {-1: MARGIN}
    for depth in range(count):
        gap = _extra(tracks, depth - 1) if depth == 0 else max(CURVE, _extra(tracks, depth - 1))
        tops.append(floors[depth - 1] + gap)
        floors[depth] = tops[-1] + HEIGHT
    return tops, floors


def _count(lanes: Mapping[Link, int]) -> int:
    return max(lanes.values(), default=-1) + 1


def _ports(
    links: Sequence[Link], boxes: Mapping[str, Box], lanes: Mapping[Link, float]
) -> tuple[dict[Link, Point], dict[Link, Point]]:
    """Where each link leaves its box and where it enters one, side by side in the order they go."""
    outs: dict[str, list[tuple[float, Link]]] = defaultdict(list)
    ins: dict[str, list[tuple[float, Link]]] = defaultdict(list)
    for link in links:
        outs[link.start].append((lanes.get(link, boxes[link.end].x), link))
        ins[link.end].append((lanes.get(link, boxes[link.start].x), link))
    leaving = {
        link: (boxes[name].x + x, boxes[name].y + HEIGHT)
        for name, all_ in outs.items()
        for link, x in _spread(all_)
    }
    entering = {
        link: (boxes[name].x + x, boxes[name].y)
        for name, all_ in ins.items()
        for link, x in _spread(all_)
    }
    return leaving, entering


def _spread(links: Sequence[tuple[float, Link]]) -> Iterator[tuple[Link, float]]:
    for turn, (_, link) in enumerate(sorted(links, key=lambda each: each[0]), 1):
        yield link, WIDTH * turn / (len(links) + 1)
