"""Secrets of a source that are too short to be any: where each stands, and what would do. Pure.

Only what we choose ourselves: a platform's token is as long as the platform makes it.
"""

from collections.abc import Iterator

from prospects.faults import Fault
from webhooks.sources import SHORTEST_SECRET, HeaderAuth, HmacAuth, Source, StandardWebhooksAuth

MEND = f"a random text; {SHORTEST_SECRET} characters are the least, 32 are good"


def short_secrets(source: Source) -> list[Fault]:
    """Each that anybody guesses, and that is not starred out: it stands in too many bodies by chance."""
    return [
        Fault(place, "this secret is too short", MEND)
        for place, text in _told(source)
        if len(text) < SHORTEST_SECRET
    ]


def _told(source: Source) -> Iterator[tuple[str, str]]:
    yield from ((f"secrets.{n}", text) for n, text in enumerate(source.secrets))
    match source.auth:
        case HeaderAuth(value=value):
            yield "auth.value", value
        case HmacAuth(secret=secrets):
            yield from ((f"auth.secret.{n}", text) for n, text in enumerate(secrets))
        case StandardWebhooksAuth(standard_webhooks=secrets) if secrets is not True:
            yield from ((f"auth.standard_webhooks.{n}", text) for n, text in enumerate(secrets))
        case _:
            return
