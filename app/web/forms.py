"""Forms on our own pages elsewhere: how often an address may post, and what its browser is told."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Response, render_template, request
from flask.json import dumps
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app.counts import Counts
from prospects.ids import DeliveryId
from webhooks.kinds.html_form import may_come_from
from webhooks.sources import Source

REMEMBERED = 600
"""Seconds for which a browser need not ask again whether it may post."""
A_MINUTE = 60
PAGES_A_FORM = 10


class Posts:
    """Counts posts by address in this process's memory, so that a flood becomes no write anywhere."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(Counts())

    def take(self, source: Source, address: str | None) -> bool:
        """Count one post; False once there were too many of them within a minute."""
        most = RateLimitItemPerMinute(source.per_minute)
        return self._limiter.hit(most, source.slug, _household(address))

    def take_signal(self, source: Source, address: str | None) -> bool:
        """The same for what the script tells: a page is looked at more often than a form is sent."""
        most = RateLimitItemPerMinute(source.per_minute * PAGES_A_FORM)
        return self._limiter.hit(most, source.slug, "signals", _household(address))


def _household(address: str | None) -> str:
    """Whoever has one IPv6 address has 2^64 of them."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return (
        str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
    )


def too_many() -> Response:
    """What an address is told that posts too often."""
    error = dumps({"error": "too many at once: try again in a minute"})
    answer = Response(error, 429, content_type="application/json")
    answer.headers["Retry-After"] = str(A_MINUTE)
    return answer


def asked(source: Source) -> Response:
    """The answer to a browser that asks first whether a script may post."""
    if not may_come_from(_origin(), source):
        error = dumps({"error": "this form may not be posted from there"})
        return Response(error, 403, content_type="application/json")
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
    answer.headers["Access-Control-Max-Age"] = str(REMEMBERED)
    return answer


def readable(answer: Response, source: Source) -> Response:
    """Lets a script on an allowed page read the answer, whatever it says."""
    answer.headers["Vary"] = "Origin"
    origin = _origin()
    if origin and may_come_from(origin, source):
        answer.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    return answer


def thanks(source: Source, delivery: DeliveryId) -> Response:
    """For a script the delivery's id; for a visitor without scripts the next page."""
    if not _is_navigation():
        return Response(f'{{"delivery": "{delivery}"}}', 200, content_type="application/json")
    if source.redirect:
        return Response(status=303, headers={"Location": source.redirect})
    return Response(render_template("public/thanks.html"), 200)


def _origin() -> str:
    return request.headers.get("Origin", "").lower()


def _is_navigation() -> bool:
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("Accept", "")
