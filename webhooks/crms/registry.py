"""Which CRM is spoken to in which dialect. Pure."""

from collections.abc import Mapping

from webhooks.crms import hubspot, salesforce
from webhooks.crms.dialect import Dialect
from webhooks.destinations import DestinationKind

DIALECTS: Mapping[DestinationKind, Dialect] = {
    DestinationKind.HUBSPOT: hubspot.DIALECT,
    DestinationKind.SALESFORCE: salesforce.DIALECT,
}
