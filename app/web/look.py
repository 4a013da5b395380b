"""How templates are rendered: strictly, escaped, and with the viewer's own clock and zone."""

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, g, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup

from app import times
from app.pages.demo import banner
from app.pages.navigation import bar_of, home_of, items_for, office_for
from prospects.bidi import direction

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def dress(app: Flask) -> None:
    """Give the site's Jinja environment its manners, filters and globals."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(moment=moment, countdown=countdown, day=day, hour=hour, ago=ago)
    env.filters.update(grouped=grouped, direction=direction, date=near)
    env.globals.update(asset=asset, present=present)

    @app.context_processor
    def viewer() -> dict[str, object]:
        who, path = g.get("viewer"), request.path
        nav, office = (items_for(who, path), office_for(who, path)) if who else ((), ())
        home = home_of(who, nav) if who else None
        bar = bar_of(nav)
        return {"viewer": who, "nav": bar, "home": home, "office": office, "demo": banner()}


def moment(at: datetime) -> Markup:
    """`today 14:05` in the viewer's zone, with the exact instant behind it."""
    words = times.moment(at, g.now, g.zone)
    return _time(at, words, "")


def countdown(until: datetime) -> Markup:
    """`12 min left`; app.js keeps it ticking."""
    return _time(until, times.left(until, g.now), " data-until")


def present() -> str:
    """What time it is here, for clocks that tick in a browser: its own may be wrong, or a demo's is ahead."""
    at: datetime | None = g.get("now")
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _time(at: datetime, words: str, attribute: str) -> Markup:
    here = at.astimezone(g.zone)
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title = f"{here:%A} {here.day} {here:%B %Y, %H:%M %Z}"
    inside = Markup(attribute)  # noqa: S704 - one of two constants above
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(stamp, title, inside, words)


def day(value: date) -> str:
    """`Today`, `Tuesday 3 March`."""
    return times.whole_day(value, g.now.astimezone(g.zone).date())


def near(value: date) -> str:
    """`yesterday`, `Fri`, `3 Mar`: a day without an hour, within a sentence."""
    return times.near_day(value, g.now.astimezone(g.zone).date())


def hour(at: datetime) -> Markup:
    """`14:05` in the viewer's zone."""
    return _time(at, f"{at.astimezone(g.zone):%H:%M}", "")


def ago(at: datetime) -> Markup:
    """`3 s ago`, for what must be known to the second."""
    return _time(at, f"{times.passed(at, g.now)} ago", "")


def grouped(count: int) -> str:
    """`1,000,000`."""
    return f"{count:,}"


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_print(name))


@cache
def _print(name: str) -> str:
    content = (Path(__file__).parents[1] / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
