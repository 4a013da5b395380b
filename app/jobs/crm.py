"""The topics `ask_crm` and `tell_crm`: a CRM is asked what has changed, page by page, and told of people, batch by batch."""

import time
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, Settled
from app.settings import Settings
from webhooks import crm_asking, crm_writing
from webhooks.adapter import Trouble
from webhooks.crm_asking import Question
from webhooks.crm_fates import Came
from webhooks.crm_writing import Batch
from webhooks.crms.dialect import Brought
from webhooks.endpoints import Shut


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


def _gather(session: Session, slug: str, now: datetime, settings: Settings) -> Batch | None:
    found = crm_writing.prepare(session, slug, now, secret=settings.secret_key)
    if isinstance(found, Shut):
        crm_writing.look_at(session, slug, now + found.rest, now)
        return None
    return found


def _write(batch: Batch, settings: Settings) -> Came:
    return crm_writing.act(batch, time.monotonic, allow=settings.egress_allow)


def _written(
    session: Session, batch: Batch, came: Came, now: datetime, _settings: Settings
) -> Settled:
    crm_writing.settle(session, batch, came, now)
    # What is to be tried again has its own time.
    return Done()


TELL = Errand(prepare=_gather, act=_write, settle=_written)
