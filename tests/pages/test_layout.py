"""A flow's drawing, whatever the flow: boxes keep apart, every way is drawn, no wire runs through a box."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.pages.layout import HEIGHT, WIDTH, Box, Layout, Link, Point, lay_out

NAMES = [f"s{n}" for n in range(9)]
SOME_LINKS = st.lists(
    st.builds(Link, st.sampled_from(NAMES), st.sampled_from(NAMES), st.text(max_size=5)),
    max_size=25,
)


@given(SOME_LINKS)
def test_no_box_touches_another_and_all_lie_within(links: list[Link]) -> None:
    drawn = lay_out(NAMES, links)
    assert set(drawn.boxes) == set(NAMES)
    for one, other in combinations(drawn.boxes.values(), 2):
        assert abs(one.x - other.x) > WIDTH or abs(one.y - other.y) > HEIGHT
    for box in drawn.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + WIDTH <= drawn.width
        assert box.y + HEIGHT <= drawn.height


@given(SOME_LINKS)
def test_every_link_is_drawn_once_from_floor_to_top(links: list[Link]) -> None:
    drawn = lay_out(NAMES, links)
    assert [wire.link for wire in drawn.wires] == links
    for wire in drawn.wires:
        start, end = drawn.boxes[wire.link.start], drawn.boxes[wire.link.end]
        assert on_edge(wire.points[0], start, start.y + HEIGHT)
        assert on_edge(wire.points[-1], end, end.y)
        assert wire.path.startswith("M")
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in wire.points)


def on_edge(point: Point, box: Box, y: float) -> bool:
    return box.x < point[0] < box.x + WIDTH and point[1] == y


@given(SOME_LINKS)
def test_no_wire_runs_through_a_box(links: list[Link]) -> None:
    drawn = lay_out(NAMES, links)
    for wire in drawn.wires:
        for one, other in pairwise(wire.points):
            assert not [name for name, box in drawn.boxes.items() if crosses(one, other, box)]


def crosses(one: Point, other: Point, box: Box) -> bool:
    """Whether the box that holds the whole line, curved or not, reaches into this one."""
    left, right = sorted((one[0], other[0]))
    top, floor = sorted((one[1], other[1]))
    beside = right <= box.x or left >= box.x + WIDTH
    return not beside and top < box.y + HEIGHT and floor > box.y


@given(SOME_LINKS)
def test_two_wires_that_go_round_never_share_a_line(links: list[Link]) -> None:
    drawn = lay_out(NAMES, links)
    lines = [
        line for wire in drawn.wires if len(wire.points) > 2 for line in long_lines(wire.points)
    ]
    for (way, at, low, high), (other_way, other_at, other_low, other_high) in combinations(
        lines, 2
    ):
        if way == other_way and at == other_at:
            assert high < other_low or other_high < low


def long_lines(points: tuple[Point, ...]) -> list[tuple[str, float, float, float]]:
    """The parts of a wire that run across, and the one in its lane."""
    across = [(p, q) for p, q in pairwise(points) if p[1] == q[1] and p[0] != q[0]]
    (x, down), (_, up) = points[2:4]
    return [
        *(("across", p[1], min(p[0], q[0]), max(p[0], q[0])) for p, q in across),
        ("lane", x, min(down, up), max(down, up)),
    ]


def test_a_line_of_steps_is_a_column_in_its_order() -> None:
    drawn = column("a", "b", "c")
    assert len({box.x for box in drawn.boxes.values()}) == 1
    assert [drawn.boxes[name].y for name in "abc"] == sorted(box.y for box in drawn.boxes.values())


def column(*names: str) -> Layout:
    return lay_out(names, [Link(one, other) for one, other in pairwise(names)])


def test_a_flow_of_a_thousand_steps_is_drawn_too() -> None:
    assert len(column(*(f"s{n}" for n in range(1000))).wires) == 999
