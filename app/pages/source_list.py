"""Reads how sources are doing, and which of them need somebody."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.pages import source_keys, source_views, source_words
from app.pages.views import Tone
from prospects import configuration
from webhooks import health, polling, silence
from webhooks.known import Known
from webhooks.polls.registry import POLLS

URGENT = (Tone.BAD, Tone.SOON, Tone.GOOD, Tone.PLAIN)
"""The order in which lists show how sources are doing."""
SAID_ELSEWHERE = frozenset({"nothing yet", "refusing"})
"""What is no alarm: a new source waits for its first lead, and each refusal stands by itself."""


def read(
    session: Session, found: Known, slugs: Sequence[str], now: datetime
) -> list[source_views.Source]:
    """These sources and how each is doing; `found` is what they are set up as."""
    noted, paces = health.of(session, slugs), silence.paces(session, slugs, now)
    documents = configuration.read(session, "source")
    shown = []
    for slug in slugs:
        source, kind = found.sources.get(slug), str(documents[slug].body.get("kind", ""))
        lacking = polling.lacks(source) if source and source.kind in POLLS else None
        doing = source_words.health(
            noted[slug],
            paces[slug],
            kind,
            now,
            broken=found.broken.get(slug),
            active=source is None or source.active,
        )
        if lacking and not doing.asked:
            unasked = (
                f"It is not asked for what it never delivered: in sources.yaml it lacks {lacking}."
            )
            doing = replace(doing, asked=plain(unasked))
        doing = source_keys.with_end(doing, source, now.date())
        shown.append(
            source_views.Source(url=f"/sources/{slug}", slug=slug, kind=kind, health=doing)
        )
    return shown


def alarming(session: Session, found: Known, now: datetime) -> list[source_views.Source]:
    """Sources in use from which leads may be missing, the worst first; one look at each."""
    every = read(session, found, [*found.sources, *found.broken], now)
    wrong = [
        each
        for each in every
        if each.health.tone in {Tone.BAD, Tone.SOON} and each.health.state not in SAID_ELSEWHERE
    ]
    return sorted(wrong, key=urgency)


def urgency(source: source_views.Source) -> tuple[int, str]:
    """Where it stands in a list: what needs somebody first, then by name."""
    return URGENT.index(source.health.tone), source.slug


def plain(line: str) -> str:
    """A line of the documents without its marks."""
    return re.sub(r"[`*]", "", line)
