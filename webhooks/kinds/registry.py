"""The kinds that are built: one adapter each. A new kind is a file here and a line below."""

from collections.abc import Mapping

from webhooks.adapter import Adapter
from webhooks.kinds import (
    cloudevents,
    generic_json,
    google_lead_form,
    html_form,
    linkedin_lead_gen,
    meta_lead_ads,
    segment,
)
from webhooks.sources import SourceKind

ADAPTERS: Mapping[SourceKind, Adapter] = {
    SourceKind.CLOUDEVENTS: cloudevents.ADAPTER,
    SourceKind.GENERIC_JSON: generic_json.ADAPTER,
    SourceKind.GOOGLE_LEAD_FORM: google_lead_form.ADAPTER,
    SourceKind.HTML_FORM: html_form.ADAPTER,
    SourceKind.LINKEDIN_LEAD_GEN: linkedin_lead_gen.ADAPTER,
    SourceKind.META_LEAD_ADS: meta_lead_ads.ADAPTER,
    SourceKind.SEGMENT: segment.ADAPTER,
}
