"""Sources and destinations of this workspace as they stand, read once for each version of its configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.announcing import DESTINATION
from prospects.configuration import Document
from prospects.faults import FaultyError
from prospects.sealing import SealBrokenError, opened
from webhooks.destinations import Destination
from webhooks.meanings import KIND, Meanings
from webhooks.sources import Source
from webhooks.written import read_source
from webhooks.written_out import read_destination

T = TypeVar("T")
SEALED_OTHERWISE = "its secrets cannot be opened: WARMLINE_SECRET_KEY has changed"


@dataclass(frozen=True, slots=True)
class Known:
    """Sources by slug. `broken` says why a source that is configured cannot be used."""

    version: int
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    broken: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, Meanings] = field(default_factory=dict)

    def active(self, slug: str) -> Source | None:
        """The source of this name, if it is there and switched on."""
        found = self.sources.get(slug)
        return found if found and found.active else None


@dataclass(frozen=True, slots=True)
class KnownOut:
    """Destinations by slug. `broken` says why one that is configured cannot be used."""

    version: int
    destinations: Mapping[str, Destination] = field(default_factory=dict, repr=False)
    broken: Mapping[str, str] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine, dict[str, Known]] = WeakKeyDictionary()
_known_out: WeakKeyDictionary[Engine, dict[str, KnownOut]] = WeakKeyDictionary()


def sources(session: Session, *, secret: str) -> Known:
    """Every source with its secrets opened; `secret` is the workspace's key."""
    kept, current = _known.setdefault(_engine(session), {}), configuration.version(session)
    found = kept.get(secret)
    if found is None or found.version != current:
        said = configuration.read(session, KIND)
        meanings = {slug: each.body["fields"] for slug, each in said.items()}
        good, broken = _read(configuration.read(session, "source"), secret, read_source)
        found = Known(current, good, broken, meanings)
        kept[secret] = found
    return found


def destinations(session: Session, *, secret: str) -> KnownOut:
    """Every destination with its secrets opened; `secret` is the workspace's key."""
    kept, current = _known_out.setdefault(_engine(session), {}), configuration.version(session)
    found = kept.get(secret)
    if found is None or found.version != current:
        documents = configuration.read(session, DESTINATION)
        found = KnownOut(current, *_read(documents, secret, read_destination))
        kept[secret] = found
    return found


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _read(
    documents: Mapping[str, Document], secret: str, read: Callable[[Mapping[str, Any]], T]
) -> tuple[dict[str, T], dict[str, str]]:
    good: dict[str, T] = {}
    broken: dict[str, str] = {}
    for slug, document in documents.items():
        try:
            good[slug] = read({"slug": slug, **opened(secret, document.body)})
        except FaultyError as error:
            broken[slug] = str(error)
        except SealBrokenError:
            broken[slug] = SEALED_OTHERWISE
    return good, broken
