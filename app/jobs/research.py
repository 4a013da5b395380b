"""The topic `research`: a service outside is asked about the next company."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, Settled
from app.settings import Settings
from webhooks import finding_out
from webhooks.adapter import Trouble
from webhooks.finding_out import Question
from webhooks.lookups.lookup import Finding


def _prepare(session: Session, slug: str, now: datetime, settings: Settings) -> Question | None:
    return finding_out.prepare(session, slug, now, secret=settings.secret_key)


def _act(question: Question, settings: Settings) -> Sequence[Finding] | Trouble:
    return finding_out.call(question, allow=settings.egress_allow)


def _settle(
    session: Session,
    question: Question,
    result: Sequence[Finding] | Trouble,
    now: datetime,
    _settings: Settings,
) -> Settled:
    finding_out.settle(session, question, result, now)
    # What failed comes again with the lookup's own time.
    return Done()


ASK = Errand(prepare=_prepare, act=_act, settle=_settle)
