"""Every table there is: importing this module makes the metadata whole. A room adds its rows here."""

import app.auth.rows
import app.checkup.rows
import app.demo_state.rows
import app.importing.rows
import app.pages.rows
import app.reports.costs
import app.rows
import app.signs_of_life
import app.workspace.kept
import nurture.rows
import prospects.audit
import prospects.company_questions
import prospects.configuration
import prospects.deals
import prospects.details
import prospects.double_rows
import prospects.formerly
import prospects.merge_rows
import prospects.message
import prospects.override_rows
import prospects.percentages
import prospects.rows
import prospects.stakes
import prospects.team
import prospects.touch_rows
import prospects.words
import routing.call_back_rows
import routing.finding_rows
import routing.intervention_rows
import routing.promise_rows
import routing.rows
import routing.transfer_rows
import routing.write_up_rows
import scoring.changes.rows
import scoring.feature_rows
import scoring.learning.rows
import scoring.rows
import webhooks.call_rows
import webhooks.conversion_rows
import webhooks.crm_rows
import webhooks.poll_rows
import webhooks.rows
import webhooks.visitor_rows

__all__ = ["app", "nurture", "prospects", "routing", "scoring", "webhooks"]
