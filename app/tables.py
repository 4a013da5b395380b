"""Every table there is: importing this module makes the metadata whole. A room adds its rows here."""

import prospects.audit
import prospects.configuration
import prospects.message
import prospects.rows
import prospects.team
import routing.finding_rows
import routing.rows

__all__ = ["prospects", "routing"]
