"""What the doctor finds of those who are told: programs, ad platforms, chats."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from app.doctor.diagnosis import Diagnosis, broken, warning
from app.settings import Settings
from webhooks import endpoints, hooks, known
from webhooks.endpoints import FAILURES_ALLOWED


def told(session: Session, read: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Who cannot be told, or fails again and again; nothing of who is well."""
    found = known.destinations(session, secret=read.secret_key)
    mend = "put it right in destinations.yaml and run `warmline apply`"
    for slug, why in sorted(found.broken.items()):
        yield broken(f"destination {slug}", f"It cannot be used: {why}.", mend)
    for hook in hooks.all_hooks(session).values():
        if not hook.active and hook.reason:
            line = f"It is told nothing any more: {hook.reason}."
            yield warning(f"program {hook.slug}", line, "switch it on again on /out, or remove it")
    for name, doing in sorted(endpoints.of_all(session).items()):
        about = f"{'destination' if ':' in name else 'program'} {name.rpartition(':')[2]}"
        if doing.failures and (doing.failures >= FAILURES_ALLOWED or ":" in name):
            line = f"It fails: {doing.reason}."
            yield warning(about, line, "see /out for what was tried, and mend it there")
