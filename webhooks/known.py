"""The sources of this workspace as they stand, read once for each version of its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.configuration import Document
from prospects.sealing import SealBrokenError, opened
from webhooks.sources import Source
from webhooks.written import SourceError, read_source


@dataclass(frozen=True, slots=True)
class Known:
    """Sources by slug. `broken` says why a source that is configured cannot be used."""

    version: int
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    broken: Mapping[str, str] = field(default_factory=dict)

    def active(self, slug: str) -> Source | None:
        """The source of this name, if it is there and switched on."""
        found = self.sources.get(slug)
        return found if found and found.active else None


_known: WeakKeyDictionary[Engine, dict[str, Known]] = WeakKeyDictionary()


def sources(session: Session, *, secret: str) -> Known:
    """Every source with its secrets opened; `secret` is the workspace's key."""
    bind = session.get_bind()
    kept = _known.setdefault(bind if isinstance(bind, Engine) else bind.engine, {})
    current = configuration.version(session)
    found = kept.get(secret)
    if found is None or found.version != current:
        found = _read(configuration.read(session, "source"), current, secret)
        kept[secret] = found
    return found


def _read(documents: Mapping[str, Document], version: int, secret: str) -> Known:
    good: dict[str, Source] = {}
    broken: dict[str, str] = {}
    for slug, document in documents.items():
        try:
            good[slug] = read_source({"slug": slug, **opened(secret, document.body)})
        except SourceError as error:
            broken[slug] = str(error)
        except SealBrokenError:
            broken[slug] = "its secrets cannot be opened: WARMLINE_SECRET_KEY has changed"
    return Known(version, good, broken)
