"""A segment as its form was sent: read, looked at, and either right or with what is wrong beside it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy.orm import Session

from app.pages import condition_form, condition_view
from app.pages.condition_form import Typed
from app.pages.mistake import Mistake, too_long
from app.pages.segment_views import SegmentEditor
from app.workspace import segments_in_browser
from app.workspace.segments_in_browser import Named
from prospects.texts import storable

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LONGEST_NAME = 200
LONGEST_NUMBER = 9
"""Digits of a version; a number of more fits no database."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it was sent."""

    name: str
    slug: str
    since: int
    typed: Typed


@dataclass(frozen=True, slots=True)
class Looked:
    """What was sent, as it is shown again; and as it can be kept, if nothing is wrong."""

    editor: SegmentEditor
    named: Named | None


def read(fields: Mapping[str, str]) -> Sent:
    """What the form holds."""
    name, slug = (fields.get(each, "").strip() for each in ("name", "slug"))
    since = fields.get("since", "")
    return Sent(
        name=name if storable(name) else "",
        slug=slug if storable(slug) else "",
        since=int(since) if since.isdecimal() and len(since) <= LONGEST_NUMBER else 0,
        typed=condition_form.read(fields),
    )


def look(session: Session, sent: Sent) -> Looked:
    """What it would keep, or what is wrong with it."""
    known = condition_view.known(session)
    understood = condition_form.understand(sent.typed, known)
    slug = sent.slug or slug_of(sent.name)
    mistakes = _mistakes(sent.name, slug)
    if understood.condition is None and not understood.wrong:
        mistakes["f1"] = Mistake(
            reason="Who is in it is missing.", mend="Fill a line, or the text."
        )
    editor = SegmentEditor(
        builder=condition_view.builder(sent.typed, known, understood),
        name=sent.name,
        slug=sent.slug if "slug" in mistakes else slug,
        since=sent.since,
        flows=segments_in_browser.entered_by(session).get(slug, ()) if sent.since else (),
        mistakes=mistakes,
    )
    if understood.condition is None or mistakes:
        return Looked(editor, None)
    named = Named(slug, sent.name, understood.condition)
    return Looked(replace(editor, seen=_print(named)), named)


def _mistakes(name: str, slug: str) -> dict[str, Mistake]:
    found = {}
    if not name:
        found["name"] = Mistake(reason="Its name is missing.", mend="Say who they are.")
    elif long := too_long(name, LONGEST_NAME, "Its name"):
        found["name"] = long
    elif not SLUG.fullmatch(slug):
        mend = "Small letters, digits, - and _, like visitors-of-the-fair."
        found["slug"] = Mistake(reason="This cannot be its short name.", mend=mend)
    return found


def slug_of(name: str) -> str:
    """A short name out of a name; empty if it has no letter of the Latin alphabet and no digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")


def _print(named: Named) -> str:
    """Recognises what was looked at, so that nothing else is kept by that button."""
    return sha256(json.dumps([named.slug, named.condition]).encode()).hexdigest()[:32]
