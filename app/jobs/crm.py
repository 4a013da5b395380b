"""The topic `ask_crm`: a CRM is asked what has changed, page by page."""

import time
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, Settled
from app.settings import Settings
from webhooks import crm_asking
from webhooks.adapter import Trouble
from webhooks.crm_asking import Question
from webhooks.crms.dialect import Brought


def _prepare(session: Session, slug: str, now: datetime, settings: Settings) -> Question | None:
    return crm_asking.prepare(session, slug, now, secret=settings.secret_key)


def _act(question: Question, settings: Settings) -> Brought | Trouble:
    return crm_asking.call(question, time.monotonic(), allow=settings.egress_allow)


def _settle(
    session: Session,
    question: Question,
    result: Brought | Trouble,
    now: datetime,
    settings: Settings,
) -> Settled:
    crm_asking.settle(session, question, result, now, secret=settings.secret_key)
    # What failed comes again with the CRM's own hour.
    return Done()


ASK = Errand(prepare=_prepare, act=_act, settle=_settle)
