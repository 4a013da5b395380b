"""Whom a viewer may know how to reach, and what hides it in texts about the others."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from app import whose
from app.auth.viewer import Viewer
from app.permissions import Act, may
from prospects.contact import Veil


def reach_of(session: Session, ids: Iterable[UUID], viewer: Viewer) -> frozenset[UUID]:
    """Those of these people whose address and phone the viewer may see: after accepting, not before."""
    everybody = may(viewer.roles, Act.SEE_CONTACT, own=False)
    return whose.reached(session, ids, viewer.id, everybody=everybody)


def veils(session: Session, ids: Iterable[UUID], viewer: Viewer) -> Mapping[UUID, Veil]:
    """For each of these people what hides how they are reached from this viewer."""
    people = set(ids)
    return whose.veils(session, people, reach_of(session, people, viewer))
