"""Writes down what flows set about people, and has each of them looked at once more."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from nurture.advance import Set
from nurture.journey import Journey, Stretch
from nurture.setting import MOST_IN_A_ROW
from prospects import timeline
from prospects.change import SetField, changed
from prospects.kinds import Kind, SetBody, plain
from prospects.noted import Noted, write_down
from prospects.timeline import Fact
from prospects.values import Snapshot

SOURCE = "nurture"

log = structlog.get_logger(__name__)


def write(session: Session, journeys: Sequence[Journey], now: datetime) -> None:
    """Write down the changes of this reaction; the people must be locked.

    A change is news for scoring and for other flows, so it rings the bell: one more look, and
    another if that look sets something too. After five in a row nobody is rung for, the flows that
    set it are parked (`nurture.journey`), and the alarm is a line in the log.
    """
    loud: list[Fact] = []
    silent: list[Fact] = []
    for each in journeys:
        circles = each.seen.set_depth >= MOST_IN_A_ROW
        (silent if circles else loud).extend(_facts(each, now))
        if circles and any(_sets(each)):
            log.error("flows set one another off", prospect=str(each.seen.prospect_id))
    noted = [each for each in journeys if each.seen.set_depth or any(_sets(each))]
    write_down(session, [_after(each) for each in noted], now)
    timeline.record(session, loud, now)
    timeline.record(session, silent, now, ring=False)


def _sets(journey: Journey) -> Iterator[tuple[Stretch, Set]]:
    effects = ((each, effect) for each in journey.stretches for effect in each.effects)
    for stretch, effect in effects:
        if isinstance(effect, Set):
            yield stretch, effect


def _after(journey: Journey) -> Noted:
    """The person with every change in turn, and how many looks in a row have set something."""
    seen: Snapshot = journey.seen
    depth = 0
    for _, effect in _sets(journey):
        seen = changed(seen, effect.change)
        depth = (journey.seen.set_depth + 1) % (MOST_IN_A_ROW + 1)
    return Noted(seen.prospect_id, seen.person.fields, seen.tags, depth)


def _facts(journey: Journey, now: datetime) -> Iterator[Fact]:
    for stretch, effect in _sets(journey):
        enrollment, change = stretch.enrollment, effect.change
        is_field = isinstance(change, SetField)
        body = SetBody(
            flow=enrollment.flow,
            step=effect.step,
            enrollment=str(enrollment.id),
            field=f"fields.{change.name}" if is_field else None,
            tag=None if is_field else change.name,
            value=change.value if isinstance(change, SetField) else change.on,
        )
        yield Fact(
            prospect_id=journey.seen.prospect_id,
            kind=Kind.SET,
            happened_at=now,
            source=SOURCE,
            key=f"{Kind.SET}:{enrollment.id}:{effect.step}:{effect.visit}",
            body=plain(body),
        )
