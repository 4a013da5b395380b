"""The kinds that are built: one adapter each. A new kind is a file here and a line below."""

from collections.abc import Mapping

from webhooks.adapter import Adapter
from webhooks.kinds import generic_json, linkedin_lead_gen
from webhooks.sources import SourceKind

ADAPTERS: Mapping[SourceKind, Adapter] = {
    SourceKind.GENERIC_JSON: generic_json.ADAPTER,
    SourceKind.LINKEDIN_LEAD_GEN: linkedin_lead_gen.ADAPTER,
}
