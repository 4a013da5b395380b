"""What the script on our own pages tells: pages looked at, forms sent, acts of your own. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from prospects import robots
from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import browsers, repeats
from webhooks.adapter import (
    About,
    Adapter,
    Dead,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Verified,
)
from webhooks.filled_in import TRAPPED, filled_in, is_trapped
from webhooks.form_fields import LONGEST_NAME, LONGEST_VALUE, MOST_FIELDS
from webhooks.kinds import html_form
from webhooks.sources import Source
from webhooks.touch import LONGEST, touch_of

MOST_SIGNALS = 50
LARGEST = 64 << 10
TYPES = frozenset({"page", "form", "custom", "hello"})
FOLLOWING = frozenset({"page", "custom", "hello"})
"""What is told without the visitor's asking for it."""
COOKIES = frozenset({"_fbp", "_fbc", "_ttp", "li_fat_id"})
"""Marks that the platforms' own scripts left; kept byte for byte beside the click ids."""


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whether it came from a page of ours; visitors cannot sign."""
    if not source.origins or not html_form.may_come_from(html_form.origin_of(request), source):
        return Refused(403, "signals may not be posted from there")
    try:
        signals = read_signals(request.body)
    except UnreadableError as error:
        return Refused(400, str(error))
    known = all(isinstance(each.get("id"), str) and each["id"] for each in signals)
    return repeats.of_request(request, known=known)


def read_signals(body: bytes) -> list[Mapping[str, Any]]:
    """The signals of a body, one or a list. Raises UnreadableError for what holds none."""
    document = read_json(body)
    signals: list[Any] = document if isinstance(document, list) else [document]
    if not signals or len(signals) > MOST_SIGNALS:
        raise UnreadableError(f"there is no signal, or more than {MOST_SIGNALS}")
    for each in signals:
        if not isinstance(each, Mapping):
            raise UnreadableError("a signal is an object")
        if not isinstance(each.get("type"), str) or each["type"] not in TYPES:
            raise UnreadableError("`type` is one of page, form, custom, hello")
    return signals


def only_follows(body: bytes) -> bool:
    """Whether nothing in it was sent by the visitor's own will."""
    try:
        return all(each["type"] in FOLLOWING for each in read_signals(body))
    except UnreadableError:
        return False


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each signal, in order; of somebody who asks not to be followed only the forms they sent."""
    private = browsers.wants_privacy(posted.headers)
    robot = robots.is_robot(posted.headers, automated=False)
    signals = read_signals(posted.body)
    return [_item(each, source, posted, private=private, robot=robot) for each in signals]


def _item(
    signal: Mapping[str, Any], source: Source, posted: Posted, *, private: bool, robot: bool
) -> Item:
    label = _text(signal, "id")[: browsers.LONGEST_ID]
    if private and signal["type"] in FOLLOWING:
        return Dead(label, "this browser asks not to be followed")
    visitor = browsers.visitor(_text(signal, "visitor"))
    if not private and visitor is None and signal["type"] != "form":
        return Dead(label, "there is no `visitor`, so this is about nobody")
    if is_trapped(_fields(signal), source):
        return Quarantined(label, TRAPPED)
    if signal["type"] == "form":
        item = _form(signal, label, source, posted)
    else:
        kind, body = _body(signal, source)
        item = Read(
            space="signal",
            key=None,
            label=label or hashlib.sha256(posted.body).hexdigest()[:16],
            about=About(),
            kind=kind,
            happened_at=posted.received_at,
            body={name: value for name, value in body if value},
        )
    return replace(
        item,
        key=f"signal:{visitor}:{label}" if label else None,
        visitors=() if private or visitor is None else (visitor,),
        landing=None if private or robot else _text(signal, "pass") or None,
        suspect_robot=robot,
    )


def _form(signal: Mapping[str, Any], label: str, source: Source, posted: Posted) -> Read:
    url = _text(signal, "url")
    filled = filled_in(_fields(signal), source, posted.received_at)
    touch = touch_of(url) | _cookies(signal) | dict(filled.touch)
    body = {
        "form": _text(signal, "name") or filled.form or source.slug,
        "page": _path(url),
        "campaign": touch.get("utm_campaign") or source.campaign,
        "fields": filled.about.fields,
        "touch": touch,
    }
    return Read(
        space="lead",
        key=None,
        label=label or hashlib.sha256(posted.body).hexdigest()[:16],
        about=filled.about,
        kind=Kind.FORM,
        happened_at=posted.received_at,
        body={name: value for name, value in body.items() if value},
        agreements=filled.agreements,
    )


def _body(signal: Mapping[str, Any], source: Source) -> tuple[Kind, Iterator[tuple[str, Any]]]:
    match signal["type"]:
        case "page":
            return Kind.PAGE_VIEW, _page(signal, source)
        case "hello":
            return Kind.IDENTIFIED, iter(())
        case _:
            return Kind.CUSTOM, _custom(signal)


def _page(signal: Mapping[str, Any], source: Source) -> Iterator[tuple[str, Any]]:
    url = _text(signal, "url")
    touch = touch_of(url) | _cookies(signal)
    # What else stands in a query may be anybody's secret, so only the path is kept.
    yield "page", _path(url)
    yield "title", _text(signal, "title")
    yield "came_from", _elsewhere(_text(signal, "referrer"), url)
    yield "campaign", touch.get("utm_campaign") or (source.campaign if touch else None)
    yield "touch", touch


def _custom(signal: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = signal.get("properties")
    if isinstance(properties, Mapping):
        yield from list(properties.items())[:MOST_FIELDS]
    yield "event", _text(signal, "name")
    yield "page", _path(_text(signal, "url"))


def _fields(signal: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A form's fields as browsers post them: texts by name, each perhaps several times."""
    given = signal.get("fields")
    pairs = list(given.items()) if isinstance(given, Mapping) else []
    listed = [
        (name, one) for name, some in pairs for one in (some if isinstance(some, list) else [some])
    ]
    return [
        (name[:LONGEST_NAME], str(one)[:LONGEST_VALUE])
        for name, one in listed[:MOST_FIELDS]
        if isinstance(one, str | int | float) and not name.startswith("_")
    ]


def _cookies(signal: Mapping[str, Any]) -> dict[str, str]:
    given = signal.get("cookies")
    if not isinstance(given, Mapping):
        return {}
    return {
        name: value[:LONGEST]
        for name, value in given.items()
        if name in COOKIES and isinstance(value, str) and value
    }


def _path(url: str) -> str:
    try:
        return urlsplit(url).path[:LONGEST] or "/"
    except ValueError:
        return "/"


def _elsewhere(referrer: str, url: str) -> str:
    """The site that led here, if that was another one."""
    try:
        there, here = urlsplit(referrer).hostname, urlsplit(url).hostname
    except ValueError:
        return ""
    return there if there and there != here else ""


def _text(signal: Mapping[str, Any], name: str) -> str:
    value = signal.get(name)
    return value.strip()[:LONGEST_VALUE] if isinstance(value, str) else ""


ADAPTER = Adapter(
    verify=verify, parse=parse, keeps=(*browsers.PRIVACY, *robots.PREFETCH), public=True
)
"""Not in the registry: signals have an address of their own, and belong to the form of their page."""
