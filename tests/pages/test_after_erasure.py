"""Whoever had a page open when its person was forgotten can write nothing more about them."""

from uuid import UUID

import pytest
from flask import Flask

from app.database import Database
from app.door import perform
from prospects import erasure
from prospects.ids import ProspectId
from tests.pages import test_rep as reps
from tests.pages.conftest import Visitor
from tests.pages.test_rep import accept, found
from tests.support.house import text_of_every_table

# Ann, and an offer that waits for her.
rep, lead = reps.rep, reps.lead

WORDS = "zebrafinch"
FORMS = {
    "note": {"text": WORDS},
    "write-up": {"what": WORDS},
    "confirmation": found(fact=WORDS),
    "confirmation/draft": found(fact=WORDS),
    "call-back": {"at": "1h", "tried": "1"},
    "not-reached": {"channel": "call"},
    "decline": {"reason": "conflict", "note": WORDS},
    "outcome": {"result": "lost", "reason": WORDS},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_about_somebody_forgotten_keeps_no_word(
    form: str, rep: Visitor, lead: str, database: Database, site: Flask
) -> None:
    accept(rep, lead)
    gone = ProspectId(UUID(lead.split("/")[2]))
    secret = site.extensions["settings"].secret_key
    now = database.clock.now()
    perform(database, lambda session: erasure.erase(session, gone, now, secret=secret))
    assert rep.send("/you", f"{lead}/{form}", **FORMS[form]).status_code == 404
    assert [name for name, text in text_of_every_table(database).items() if WORDS in text] == []
