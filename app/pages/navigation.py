"""Where one can go from any page, by role."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.auth.viewer import Viewer
from app.permissions import Act, may_at_all

PLACES = (
    ("/today", "Today", Act.SEE_TODAY),
    ("/stuck", "Stuck", Act.SEE_STUCK),
    ("/transfers", "Customers", Act.SEE_TRANSFERS),
    ("/promises", "Promises", Act.SEE_TODAY),
    ("/you/answers", "Your answers", Act.SEE_TODAY),
    ("/desk", "Desk", Act.WRITE_UP),
    ("/people", "People", Act.SEE_PEOPLE),
    ("/duplicates", "Duplicates", Act.MERGE),
    ("/flows", "Flows", Act.SEE_FLOWS),
    ("/sources", "Sources", Act.SEE_SOURCES),
    ("/received", "Received", Act.SEE_RECEIVED),
    ("/out", "Going out", Act.SEE_OUT),
    ("/reports", "Reports", Act.SEE_REPORTS),
    ("/outbox", "Mails", Act.SEE_MAILS),
    ("/segments", "Segments", Act.SEGMENT),
    ("/scoring", "Scoring", Act.SEE_PEOPLE),
    ("/conflicts", "Conflicts", Act.SEE_CONFLICTS),
)
OFFICE = (
    ("/setup", "Set-up", Act.SEE_SETUP),
    ("/team", "Colleagues", Act.INVITE),
    ("/tokens", "Tokens", Act.TOKENS),
    ("/audit", "Audit", Act.SEE_AUDIT),
    ("/ops", "Operations", Act.SEE_OPS),
)
"""The pages of administrators: one entry of the navigation, and a row of links on each of them."""


NEAR, WIDE = 4, 7
"""How many entries stand in the bar on a phone, and on a wide screen; the others are behind *More*."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation; `here` when the viewer is on it or below it."""

    url: str
    name: str
    here: bool


def items_for(viewer: Viewer, path: str) -> list[Item]:
    """The entries this colleague may use."""
    items = [
        Item(url, name, _here(url, path))
        for url, name, act in PLACES
        if may_at_all(viewer.roles, act)
    ]
    office = office_for(viewer, path)
    if len(office) > 1:
        return [*items, Item(office[0].url, "Office", any(each.here for each in office))]
    return items + office


@dataclass(frozen=True, slots=True)
class Bar:
    """The entries as the bar shows them: always, on wide screens too, and behind *More* everywhere."""

    near: Sequence[Item]
    wide: Sequence[Item]
    far: Sequence[Item]

    @property
    def behind(self) -> Sequence[Item]:
        """What is behind *More* on a phone."""
        return (*self.wide, *self.far)

    @property
    def alone(self) -> bool:
        """Whether there is nowhere else to go."""
        return len(self.near) < 2


def bar_of(items: Sequence[Item]) -> Bar:
    """Nothing is behind *More* that would fit in its place."""
    near = items[: NEAR + 1] if len(items) == NEAR + 1 else items[:NEAR]
    rest = items[len(near) :]
    most = WIDE - len(near)
    wide = rest if len(rest) == most + 1 else rest[:most]
    return Bar(near, wide, rest[len(wide) :])


def home_of(viewer: Viewer, items: Sequence[Item]) -> Item:
    """The page this colleague starts on, as their navigation calls it."""
    named = {item.url: item.name for item in items}
    return Item(viewer.landing, named.get(viewer.landing, "Start"), here=False)


def office_for(viewer: Viewer, path: str) -> list[Item]:
    """The pages of administrators that this colleague may use."""
    return [
        Item(url, name, _here(url, path))
        for url, name, act in OFFICE
        if may_at_all(viewer.roles, act)
    ]


def _here(url: str, path: str) -> bool:
    return path == url or path.startswith(f"{url}/")
