"""Where one can go from any page, by role."""

from dataclasses import dataclass

from app.auth.viewer import Viewer
from app.permissions import Act, may_at_all

PLACES = (
    ("/today", "Today", Act.SEE_TODAY),
    ("/stuck", "Stuck", Act.SEE_STUCK),
    ("/transfers", "Customers", Act.SEE_TRANSFERS),
    ("/promises", "Promises", Act.SEE_TODAY),
    ("/desk", "Desk", Act.WRITE_UP),
    ("/people", "People", Act.SEE_PEOPLE),
    ("/flows", "Flows", Act.SEE_FLOWS),
    ("/sources", "Sources", Act.SEE_SOURCES),
    ("/received", "Received", Act.SEE_RECEIVED),
    ("/reports", "Reports", Act.SEE_REPORTS),
    ("/outbox", "Mails", Act.SEE_MAILS),
)
OFFICE = (
    ("/setup", "Set-up", Act.SEE_SETUP),
    ("/team", "Colleagues", Act.INVITE),
    ("/tokens", "Tokens", Act.TOKENS),
    ("/audit", "Audit", Act.SEE_AUDIT),
    ("/ops", "Operations", Act.SEE_OPS),
)
"""The pages of administrators: one entry of the navigation, and a row of links on each of them."""


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


def office_for(viewer: Viewer, path: str) -> list[Item]:
    """The pages of administrators that this colleague may use."""
    return [
        Item(url, name, _here(url, path))
        for url, name, act in OFFICE
        if may_at_all(viewer.roles, act)
    ]


def _here(url: str, path: str) -> bool:
    return path == url or path.startswith(f"{url}/")
