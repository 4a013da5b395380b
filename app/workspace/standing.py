"""What stands in the workspace before files are applied to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.workspace.wanted import Thing
from prospects import configuration, team
from prospects.configuration import Document
from prospects.member import Member
from scoring.rows import ModelRow

BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Standing:
    """Documents by kind and slug, colleagues by e-mail, and the workspace's version.

    `cards`: every card that was trained, and whether it was ever approved.
    """

    version: int = 0
    documents: Mapping[tuple[Thing, str], Document] = field(default_factory=dict)
    people: Mapping[str, Member] = field(default_factory=dict)
    cards: Mapping[str, bool] = field(default_factory=dict)

    def body(self, kind: Thing) -> Mapping[str, Any] | None:
        """The body of a kind that has one document; None if none was applied."""
        bodies = (each.body for (of, _), each in self.documents.items() if of is kind)
        return next(bodies, None)

    def in_browser(self, kind: Thing, slug: str) -> bool:
        """Whether this was last changed in the browser, which owns it since."""
        document = self.documents.get((kind, slug))
        return document is not None and document.owner == BROWSER

    def of(self, kind: Thing) -> dict[str, Document]:
        """Documents of one kind by slug."""
        return {slug: each for (of, slug), each in self.documents.items() if of is kind}


def stand(session: Session) -> Standing:
    """What stands now."""
    kinds = [kind for kind in Thing if kind is not Thing.PERSON]
    documents: dict[tuple[Thing, str], Document] = {
        (kind, slug): document
        for kind in kinds
        for slug, document in configuration.read(session, kind).items()
    }
    people = {member.email: member for member in team.members(session)}
    trained = session.execute(select(ModelRow.id, ModelRow.approved_at))
    cards = {row.id: row.approved_at is not None for row in trained}
    return Standing(configuration.version(session), documents, people, cards)
