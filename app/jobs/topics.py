"""Which code keeps which promise. A room's topic gets its line here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from app import never_again, pipeline
from app.importing import forgetting, steps
from app.jobs import (
    checkup,
    convert,
    copies,
    crm,
    feedback,
    folding,
    hooks,
    intake,
    mail,
    notice,
    reassess,
    research,
    training,
    way_in,
)
from app.jobs.errand import Errand
from app.merge import BY_ITSELF, MergeError, merge
from app.rows import forget_answers
from app.settings import Settings
from prospects import doubles, erasure, groups, merges
from prospects.ids import ProspectId, parse_id
from prospects.merges import Said
from prospects.topics import Topic
from routing import clocks, promise_clock, transfer_clock
from routing import forget as routing
from scoring.changes import crossings
from webhooks.forget import forget

InsideWork = Callable[[Session, Sequence[str], datetime, Settings], Collection[str]]
"""Does the work on these refs in this session; returns the refs that were busy, to be tried again."""


def erase(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Forget these people; that they are to stay forgotten outlives this database."""
    for ref in refs:
        prospect_id = parse_id(ref)
        # Who was merged with them is the same person, and goes with them.
        for who in groups.whole(session, ProspectId(prospect_id)) if prospect_id else ():
            # Before the commit: somebody who asked for it may be on the list too early, never too late.
            wishes = never_again.of_person(session, who, now, secret=settings.secret_key)
            never_again.write(settings.data, wishes)
            forgetting.forget(session, who)
            forget(session, who)
            routing.forget(session, who, now)
            crossings.forget(session, who)
            forget_answers(session, [who, *routing.unname(session, who)])
            merges.forget(session, who)
            doubles.forget(session, who)
            erasure.erase(session, who, now, secret=settings.secret_key)
    return ()


def react(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Look again at these people."""
    wanted = [ProspectId(each) for each in map(parse_id, refs) if each]
    return {str(each) for each in pipeline.react(session, wanted, now)}


def join(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Make those one whom a lead named in one breath by what is theirs alone."""
    for row in doubles.to_join(session, refs):
        one, other = ProspectId(row.prospect_id), ProspectId(row.other_id)
        with suppress(MergeError):  # one of them was forgotten, or they are one already
            merge(session, one, other, Said(by=BY_ITSELF, evidence=row.evidence), now)
    return ()


def handoff(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Look at these handoffs, whose clocks have run."""
    return clocks.tick(session, refs, now)


def transfer(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Look at these customers on their way to the account team, whose clocks have run."""
    return transfer_clock.tick(session, refs, now)


def promise(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Look at these promises, whose day has come."""
    return promise_clock.tick(session, refs, now)


INSIDE: Mapping[Topic, InsideWork] = {
    Topic.ANNOUNCE: hooks.announce,
    Topic.COPY: copies.keep,
    Topic.DRIFT: training.drift,
    Topic.ERASE: erase,
    Topic.FEEDBACK: feedback.told,
    Topic.FOLD: folding.fold,
    Topic.HANDOFF: handoff,
    Topic.IMPORT: steps.step,
    Topic.INGEST: intake.ingest,
    Topic.MEANING: intake.meaning,
    Topic.JOIN: join,
    Topic.PROMISE: promise,
    Topic.REACT: react,
    Topic.REDRIVE: hooks.redrive,
    Topic.REASSESS: reassess.look,
    Topic.RELEASE: reassess.let_over,
    Topic.TRANSFER: transfer,
}
ERRANDS: Mapping[Topic, Errand] = {
    Topic.ASK: intake.ASK,
    Topic.ASK_CRM: crm.ASK,
    Topic.CALL: hooks.CALL,
    Topic.CERTIFICATE: intake.CERTIFICATE,
    Topic.CHECK: checkup.ERRAND,
    Topic.CONVERT: convert.ERRAND,
    Topic.FETCH: intake.FETCH,
    Topic.MAIL: mail.ERRAND,
    Topic.NOTICE: notice.ERRAND,
    Topic.RESEARCH: research.ASK,
    Topic.TELL_CRM: crm.TELL,
    Topic.TRAIN: training.ERRAND,
    Topic.WAY_IN: way_in.ERRAND,
}
