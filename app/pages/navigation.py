"""Where one can go from any page, by role."""

from dataclasses import dataclass

from app.auth.viewer import Viewer
from app.permissions import Act, may_at_all

PLACES = (
    ("/today", "Today", Act.SEE_TODAY),
    ("/stuck", "Stuck", Act.SEE_STUCK),
    ("/people", "People", Act.SEE_PEOPLE),
    ("/flows", "Flows", Act.SEE_FLOWS),
    ("/sources", "Sources", Act.SEE_SOURCES),
    ("/received", "Received", Act.SEE_RECEIVED),
    ("/reports", "Reports", Act.SEE_REPORTS),
    ("/outbox", "Mails", Act.SEE_MAILS),
    ("/setup", "Set-up", Act.SEE_SETUP),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation; `here` when the viewer is on it or below it."""

    url: str
    name: str
    here: bool


def items_for(viewer: Viewer, path: str) -> list[Item]:
    """The entries this colleague may use."""
    return [
        Item(url, name, path == url or path.startswith(f"{url}/"))
        for url, name, act in PLACES
        if may_at_all(viewer.roles, act)
    ]
